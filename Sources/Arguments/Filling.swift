extension Declarations {
  /// The options filled from the command line and, where it is silent, from the environment.
  func fill(
    _ defaults: Root, from scanner: Scanner, environment: [String: String]
  ) throws(Mistake) -> Root {
    var occurrences = scanner.occurrences
    try distribute(scanner.operands, among: &occurrences)
    try checkExclusives(occurrences)
    let fallbacks = fallbacks(for: occurrences, environment)
    var root = defaults
    for binding in bindings {
      let parameter = binding.parameter
      if let given = occurrences[parameter.label] {
        try binding.store(&root, given, .commandLine)
      } else if let fallback = fallbacks[parameter.label] {
        try binding.store(&root, [fallback], .environment)
      } else if parameter.isRequired {
        throw Mistake("\(parameter.synopsis) is missing")
      }
    }
    for check in checks {
      if let problem = check(root) { throw Mistake(problem) }
    }
    return root
  }

  /// Gives each operand's parameter its texts: one for each, and the rest to a repeatable one.
  private func distribute(
    _ operands: [String], among occurrences: inout [String: [Occurrence]]
  ) throws(Mistake) {
    var rest = operands[...]
    for parameter in bindings.lazy.map(\.parameter) where parameter.isOperand && !rest.isEmpty {
      let texts = parameter.isRepeatable ? rest : rest.prefix(1)
      rest = rest.dropFirst(texts.count)
      occurrences[parameter.label] = texts.map { Occurrence(spelling: parameter.name, text: $0) }
    }
    if let surplus = rest.first { throw Mistake("unexpected argument \(quoted(surplus))") }
  }

  private func checkExclusives(_ occurrences: [String: [Occurrence]]) throws(Mistake) {
    for labels in exclusives {
      let given = labels.compactMap { occurrences[$0]?.first?.spelling }
      if given.count > 1 { throw Mistake("\(given[0]) and \(given[1]) exclude each other") }
    }
  }

  /// The values that environment variables give, by the label of the option.
  private func fallbacks(
    for occurrences: [String: [Occurrence]], _ environment: [String: String]
  ) -> [String: Occurrence] {
    var fallbacks: [String: Occurrence] = [:]
    for parameter in bindings.lazy.map(\.parameter) {
      guard let variable = parameter.environment, let text = environment[variable], !text.isEmpty
      else { continue }
      fallbacks[parameter.label] = Occurrence(spelling: variable, text: text)
    }
    for labels in exclusives {
      let isDecided = labels.contains { occurrences[$0] != nil }
      let winner = isDecided ? nil : labels.first { fallbacks[$0] != nil }
      for label in labels where label != winner { fallbacks[label] = nil }
    }
    return fallbacks
  }
}
