/// A program or one of its commands: what it accepts and what that amounts to.
///
/// A command either fills a struct of options from its arguments and makes an action of it, or has
/// commands of its own. The program decides what an action is, such as an enum or a closure.
package struct Command<Action: Sendable>: Sendable {
  package let name: String

  /// What the command does, in a few words without full stop.
  package let summary: String
  let discussion: String
  let examples: [Example]
  let version: String?
  let body: Body

  enum Body: Sendable {
    case group([Command])
    case leaf(
      Syntax,
      action: @Sendable (Scanner, _ environment: [String: String]) throws(Mistake) -> Action)
  }

  /// A command that takes options and operands.
  /// - Parameters:
  ///   - name: the word that names the command.
  ///   - summary: what the command does, in a few words without full stop.
  ///   - discussion: more about it, shown below the usage; newlines separate paragraphs.
  ///   - examples: command lines to show at the end of help.
  ///   - version: what `--version` prints after the name, if this is the program itself.
  ///   - environmentPrefix: what the variables of options and flags begin with that name none
  ///     themselves; see ``Parameter/environmentName(_:)``. Nil leaves those without a variable.
  ///   - options: the values for what the arguments leave out.
  ///   - declarations: the options, flags and operands, and the rules between them.
  ///   - action: makes an action of the filled options.
  /// - Precondition: names are unique, only the last operand is repeated, and none that is required
  ///   follows an optional one.
  package init<Options: Sendable>(
    _ name: String,
    summary: String,
    discussion: String = "",
    examples: [Example] = [],
    version: String? = nil,
    environmentPrefix: String? = nil,
    options: Options,
    @DeclarationBuilder<Options> _ declarations: () -> Declarations<Options>,
    action: @escaping @Sendable (Options) -> Action
  ) {
    let declarations =
      environmentPrefix.map(declarations().namingVariables) ?? declarations()
    let syntax = declarations.syntax(defaults: options)
    syntax.validate()
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.examples = examples
    self.version = version
    body = .leaf(syntax) { (scanner, environment) throws(Mistake) in
      action(try declarations.fill(options, from: scanner, environment: environment))
    }
  }

  /// A command that only has commands of its own, and `help` for them.
  /// - Parameters:
  ///   - name: the word that names the command.
  ///   - summary: what the commands are for, in a few words without full stop.
  ///   - discussion: more about them, shown below the usage; newlines separate paragraphs.
  ///   - examples: command lines to show at the end of help.
  ///   - version: what `--version` prints after the name, if this is the program itself.
  ///   - commands: the commands, in the order of help.
  /// - Precondition: the names of the commands are unique and none is `help`.
  package init(
    _ name: String,
    summary: String,
    discussion: String = "",
    examples: [Example] = [],
    version: String? = nil,
    commands: [Command]
  ) {
    let names = Set(commands.map(\.name) + ["help"])
    precondition(names.count == commands.count + 1, "a command is declared twice or named 'help'")
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.examples = examples
    self.version = version
    body = .group(commands)
  }
}

/// A command line that shows how a command is used.
package struct Example: Sendable {
  let line: String
  let meaning: String

  /// - Parameters:
  ///   - line: the whole command line.
  ///   - meaning: what it does, without full stop.
  package init(_ line: String, _ meaning: String = "") {
    self.line = line
    self.meaning = meaning
  }
}
