extension Filter: CustomStringConvertible {
  /// The filter in its canonical text, with absolute times; what was parsed parses back to an
  /// equal filter.
  ///
  /// A term made in code that the language cannot express, such as one with alternatives of
  /// different keys, is shown in a form that does not parse.
  public var description: String { terms.map(\.description).joined(separator: " ") }
}

extension Filter.Term: CustomStringConvertible {
  public var description: String {
    let sign = isNegated ? "-" : ""
    var subjects = anyOf.map(\.subject)
    if Set(subjects) == [.port, .endpoint(.either)] {
      subjects = anyOf.map { _ in .endpoint(.either) }
    }
    let parts = zip(subjects, anyOf).enumerated().map { index, part in
      let (subject, match) = part
      let value = match.value(isPort: subject == .port)
      guard index == 0 || subject != subjects[0] else { return value }
      return Filter.keys.first { $0.subject == subject }.map { "\($0.name):\(value)" } ?? value
    }
    return sign + parts.joined(separator: ",")
  }
}

extension Filter.Match {
  /// What its key compares; nil for a word, which has no key.
  fileprivate var subject: Filter.Key.Subject? {
    switch self {
    case .error: .error
    case .state: .state
    case .transport: .transport
    case .direction: .direction
    case .family: .family
    case .stage: .stage
    case .source: .source
    case .cause: .cause
    case .text(let field, _): .text(field)
    case .number(let field, _): .number(field)
    case .time(.occurrence, .less): .until
    case .time(.occurrence, _): .since
    case .time(let field, _): .time(field)
    case .open: .at
    case .endpoint(.either, prefix: nil, port: .some): .port
    case .endpoint(let side, _, _): .endpoint(side)
    case .word: nil
    }
  }

  /// The value as written after the key.
  fileprivate func value(isPort: Bool) -> String {
    switch self {
    case .error(.any): return "any"
    case .error(.none): return "none"
    case .error(.exactly(let error)): return error.name
    case .state(let state): return state.name
    case .transport(let transport): return transport.name
    case .direction(let direction): return direction.rawValue
    case .family(let family): return family.rawValue
    case .stage(let stage): return stage.rawValue
    case .source(let source): return source.rawValue
    case .cause(let cause): return cause.rawValue
    case .text(.container, .exact(let text)): return quoted([text])
    case .text(_, .exact(let text)): return quotedIfNeeded([text], when: " \t\r\n\",*")
    case .text(_, .glob(let pieces)): return quotedIfNeeded(pieces, when: " \t\r\n\",*")
    case .number(let field, let comparison): return comparison.text(field.unit.format)
    case .time(.occurrence, .less(let time)), .time(.occurrence, .greaterOrEqual(let time)):
      return time.description
    case .open(let moment): return moment.description
    case .time(_, let comparison): return comparison.text(\.description)
    case .endpoint(_, let prefix, let port):
      let ports = port.map {
        $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
      }
      if isPort, let ports { return ports }
      let host = prefix.map(\.text) ?? (ports == nil ? "*" : "")
      guard let ports else { return host }
      return (host.contains(":") ? "[\(host)]" : host) + ":" + ports
    case .word(let word):
      let value = quotedIfNeeded([word], when: " \t\r\n\",*:=<>!()")
      let isMistaken = value.hasPrefix("-") || FilterParser.Operator(rawValue: word) != nil
      return isMistaken ? quoted([word]) : value
    }
  }
}

extension IPPrefix {
  /// The block; a single address without its length.
  fileprivate var text: String { first == last ? first.description : description }
}

extension Filter.Comparison {
  fileprivate func text(_ format: (Value) -> String) -> String {
    switch self {
    case .equal(let bound): format(bound)
    case .less(let bound): "<" + format(bound)
    case .lessOrEqual(let bound): "<=" + format(bound)
    case .greater(let bound): ">" + format(bound)
    case .greaterOrEqual(let bound): ">=" + format(bound)
    case .between(let low, let high): format(low) + ".." + format(high)
    }
  }
}

/// The pieces of a text joined by wildcards, quoted if they are empty or hold special characters.
private func quotedIfNeeded(_ pieces: [String], when special: String) -> String {
  let isPlain = pieces.allSatisfy { !$0.utf8.contains(where: special.utf8.contains) }
  return isPlain && pieces != [""] ? pieces.joined(separator: "*") : quoted(pieces)
}

private func quoted(_ pieces: [String]) -> String {
  let escaped = pieces.map { piece in
    var text = ""
    for scalar in piece.unicodeScalars {
      if "\"\\*".unicodeScalars.contains(scalar) { text += "\\" }
      text.unicodeScalars.append(scalar)
    }
    return text
  }
  return "\"\(escaped.joined(separator: "*"))\""
}
