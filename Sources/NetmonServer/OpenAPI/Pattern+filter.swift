import NetmonCore

/// The filter language; its grammar is in `Filter+Parsing.swift` of the core.
extension Pattern {
  /// The values of a key, given as a parameter of its own.
  ///
  /// Where a name says microseconds (`connect_us`), numbers need no unit.
  static func values(of key: Filter.Key, named name: String) -> String {
    if key.kind == .duration, name.hasSuffix("_us") {
      return list(of: "(?:[<>]=?|=)?(?:\(number)|\(duration))")
    }
    guard key.kind == .text else { return list(of: value(of: key)) }
    let start = #"[ \t\r\n]*(?:[^", \t\r\n]|\#(quoted))"#
    return "(?:\(list(of: #"\#(start)(?:[^",]|\#(quoted))*"#)))?"
  }

  /// A whole filter: words to search for and `key:value`, each perhaps with a `-` before it.
  static let filter: String = {
    // Keys with the same values stand together.
    let byValues = Dictionary(grouping: Filter.keys) { list(of: value(of: $0)) }
    let terms = byValues.map { (keys: names(of: $1), values: $0) }.sorted { $0.keys < $1.keys }
      .map { "\($0.keys):\($0.values)" }
    // What looks like a key is none: `erorr:any` is a mistake, and so is `port=5`.
    let isNoKey =
      "(?!-[A-Za-z_-]+:|[A-Za-z_][A-Za-z_-]*:)(?!-?\(names(of: Filter.keys))(?:[=<>]|!=))"
    // Nor are the operators of other languages words, nor is `ago` after a time.
    let isNoOperator = #"(?!(?:AND|OR|NOT|ago|&&|\|\|)(?:[ \t\r\n]|$))"#
    // What begins with these is meant to negate or to group, and so is what ends with the last.
    let isNoOpening = "(?![!(])"
    let plain = #"(?:[^",*) \t\r\n]|\)(?=[^",*) \t\r\n]))"#
    let word = #"(?:"")*(?:\#(plain)|\#(found))(?:\#(plain)|\#(found)|"")*"#
    let words = "\(isNoKey)\(isNoOperator)(?:-|(?!-))\(isNoOpening)\(list(of: word))"
    let term = "(?:-?\(oneOf(terms))|\(words))"
    return #"[ \t\r\n]*(?:\#(term)(?:[ \t\r\n]+\#(term))*[ \t\r\n]*)?"#
  }()

  /// Anything between quotes, in which a backslash may stand before a character.
  private static let quoted = #""(?:[^"\\]|\\[\s\S])*""#
  /// The same without a `*` that stands for other text, and not empty: something to look for.
  private static let found = #""(?:[^"\\*]|\\[\s\S])+""#

  private static func names(of keys: [Filter.Key]) -> String {
    oneOf(keys.flatMap { [$0.name] + $0.aliases })
  }

  /// One value, without white space outside of quotes.
  private static func value(of key: Filter.Key) -> String {
    let comparison = "[<>]=?"
    let number = "(?:\(comparison)|=)?"
    return switch key.kind {
    case .choice: oneOf(key.values)
    case .text: #"(?:[^", \t\r\n]|\#(quoted))+"#
    case .number: number + self.number
    case .duration: number + duration
    case .size: number + size
    case .time where ["since", "until", "at"].contains(key.name): moment
    case .time: "(?:\(comparison)\(moment)|=?\(dateOrTime))"
    case .endpoint: endpoint
    case .port: "(?:(?:[<>]=|=)?\(port)|<[1-9][0-9]{0,3}|>[0-9]{1,4})"
    }
  }
}
