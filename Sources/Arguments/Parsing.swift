extension Command {
  /// Finds out what the arguments ask for.
  ///
  /// `--help` and `--version` before a `--` count wherever they are, whatever else is wrong.
  /// - Parameters:
  ///   - arguments: the arguments without the program's name.
  ///   - environment: the variables that options may fall back on.
  ///   - width: the columns that help may fill, at least 20.
  /// - Returns: the action of the command that the arguments name, or text to print.
  /// - Throws: what is wrong with the arguments.
  package func parse(
    _ arguments: [String], environment: [String: String] = [:], width: Int = 80
  ) throws(UsageError) -> Outcome<Action> {
    let context = Context(path: [name], environment: environment, width: width, version: version)
    return try parse(arguments[...], in: context)
  }

  /// What is known while the arguments lead from the program to one of its commands.
  private struct Context {
    /// The names of the command and its parents, the program first.
    var path: [String]
    let environment: [String: String]
    let width: Int
    let version: String?

    func error(_ message: String, help: String? = nil) -> UsageError {
      UsageError(command: path.joined(separator: " "), message: message, help: help)
    }
  }

  private func parse(
    _ arguments: ArraySlice<String>, in context: Context
  ) throws(UsageError) -> Outcome<Action> {
    if case .group(let commands) = body, let first = arguments.first,
      let command = commands.first(where: { $0.name == first })
    {
      var context = context
      context.path.append(first)
      return try command.parse(arguments.dropFirst(), in: context)
    }
    let options = arguments.prefix { $0 != "--" }
    if options.contains("--help") || options.contains("-h") { return .print(help(in: context)) }
    if let version = context.version, options.contains("--version") {
      return .print("\(context.path[0]) \(version)\n")
    }
    switch body {
    case .group(let commands):
      return try parse(arguments, among: commands, in: context)
    case .leaf(let syntax, let action):
      do throws(Mistake) {
        let scanner = try Scanner(arguments, for: syntax.parameters + [.help])
        // Only a cluster such as `-vh` still holds it.
        if scanner.occurrences[Parameter.help.label] != nil { return .print(help(in: context)) }
        return .run(try action(scanner, context.environment))
      } catch {
        throw context.error(error.message)
      }
    }
  }

  /// Parses arguments that do not start with the name of one of the commands.
  private func parse(
    _ arguments: ArraySlice<String>, among commands: [Command], in context: Context
  ) throws(UsageError) -> Outcome<Action> {
    let names = commands.map(\.name)
    guard let first = arguments.first else {
      let message = "a command is missing (\(names.joined(separator: ", ")))"
      throw context.error(message, help: help(in: context))
    }
    if first == "help" { return .print(try help(for: arguments.dropFirst(), in: context)) }
    if looksLikeOption(first) {
      let hint = suggestion(for: first, amongOptions: [.help, .version])
      throw context.error("unknown option \(quoted(first))" + hint)
    }
    throw context.error(unknownCommand(first, among: names + ["help"]))
  }

  /// The help for the command that the names lead to.
  private func help(
    for names: ArraySlice<String>, in context: Context
  ) throws(UsageError) -> String {
    guard let name = names.first else { return help(in: context) }
    var commands: [Command] = []
    if case .group(let children) = body { commands = children }
    guard let command = commands.first(where: { $0.name == name }) else {
      throw context.error(unknownCommand(name, among: commands.map(\.name)))
    }
    var context = context
    context.path.append(name)
    return try command.help(for: names.dropFirst(), in: context)
  }

  private func unknownCommand(_ name: String, among names: [String]) -> String {
    "unknown command \(quoted(name))" + suggestion(for: name, among: names)
  }

  private func help(in context: Context) -> String {
    HelpText(manual(path: context.path), width: context.width).text
  }
}
