extension FilterParser {
  /// What a value of a key asks for, which was called by one of its names.
  func match(
    _ key: Filter.Key, named name: String, _ value: Value
  ) throws(FilterError) -> Filter.Match {
    switch key.subject {
    case .error: .error(try errorMatch(key, value))
    case .state: .state(try choice(key, value, of: TCPState.allCases, name: \.name))
    case .transport:
      .transport(try choice(key, value, of: TransportProtocol.allCases, name: \.name))
    case .direction: .direction(try choice(key, value))
    case .family: .family(try choice(key, value))
    case .stage: .stage(try choice(key, value))
    case .source: .source(try choice(key, value))
    case .cause: .cause(try choice(key, value))
    case .text(let field): .text(field, pattern(field, value))
    case .number(let field): .number(field, try number(field.unit, named: name, value))
    case .time(let field): .time(field, try timeComparison(value))
    case .since: .time(.occurrence, .greaterOrEqual(try moment(key, value)))
    case .until: .time(.occurrence, .less(try moment(key, value)))
    case .at: .open(at: try moment(key, value))
    case .endpoint(let side): try endpoint(value, at: side)
    case .port: .endpoint(.either, prefix: nil, port: try ports(value.text[...], in: value))
    }
  }

  // MARK: - Choices

  private func errorMatch(
    _ key: Filter.Key, _ value: Value
  ) throws(FilterError) -> Filter.ErrorMatch {
    switch value.text.lowercased() {
    case "any": return .any
    case "none": return .none
    default: break
    }
    if let error = ConnectionError(name: value.text) { return .exactly(error) }
    let ofNumber = Int32(value.text).flatMap { ConnectionError(number: $0)?.name }
    let aliases = ConnectionError.aliases.map(\.alias)
    throw error(
      "unknown error \(FilterError.quote(value.text))", at: value.range,
      suggestion: ofNumber ?? closestMatch(to: value.text, among: key.values + aliases))
  }

