extension Manual {
  /// The parts of the usage line after the command, none of which is to be broken.
  var synopsis: [String] {
    if !commands.isEmpty { return ["COMMAND"] }
    var parts: [String] = []
    var told: Set<String> = [Parameter.help.label, Parameter.version.label]
    for option in options where told.insert(option.label).inserted {
      let alternatives = alternatives(to: option)
      told.formUnion(alternatives.map(\.label))
      let choice = ([option] + alternatives).map(\.usage).joined(separator: " | ")
      let isRequired = option.isRequired && alternatives.isEmpty
      let part = isRequired ? choice : "[\(choice)]"
      parts.append(option.isRepeatable ? part + "..." : part)
    }
    return parts
      + operands.map { operand in
        let name = operand.isRepeatable ? "\(operand.name)..." : operand.name
        return operand.isRequired ? name : "[\(name)]"
      }
  }

  /// The options that exclude an option.
  func alternatives(to option: Parameter) -> [Parameter] {
    let labels = exclusives.filter { $0.contains(option.label) }.joined()
    return options.filter { $0.label != option.label && labels.contains($0.label) }
  }
}

extension Parameter {
  /// The parameter in a usage line, by its short name if it has one.
  fileprivate var usage: String {
    let name = short.map { "-\($0)" } ?? (isNegatable ? "--[no-]\(name)" : label)
    return isOption ? "\(name) \(placeholder)" : name
  }

  /// What help tells of the values beside its text, such as the default.
  var notes: [(name: String, value: String)] {
    var notes: [(String, String)] = []
    if case .values(let values) = completion { notes.append(("", values.joined(separator: ", "))) }
    if let range { notes.append(("", range)) }
    if let defaultText { notes.append(("default", printable(defaultText))) }
    if let environment { notes.append(("environment", environment)) }
    return notes
  }
}
