/// Sorts arguments into options and operands by their form alone.
struct Scanner {
  /// The uses of each option and flag, by its label.
  private(set) var occurrences: [String: [Occurrence]] = [:]
  private(set) var operands: [String] = []

  private let parameters: [Parameter]

  init(_ arguments: some Collection<String>, for parameters: [Parameter]) throws(Mistake) {
    self.parameters = parameters
    var rest = Array(arguments)[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        operands += rest
        return
      } else if isOperand(argument) {
        operands.append(argument)
      } else if argument.hasPrefix("--") {
        try scanLongOption(argument, &rest)
      } else {
        try scanShortOptions(argument, &rest)
      }
    }
  }

  private func isOperand(_ argument: String) -> Bool {
    guard looksLikeOption(argument) else { return true }
    if isNegativeNumber(argument) { return parameter(short: argument.dropFirst().first) == nil }
    guard let colon = argument.firstIndex(of: ":") else { return false }
    let key = String(argument[..<colon].dropFirst())
    return parameters.contains { parameter in
      guard case .operand(let isDashedKey?) = parameter.kind else { return false }
      return isDashedKey(key)
    }
  }

  /// Scans `--name`, `--no-name`, `--name value` or `--name=value`.
  private mutating func scanLongOption(
    _ argument: String, _ rest: inout ArraySlice<String>
  ) throws(Mistake) {
    let end = argument.firstIndex(of: "=")
    let name = String(argument[..<(end ?? argument.endIndex)])
    let attached = end.map { String(argument[argument.index(after: $0)...]) }
    guard let parameter = parameters.first(where: { $0.longNames.contains(name) }) else {
      let hint = suggestion(for: name, amongOptions: parameters)
      throw Mistake("unknown option \(quoted(name))" + hint)
    }
    if parameter.isOption {
      try add(parameter, name, attached, &rest)
    } else if attached != nil {
      throw Mistake("\(name): takes no value")
    } else {
      add(parameter, name, name == parameter.label ? "true" : "false")
    }
  }

  /// Scans `-n`, `-n value`, `-nvalue`, `-n=value` or several flags and one such option: `-abn5`.
  private mutating func scanShortOptions(
    _ argument: String, _ rest: inout ArraySlice<String>
  ) throws(Mistake) {
    var letters = argument.dropFirst()
    while let letter = letters.popFirst() {
      let name = "-\(letter)"
      guard let parameter = parameter(short: letter) else {
        throw unknownShortOption(name, in: argument)
      }
      if parameter.isOption {
        let attached = letters.first == "=" ? letters.dropFirst() : letters
        try add(parameter, name, letters.isEmpty ? nil : String(attached), &rest)
        return
      } else if letters.first == "=" {
        throw Mistake("\(name): takes no value")
      }
      add(parameter, name, "true")
    }
  }

  /// Adds an option, whose value is the next argument unless it is attached to the name.
  private mutating func add(
    _ parameter: Parameter, _ name: String, _ attached: String?, _ rest: inout ArraySlice<String>
  ) throws(Mistake) {
    if let attached {
      add(parameter, name, attached)
    } else if let next = rest.first, !looksLikeOption(next) || parameter.takesDashed(next) {
      rest.removeFirst()
      add(parameter, name, next)
    } else {
      throw Mistake("\(name): a value is missing (\(parameter.placeholder))")
    }
  }

  private mutating func add(_ parameter: Parameter, _ name: String, _ text: String) {
    occurrences[parameter.label, default: []].append(Occurrence(spelling: name, text: text))
  }

  private func parameter(short letter: Character?) -> Parameter? {
    letter.flatMap { letter in parameters.first { $0.short == letter } }
  }

  /// A cluster that begins with an unknown letter is most likely a long name with one dash.
  private func unknownShortOption(_ name: String, in argument: String) -> Mistake {
    if name == argument { return Mistake("unknown option \(quoted(name))") }
    let hint = suggestion(for: argument, amongOptions: parameters)
    return Mistake("unknown option \(quoted(name)) in \(quoted(argument))" + hint)
  }
}

extension Parameter {
  /// Whether a text that begins with a dash is a value all the same: a negative number, or a value
  /// that the option suggests, reversed, as in `--sort -timestamp`.
  fileprivate func takesDashed(_ text: String) -> Bool {
    if isNegativeNumber(text) { return true }
    switch completion {
    case .suggestions(let values), .values(let values):
      return values.contains(String(text.dropFirst()))
    case .none, .path, .list, .terms: return false
    }
  }
}

/// One use of a parameter: how it was named and the text given to it.
struct Occurrence: Sendable {
  let spelling: String
  let text: String
}

/// Whether an argument begins with a dash and is not the lone dash of standard input.
func looksLikeOption(_ argument: String) -> Bool {
  argument.first == "-" && argument != "-"
}

/// Whether an argument is `-` and digits, perhaps with a decimal point.
private func isNegativeNumber(_ argument: String) -> Bool {
  let parts = argument.dropFirst().split(
    separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
  return argument.first == "-"
    && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }
}