  private func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ key: Filter.Key, _ value: Value
  ) throws(FilterError) -> Choice {
    try choice(key, value, of: Array(Choice.allCases), name: \.rawValue)
  }

  private func choice<Choice>(
    _ key: Filter.Key, _ value: Value, of choices: [Choice], name: (Choice) -> String
  ) throws(FilterError) -> Choice {
    let typed = value.text.lowercased()
    if let choice = choices.first(where: { name($0).lowercased() == typed }) { return choice }
    let names = choices.map(name)
    throw error(
      "unknown \(key.name) \(FilterError.quote(value.text)) (\(names.joined(separator: ", ")))",
      at: value.range, suggestion: closestMatch(to: value.text, among: names))
  }

  // MARK: - Text

  private func pattern(_ field: Filter.TextField, _ value: Value) -> Filter.TextPattern {
    if value.pieces.count > 1 { return .glob(value.pieces) }
    // Container ids are long and shown short, so they match by their beginning; quoted, whole.
    if field == .container, !value.isQuoted { return .glob([value.text, ""]) }
    return .exact(value.text)
  }

  // MARK: - Comparisons

  private func number(
    _ unit: FilterUnit, named name: String, _ value: Value
  ) throws(FilterError) -> Filter.Comparison<Int64> {
    // Of `connect_us` the name is the unit.
    if unit == .duration, !name.lowercased().hasSuffix("_us"),
      let inMilliseconds = Self.withUnit("ms", value.text)
    {
      throw error("a duration needs a unit", at: value.range, suggestion: inMilliseconds)
    }
    return try comparison(value, expected: unit.expectation, separators: ["..", "-"]) { text in
      unit.parse(text).map { $0...$0 }
    }
  }

  /// A comparison of plain numbers with a unit after each; nil for any other, and where all are 0.
  private static func withUnit(_ unit: String, _ text: String) -> String? {
    let bytes = Array(text.utf8)
    guard bytes.allSatisfy({ FilterUnit.isDigit($0) || "<>=.-".utf8.contains($0) }),
      bytes.contains(where: { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }),
      !text.replacing("..", with: "").contains(".")
    else { return nil }
    var result = ""
    for (index, byte) in bytes.enumerated() {
      result.unicodeScalars.append(Unicode.Scalar(byte))
      let isLast = index + 1 == bytes.count || !FilterUnit.isDigit(bytes[index + 1])
      if FilterUnit.isDigit(byte), isLast { result += unit }
    }
    return result
  }

  /// Reads `5`, `=5`, `>5`, `>=5`, `<5`, `<=5` or `1..5`, of numbers `1-5` as well.
  ///
  /// What is compared with may be a span, as a date is a day: then `>` is later than all of it.
  private func comparison<Bound>(
    _ value: Value, expected: String, separators: [String] = [".."],
    read: (Substring) -> ClosedRange<Bound>?
  ) throws(FilterError) -> Filter.Comparison<Bound> {
    func bound(_ text: Substring) throws(FilterError) -> ClosedRange<Bound> {
      if let bound = read(text) { return bound }
      throw error("\(FilterError.quote(String(text))) is not \(expected)", at: value.range)
    }
    let text = value.text
    if text.hasPrefix(">=") { return .greaterOrEqual(try bound(text.dropFirst(2)).lowerBound) }
    if text.hasPrefix(">") { return .greater(try bound(text.dropFirst()).upperBound) }
    if text.hasPrefix("<=") { return .lessOrEqual(try bound(text.dropFirst(2)).upperBound) }
    if text.hasPrefix("<") { return .less(try bound(text.dropFirst()).lowerBound) }
    guard let separator = separators.lazy.compactMap({ text.firstRange(of: $0) }).first else {
      let bound = try bound(text.hasPrefix("=") ? text.dropFirst() : text[...])
      return bound.lowerBound == bound.upperBound
        ? .equal(bound.lowerBound) : .between(bound.lowerBound, bound.upperBound)
    }
    let (low, high) = (text[..<separator.lowerBound], text[separator.upperBound...])
    guard !low.isEmpty, !high.isEmpty else {
      throw error(
        "a range has two ends", at: value.range, suggestion: high.isEmpty ? ">=\(low)" : "<=\(high)"
      )
    }
    let (first, last) = (try bound(low).lowerBound, try bound(high).upperBound)
    guard first <= last else {
      throw error("this range is empty", at: value.range, suggestion: "\(high)..\(low)")
    }
    return .between(first, last)
  }

  // MARK: - Time

  private static let expectedTime =
    "a time such as 2026-11-22, 2026-11-22T10:00Z, now, or 1h for an hour ago"

  private func timeComparison(
    _ value: Value
  ) throws(FilterError) -> Filter.Comparison<Timestamp> {
    if relativeTime(value.text[...]) != nil {
      throw error(
        "a relative time is compared", at: value.range, suggestion: ">=\(value.text)")
    }
    return try comparison(value, expected: Self.expectedTime, read: span)
  }

  /// The time of `since:`, `until:` or `at:`, which compare by themselves.
  private func moment(_ key: Filter.Key, _ value: Value) throws(FilterError) -> Timestamp {
    if let span = span(of: value.text[...]) { return span.lowerBound }
    if let bare = value.text.firstIndex(where: { !"<>=".contains($0) }),
      bare > value.text.startIndex
    {
      throw error(
        "'\(key.name)' compares by itself", at: value.range, suggestion: String(value.text[bare...])
      )
    }
    // `1h ago`, as people say it.
    let words = value.text.split(separator: " ")
    let isAgo = words.count == 2 && words[1] == Self.ago && relativeTime(words[0]) != nil
    throw error(
      "\(FilterError.quote(value.text)) is not \(Self.expectedTime)", at: value.range,
      suggestion: isAgo ? String(words[0]) : nil)
  }

  private func span(of text: Substring) -> ClosedRange<Timestamp>? {
    if let moment = relativeTime(text) { return moment...moment }
    guard let first = Timestamp(String(text)) else { return nil }
    let last = first.advanced(byMicroseconds: Self.precision(ofTime: text) - 1)
    return Self.inYears(first)...Self.inYears(last)
  }

  /// `now`, or a duration before now; the `-` that other tools ask for is understood.
  private func relativeTime(_ text: Substring) -> Timestamp? {
    if text.lowercased() == "now" { return now }
    let duration = text.hasPrefix("-") ? text.dropFirst() : text
    // A number alone would be microseconds, which nobody means here.
    guard let last = duration.utf8.last, !FilterUnit.isDigit(last),
      let microseconds = FilterUnit.duration.parse(duration)
    else { return nil }
    return Self.inYears(now.advanced(byMicroseconds: -microseconds))
  }

  /// How many microseconds an RFC 3339 time stands for: a day, a minute, a second or less.
  private static func precision(ofTime text: Substring) -> Int64 {
    let bytes = Array(text.utf8)
    if bytes.count == 10 { return 86_400_000_000 }
    guard bytes.count > 16, bytes[16] == UInt8(ascii: ":") else { return 60_000_000 }
    guard bytes.count > 19, bytes[19] == UInt8(ascii: ".") else { return 1_000_000 }
    let digits = bytes[20...].prefix(while: FilterUnit.isDigit).count
    return (0..<min(digits, 6)).reduce(1_000_000) { precision, _ in precision / 10 }
  }

  /// The time itself if RFC 3339 can write it, else the nearest such time from 1970 on; no record
  /// is older or younger.
  private static func inYears(_ time: Timestamp) -> Timestamp {
    let years = 0...253_402_300_799_999_999 as ClosedRange<Int64>  // to the end of 9999
    let clamped = min(max(time.microseconds, years.lowerBound), years.upperBound)
    return Timestamp(microseconds: clamped)
  }
}
