/// Reads terms from one text. Positions are offsets in its UTF-8.
struct FilterParser {
  let text: String
  let now: Timestamp
  let bytes: [UInt8]
  /// What each byte is to the grammar, so that quoting is understood in one place.
  private let roles: [Role]

  private enum Role {
    case plain
    /// Within quotes: no separator.
    case quoted
    /// After a backslash within quotes: no wildcard either.
    case escaped
    /// A quote or backslash that is no part of the value.
    case markup
  }

  /// One of the values of a term, without its quotes.
  struct Value {
    let range: Range<Int>
    /// The text between the wildcards.
    let pieces: [String]
    let isQuoted: Bool

    var text: String { pieces.joined(separator: "*") }
  }

  init(_ text: String, now: Timestamp) throws(FilterError) {
    self.text = text
    self.now = now
    bytes = Array(text.utf8)
    var roles: [Role] = []
    roles.reserveCapacity(bytes.count)
    var openQuote: Int?
    while roles.count < bytes.count {
      let next = roles.count + 1 < bytes.count ? bytes[roles.count + 1] : 0
      switch (bytes[roles.count], openQuote) {
      case (UInt8(ascii: "\""), nil):
        openQuote = roles.count
        roles.append(.markup)
      case (UInt8(ascii: "\""), _?):
        openQuote = nil
        roles.append(.markup)
      case (UInt8(ascii: "\\"), _?) where "\"\\*".utf8.contains(next):
        roles += [.markup, .escaped]
      case (_, let quote):
        roles.append(quote == nil ? .plain : .quoted)
      }
    }
    self.roles = roles
    if let openQuote {
      throw error("this quote is not closed", at: openQuote..<bytes.count)
    }
  }

  func error(
    _ message: String, at range: Range<Int>, suggestion: String? = nil
  ) -> FilterError {
    FilterError(message, in: text, at: range, suggestion: suggestion)
  }

  // MARK: - Splitting

  var everything: Range<Int> { bytes.indices }

  /// What stands between white space.
  var words: [Range<Int>] { split(everything, at: isSpace).filter { !$0.isEmpty } }

  /// The terms of a command-line operand; see ``Filter/init(arguments:now:)``.
  var operandTerms: [Range<Int>] {
    guard !bytes.contains(UInt8(ascii: "\"")) else { return words }
    return words.reduce(into: []) { terms, word in
      if let last = terms.last, continues(last, with: word) {
        terms[terms.count - 1] = last.lowerBound..<word.upperBound
      } else {
        terms.append(word)
      }
    }
  }

  /// Whether a word goes on with the value before it, the space between them unquoted by the shell.
  private func continues(_ term: Range<Int>, with word: Range<Int>) -> Bool {
    if startsWithKey(word) || isOperator(term) || isOperator(word) { return false }
    guard let name = keyName(in: withoutMinus(term)), let key = Filter.key(named: string(name))
    else { return true }
    switch key.kind {
    case .text: return true
    case .time: return bytes[word].dropFirst(2).first == UInt8(ascii: ":")  // 2026-11-22 10:00
    default: return false
    }
  }

  /// Whether a word begins with a key, perhaps a misspelt one.
  private func startsWithKey(_ word: Range<Int>) -> Bool {
    guard let name = keyName(in: withoutMinus(word)), bytes[name.upperBound] == UInt8(ascii: ":")
    else { return false }
    let typed = string(name)
    return Filter.key(named: typed) != nil || closestMatch(to: typed, among: Filter.keyNames) != nil
  }

  /// The letters at the beginning of a term, if `:` or a comparison follows them.
  private func keyName(in range: Range<Int>) -> Range<Int>? {
    let end = range.first { !isKeyByte(bytes[$0]) } ?? range.upperBound
    guard range.lowerBound < end, end < range.upperBound, ":=<>".utf8.contains(bytes[end])
    else { return nil }
    return range.lowerBound..<end
  }

  /// Whether a word is an operator of other languages and none of this one.
  private func isOperator(_ word: Range<Int>) -> Bool { Operator(rawValue: string(word)) != nil }

  private func withoutMinus(_ range: Range<Int>) -> Range<Int> {
    bytes[range].first == UInt8(ascii: "-") ? range.dropFirst() : range
  }

