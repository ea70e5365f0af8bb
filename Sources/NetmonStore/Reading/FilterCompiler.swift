import NetmonCore

/// Compiles filters to conditions on a row `c` of table `connection`.
///
/// Unknown values are NULL, comparisons with NULL are NULL, and that is not true: what is unknown
/// never matches. What depends on a dimension only is asked of the dimension table, once a query,
/// and the row's id looked up in the answer. The same questions tell where to look for rows at all:
/// see `FilterCompiler+Sets.swift`.
struct FilterCompiler {
  /// What `since:` and `until:` compare.
  enum Occurrence {
    /// The timestamp.
    case seen
    /// The time of failure.
    case failed
  }

  /// The column that holds the row's place. See ``Position``.
  var place = "c.id"
  var occurrence = Occurrence.seen
  /// Those that are in no address, port or service of the file.
  var wordsOfProcesses: Set<String> = []
  var bindings = Bindings()

  /// All terms, or "1" when there are none.
  mutating func condition(_ filter: Filter) -> String {
    filter.terms.isEmpty ? "1" : Self.joined(filter.terms.map { condition($0) }[...], by: "AND")
  }

  private mutating func condition(_ term: Filter.Term) -> String {
    guard !term.anyOf.isEmpty else { return term.isNegated ? "1" : "0" }
    // Patterns of one field are asked together: each question costs a pass over the dimension.
    var patterns: [Filter.TextField: [Filter.TextPattern]] = [:]
    var conditions: [String] = []
    for match in term.anyOf {
      if case .text(let field, let pattern) = match {
        patterns[field, default: []].append(pattern)
      } else {
        conditions.append(condition(match))
      }
    }
    for field in Filter.TextField.allCases {
      if let patterns = patterns[field] { conditions.append(condition(field, patterns)) }
    }
    let any = Self.joined(conditions[...], by: "OR")
    return term.isNegated ? "\(any) IS NOT TRUE" : any
  }

  /// A balanced tree, as SQLite limits the depth of an expression to 1,000.
  static func joined(_ conditions: ArraySlice<String>, by operation: String) -> String {
    guard conditions.count > 1, let first = conditions.indices.first else {
      return conditions.joined()
    }
    let middle = first + conditions.count / 2
    let (left, right) = (conditions[..<middle], conditions[middle...])
    return "(\(joined(left, by: operation)) \(operation) \(joined(right, by: operation)))"
  }

  private mutating func condition(_ match: Filter.Match) -> String {
    switch match {
    case .error(.any): "c.errno IS NOT NULL"
    case .error(.none): "c.errno IS NULL"
    case .error(.exactly(let error)): "c.errno = \(bindings.bind(error.number))"
    case .state(let state): "c.state = \(bindings.bind(state.rawValue))"
    case .transport(let transport): "c.protocol = \(bindings.bind(transport.rawValue))"
    case .direction(let direction): "c.direction = \(bindings.bind(direction.code))"
    case .family(let family):
      "\(RecordField.family.sql) = \(bindings.bind(family.rawValue))"
    case .stage(let stage): "c.error_stage = \(bindings.bind(stage.code))"
    case .source(let source): "c.error_source = \(bindings.bind(source.code))"
    case .cause(let cause): "c.error_cause = \(bindings.bind(cause.code))"
    case .text(let field, let pattern): condition(field, [pattern])
    case .number(let field, let comparison): condition(field, comparison)
    case .time(let field, let comparison): condition(field, comparison)
    case .open(let moment): isOpen(at: moment)
    case .endpoint(let side, let prefix, let ports): condition(side, prefix, ports)
    case .word(let word): condition(word: word)
    }
  }
}

// MARK: - Text

extension FilterCompiler {
  private mutating func condition(
    _ field: Filter.TextField, _ patterns: [Filter.TextPattern]
  ) -> String {
    if let condition = onProcess(field, patterns) { return Self.processes(condition) }
    switch field {
    case .host: return "c.host_id IN (SELECT id FROM host WHERE \(matches("name", patterns)))"
    case .service:
      return "c.service_id IN (SELECT id FROM service WHERE \(matches("name", patterns)))"
    default: return matches(RecordField.origin.sql, patterns)
    }
  }

