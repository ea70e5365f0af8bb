// The grammar:
//
//     filter = term *(space term)                 all terms must hold
//     term   = ["-"] [key ":"] value *("," value)   "-" negates, "," is "any of"
//     value  = 1*(character / quoted)             without a key: a word to search for
//     quoted = '"' *(character / '\"' / '\\' / '\*') '"'   holds spaces, commas, a leading "-"
//
// A "*" in a text stands for any text, also within quotes; `"\*"` is a star. Outside quotes a
// backslash is a character like others, as systemd's unit names hold them.

extension Filter {
  /// The most values that the terms of one filter may have together.
  ///
  /// It keeps the SQL of any filter within SQLite's limit on the depth of expressions (1000).
  public static let maximumValues = 500

  /// Parses a filter such as `error:any -process:curl,wget remote:10.0.0.0/8 since:1h`; relative
  /// times count back from `now`.
  public init(_ text: String, now: Timestamp) throws(FilterError) {
    let parser = try FilterParser(text, now: now)
    self.init()
    try append(parser.words, from: parser)
  }

  /// Parses the operands of a command line, which the shell has split already.
  ///
  /// The shell takes `process:"my app"` apart and hands over `process:my app`. So within one
  /// operand a text runs on to the next `KEY:`, and so does a word to search for, while other values
  /// end at the space (but for that in a time): `error:any since:1h` is two terms. What other
  /// languages join terms with ends a text as well, and is a mistake as everywhere. An operand in
  /// which quotes survived (`'process:"my app" curl'`) is read as any other filter.
  public init(arguments: [String], now: Timestamp) throws(FilterError) {
    self.init()
    for argument in arguments {
      let parser = try FilterParser(argument, now: now)
      try append(parser.operandTerms, from: parser)
    }
  }

  /// Parses one key with its value, as a REST parameter or an option of the command line gives
  /// them; the value may hold spaces, and commas between alternatives.
  public init(key: String, value: String, now: Timestamp) throws(FilterError) {
    let parser = try FilterParser(value, now: now)
    guard let known = Self.key(named: key) else {
      throw FilterError(
        "unknown key \(FilterError.quote(key))", in: key, at: 0..<key.utf8.count,
        suggestion: closestMatch(to: key, among: Self.keyNames))
    }
    self.init(terms: [Term(anyOf: try parser.matches(of: known, named: key, in: parser.everything))]
    )
    try checkSize(parser.everything, of: parser)
  }

  private mutating func append(
    _ ranges: [Range<Int>], from parser: FilterParser
  ) throws(FilterError) {
    for (index, range) in ranges.enumerated() {
      if terms.last?.isTime == true {
        try parser.refuseAgo(in: range, after: index > 0 ? ranges[index - 1] : nil)
      }
      terms.append(try parser.term(in: range))
      try checkSize(range, of: parser)
    }
  }

  private func checkSize(_ range: Range<Int>, of parser: FilterParser) throws(FilterError) {
    guard terms.reduce(0, { $0 + $1.anyOf.count }) > Self.maximumValues else { return }
    throw parser.error("a filter has at most \(Self.maximumValues) values", at: range)
  }
}

extension Filter.Term {
  fileprivate var isTime: Bool {
    anyOf.contains { if case .time = $0 { true } else { false } }
  }
}