  /// The parts of a range between separators outside quotes.
  private func split(
    _ range: Range<Int>, at isSeparator: (UInt8) -> Bool
  ) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = range.lowerBound
    for index in range where roles[index] == .plain && isSeparator(bytes[index]) {
      parts.append(start..<index)
      start = index + 1
    }
    return parts + [start..<range.upperBound]
  }

  func string(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  // MARK: - Terms

  func term(in range: Range<Int>) throws(FilterError) -> Filter.Term {
    let body = withoutMinus(range)
    guard !body.isEmpty else {
      throw error("'-' negates the term that follows it without a space", at: range)
    }
    let isNegated = body != range
    try refuseOperators(in: body, isNegated: isNegated)
    guard let key = try key(of: body) else {
      let words = try values(in: body).map { value throws(FilterError) in try word(value) }
      return Filter.Term(isNegated: isNegated, anyOf: words)
    }
    return Filter.Term(
      isNegated: isNegated, anyOf: try matches(of: key.key, named: key.name, in: key.values))
  }

  /// The alternatives of a term with a key, which was called by one of its names.
  func matches(
    of key: Filter.Key, named name: String, in range: Range<Int>
  ) throws(FilterError) -> [Filter.Match] {
    try values(in: range).map { value throws(FilterError) in try match(key, named: name, value) }
  }

  /// The key of a term, or nil if it is words to search for.
  private func key(
    of term: Range<Int>
  ) throws(FilterError) -> (key: Filter.Key, name: String, values: Range<Int>)? {
    guard let name = keyName(in: term) else { return nil }
    let values = name.upperBound + 1..<term.upperBound
    let typed = string(name)
    let key = Filter.key(named: typed)
    guard bytes[name.upperBound] == UInt8(ascii: ":") else {
      guard let key else { return nil }
      let isEqual = bytes[name.upperBound] == UInt8(ascii: "=")
      throw error(
        "a colon follows the key", at: term,
        suggestion: "\(key.name):"
          + (isEqual
            ? string(values).drop { $0 == "=" } : string(name.upperBound..<term.upperBound)[...]))
    }
    if let key { return (key, typed, values) }
    // `dead:beef::1` is an address to search for.
    if IPAddress(string(term)) != nil { return nil }
    if let meant = closestMatch(to: typed, among: Filter.keyNames) {
      throw error("unknown key \(FilterError.quote(typed))", at: name, suggestion: meant)
    }
    throw error(
      "unknown key \(FilterError.quote(typed)); text to search for that holds a colon is quoted",
      at: term, suggestion: bytes[term].contains(UInt8(ascii: "\"")) ? nil : "\"\(string(term))\"")
  }

  private func values(in range: Range<Int>) throws(FilterError) -> [Value] {
    try split(range, at: { $0 == UInt8(ascii: ",") }).map { part throws(FilterError) in
      let value = value(in: part)
      guard !value.range.isEmpty else {
        throw error("a value is missing here (an empty one is written \"\")", at: value.range)
      }
      return value
    }
  }

  private func value(in range: Range<Int>) -> Value {
    func isContent(_ index: Int) -> Bool { roles[index] != .plain || !isSpace(bytes[index]) }
    let start = range.first(where: isContent) ?? range.lowerBound
    let end = range.last(where: isContent).map { $0 + 1 } ?? start
    var pieces: [[UInt8]] = [[]]
    for index in start..<end where roles[index] != .markup {
      if bytes[index] == UInt8(ascii: "*"), roles[index] != .escaped {
        pieces.append([])
      } else {
        pieces[pieces.count - 1].append(bytes[index])
      }
    }
    return Value(
      range: start..<end, pieces: pieces.map { String(decoding: $0, as: UTF8.self) },
      isQuoted: roles[start..<end].contains { $0 != .plain })
  }

  private func word(_ value: Value) throws(FilterError) -> Filter.Match {
    guard value.pieces.count == 1 else {
      throw error(
        "a word is found anywhere in a text, so it takes no '*'", at: value.range,
        suggestion: value.isQuoted ? nil : "process:" + value.text)
    }
    guard !value.text.isEmpty else { throw error("nothing to search for", at: value.range) }
    return .word(value.text)
  }
}

private func isSpace(_ byte: UInt8) -> Bool {
  " \t\r\n".utf8.contains(byte)
}

private func isKeyByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "_"), UInt8(ascii: "-"):
    true
  default: false
  }
}