  /// The same as a condition on a process `p`, if the field is one of the process alone.
  mutating func onProcess(
    _ field: Filter.TextField, _ patterns: [Filter.TextPattern]
  ) -> String? {
    switch field {
    case .process: executables { $0.matches("x.name", patterns) }
    case .path: executables { $0.matches("x.path", patterns) }
    case .user: matches("p.user", patterns)
    case .unit: matches("p.unit", patterns)
    case .container: matches("p.container", patterns)
    case .parentName: matches("p.parent_name", patterns)
    case .command: matches("p.command", patterns)
    case .host, .service, .origin: nil
    }
  }

  mutating func matches(_ text: String, _ patterns: [Filter.TextPattern]) -> String {
    let conditions = patterns.map { pattern in
      switch pattern {
      case .exact(let whole): "\(text) = \(bindings.bind(whole))"
      case .glob(let pieces) where pieces.isEmpty: "0"
      case .glob(let pieces): glob(text, pieces)
      }
    }
    return Self.joined(conditions[...], by: "OR")
  }

  private static func processes(_ condition: String) -> String {
    "c.process_id IN (SELECT p.id FROM process p WHERE \(condition))"
  }

  private mutating func executables(_ condition: (inout Self) -> String) -> String {
    "p.executable_id IN (SELECT x.id FROM executable x WHERE \(condition(&self)))"
  }

  /// Makes conditions that a text contains a word in any case of letters.
  mutating func containing(_ word: String) -> (String) -> String {
    let needle = bindings.bind(Self.lowercased(word))
    return { column in "instr(lower(\(column)), \(needle)) > 0" }
  }

  /// ASCII only, as SQLite's own lower().
  private static func lowercased(_ word: String) -> String {
    String(decoding: word.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
  }

  private mutating func condition(word: String) -> String {
    let lower = Self.lowercased(word)
    let names = containing(word)
    var conditions = [
      Self.processes(executables { _ in "\(names("x.name")) OR \(names("x.path"))" }),
      "c.host_id IN (SELECT id FROM host WHERE \(names("name")))",
      "c.service_id IN (SELECT id FROM service WHERE \(names("name")))",
    ]
    for side in ["local", "remote"] {
      conditions += endpointConditions(side, word: lower, names)
    }
    return "(" + conditions.joined(separator: " OR ") + ")"
  }

  /// Where a word can stand in `ADDRESS:PORT`: in the address, in the port, or across the colon.
  /// Each is asked for on its own, as no index knows the whole text.
  private mutating func endpointConditions(
    _ side: String, word: String, _ contains: (String) -> String
  ) -> [String] {
    let shown = Schema.shown("a")
    var conditions = [
      "c.\(side)_id IN (SELECT a.id FROM address a WHERE \(contains(shown)))"
    ]
    let colon = word.utf8.lastIndex(of: UInt8(ascii: ":"))
    let digits = String(word[(colon.map { word.utf8.index(after: $0) } ?? word.startIndex)...])
    guard digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return conditions }
    let port = "CAST(c.\(side)_port AS TEXT)"
    guard let colon else {
      conditions.append("instr(\(port), \(bindings.bind(digits))) > 0")
      return conditions
    }
    let end = bindings.bind(String(word[..<colon]))
    conditions.append(
      """
      (c.\(side)_id IN (SELECT a.id FROM address a \
      WHERE substr(lower(\(shown)), length(\(shown)) - length(\(end)) + 1) = \(end)) \
      AND substr(\(port), 1, \(digits.utf8.count)) = \(bindings.bind(digits)))
      """)
    return conditions
  }
}

// MARK: - Numbers, times, endpoints

extension FilterCompiler {
  private mutating func condition(
    _ field: Filter.NumberField, _ comparison: Filter.Comparison<Int64>
  ) -> String {
    if let condition = onProcess(field, comparison) { return Self.processes(condition) }
    switch field {
    case .id: return compare("c.id", comparison)
    case .bytes:
      return compare(
        """
        iif(c.bytes_sent IS NULL AND c.bytes_received IS NULL, NULL, \
        coalesce(c.bytes_sent, 0) + coalesce(c.bytes_received, 0))
        """, comparison)
    default: return compare("c.\(field.rawValue)", comparison)
    }
  }

  /// The same as a condition on a process `p`, if the number is one of the process alone.
  mutating func onProcess(
    _ field: Filter.NumberField, _ comparison: Filter.Comparison<Int64>
  ) -> String? {
    switch field {
    case .pid: compare("p.pid", comparison)
    case .userID: compare("p.user_id", comparison)
    case .parentID: compare("p.parent_id", comparison)
    default: nil
    }
  }

