extension FilterParser {
  /// What joins terms in other languages. Searched as words, these would match nothing, silently.
  enum Operator: String {
    case and = "AND"
    case or = "OR"
    case not = "NOT"
    case both = "&&"
    case either = "||"
    case inverse = "!"

    fileprivate var message: String {
      switch self {
      case .and, .both: "terms are joined by and without a word for it"
      case .or, .either:
        "there is no or between terms; values of one key are joined by commas, "
          + "as in error:ECONNREFUSED,ECONNRESET"
      case .not, .inverse: "a term is negated by a '-' before it, as in -error:any"
      }
    }
  }

  /// Throws a mistake for a term, without its `-`, that is written as another language would.
  func refuseOperators(in term: Range<Int>, isNegated: Bool) throws(FilterError) {
    let text = string(term)
    if let operation = Operator(rawValue: text), !isNegated {
      throw error("\(operation.message); to search for the text, quote it: \"\(text)\"", at: term)
    }
    let sign = isNegated ? "" : "-"
    if text.hasPrefix("!"), text.utf8.count > 1 {
      let negated = text.dropFirst().drop { $0 == " " }
      throw error(
        "a term is negated by '-'", at: term,
        suggestion: negated.hasPrefix("-") ? nil : sign + negated)
    }
    if let bang = text.firstRange(of: "!="),
      let key = Filter.key(named: String(text[..<bang.lowerBound]))
    {
      throw error(
        "a term is negated by '-'", at: term,
        suggestion: "\(sign)\(key.name):\(text[bang.upperBound...])")
    }
    let isClosing = text.hasSuffix(")") && !text.contains("(") && !text.contains(":")
    if text.hasPrefix("(") || isClosing {
      throw error(
        "parentheses do not group terms; text to search for that has one there is quoted", at: term,
        suggestion: text.contains("\"") || text.contains(":") ? nil : "\"\(text)\"")
    }
  }

  /// Throws a mistake if `ago` follows a time, the term `time` of the same text if there is one: it
  /// would be a word to search for, and match nothing.
  func refuseAgo(in word: Range<Int>, after time: Range<Int>?) throws(FilterError) {
    guard string(word) == Self.ago else { return }
    throw error(
      "a duration counts back from now without a word for it; to search for the text, quote it: "
        + "\"\(Self.ago)\"",
      at: time.map { $0.lowerBound..<word.upperBound } ?? word, suggestion: time.map(string))
  }

  static let ago = "ago"
}