  private mutating func condition(
    _ field: Filter.TimeField, _ comparison: Filter.Comparison<Timestamp>
  ) -> String {
    switch field {
    case .timestamp: condition(onTimestamp: comparison)
    case .establishedAt: compare("c.established_at", comparison)
    case .closedAt: compare("c.closed_at", comparison)
    case .updatedAt: compare("c.updated_at", comparison)
    case .occurrence:
      switch occurrence {
      case .seen: condition(onTimestamp: comparison)
      case .failed: compare("c.failed_at", comparison)
      }
    }
  }

  /// A timestamp is a range of places, and those are the primary key.
  private mutating func condition(onTimestamp comparison: Filter.Comparison<Timestamp>) -> String {
    switch comparison {
    case .equal(let time): between(time, time)
    case .less(let time): "\(place) < \(bindings.bind(Slots(time).first))"
    case .lessOrEqual(let time): "\(place) <= \(bindings.bind(Slots(time).last))"
    case .greater(let time): "\(place) > \(bindings.bind(Slots(time).last))"
    case .greaterOrEqual(let time): "\(place) >= \(bindings.bind(Slots(time).first))"
    case .between(let low, let high): between(low, high)
    }
  }

  private mutating func between(_ low: Timestamp, _ high: Timestamp) -> String {
    "\(place) BETWEEN \(bindings.bind(Slots(low).first)) AND \(bindings.bind(Slots(high).last))"
  }

  private mutating func compare(_ column: String, _ comparison: Filter.Comparison<Timestamp>)
    -> String
  {
    compare(column, comparison.map(\.microseconds))
  }

  mutating func compare(_ column: String, _ comparison: Filter.Comparison<Int64>) -> String {
    switch comparison {
    case .equal(let value): "\(column) = \(bindings.bind(value))"
    case .less(let value): "\(column) < \(bindings.bind(value))"
    case .lessOrEqual(let value): "\(column) <= \(bindings.bind(value))"
    case .greater(let value): "\(column) > \(bindings.bind(value))"
    case .greaterOrEqual(let value): "\(column) >= \(bindings.bind(value))"
    case .between(let low, let high):
      "\(column) BETWEEN \(bindings.bind(low)) AND \(bindings.bind(high))"
    }
  }

  private mutating func condition(
    _ side: Filter.Side, _ prefix: IPPrefix?, _ ports: ClosedRange<UInt16>?
  ) -> String {
    switch side {
    case .local: endpoint("local", prefix, ports)
    case .remote: endpoint("remote", prefix, ports)
    case .either: "(\(endpoint("local", prefix, ports)) OR \(endpoint("remote", prefix, ports)))"
    }
  }

  private mutating func endpoint(
    _ side: String, _ prefix: IPPrefix?, _ ports: ClosedRange<UInt16>?
  ) -> String {
    var conditions: [String] = []
    if let prefix {
      conditions.append("c.\(side)_id IN (\(addresses(prefix)))")
    }
    if let ports {
      let (low, high) = (bindings.bind(ports.lowerBound), bindings.bind(ports.upperBound))
      conditions.append("c.\(side)_port BETWEEN \(low) AND \(high)")
    }
    return conditions.isEmpty ? "1" : "(" + conditions.joined(separator: " AND ") + ")"
  }

  /// Selects the ids of the addresses in a block.
  mutating func addresses(_ prefix: IPPrefix) -> String {
    let (first, last) = (prefix.first.bytes, prefix.last.bytes)
    return """
      SELECT id FROM address WHERE ip BETWEEN \(bindings.bind(.blob(first))) \
      AND \(bindings.bind(.blob(last))) AND length(ip) = \(first.count)
      """
  }
}

extension Filter.Comparison {
  fileprivate func map<T>(_ transform: (Value) -> T) -> Filter.Comparison<T> {
    switch self {
    case .equal(let value): .equal(transform(value))
    case .less(let value): .less(transform(value))
    case .lessOrEqual(let value): .lessOrEqual(transform(value))
    case .greater(let value): .greater(transform(value))
    case .greaterOrEqual(let value): .greaterOrEqual(transform(value))
    case .between(let low, let high): .between(transform(low), transform(high))
    }
  }
}
