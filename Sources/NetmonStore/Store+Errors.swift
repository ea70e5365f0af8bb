import GRDB
import NetmonCore

extension Store {
  /// Counts errors by group and over time. See ``ErrorSummary``.
  ///
  /// - Throws: ``StoreError/invalid(_:reason:)`` for a bucket or limit out of range.
  public func errorSummary(_ query: ErrorQuery) throws(StoreError) -> ErrorSummary {
    guard query.bucket > 0, query.limit >= 0 else {
      throw .invalid(.read, reason: "bucket must be positive, limit not negative")
    }
    return try read { db in
      guard let span = try query.span(in: db) else { return ErrorSummary(groups: [], timeline: []) }
      var counter = ErrorCounter(query: query, span: span, db: db)
      try counter.countGroups()
      try counter.countTrends()
      try counter.countSuccesses()
      return ErrorSummary(groups: counter.groups, timeline: try counter.timeline())
    }
  }
}

/// Counts what one ``ErrorQuery`` asks for.
private struct ErrorCounter {
  let query: ErrorQuery
  let span: ClosedRange<Timestamp>
  let db: Database
  var groups: [ErrorGroup] = []

  mutating func countGroups() throws {
    var failures = try failures()
    let keys = query.by
    let rows = grouped(
      failures, by: keys,
      computing: "count(*) AS n, min(failed_at) AS first, max(failed_at) AS last")
    let sql = """
      SELECT \(values(of: keys, "sum(n), min(first), max(last)")) FROM (\(rows)) c
      \(grouping(keys)) ORDER BY sum(n) DESC, max(last) DESC, \(list(keys.map(name), "1"))
      LIMIT \(failures.bind(query.limit))
      """
    groups = try Query(sql, in: db).all(failures.bindings.values) { row in
      ErrorGroup(
        keys: keys.map { ($0, row.optionalText()) },
        count: Int(row.integer()),
        first: row.timestamp(),
        last: row.timestamp(),
        successes: 0,
        trend: Array(repeating: 0, count: ErrorGroup.parts)
      )
    }
  }

  mutating func countTrends() throws {
    var failures = try failures()
    let keys = query.by
    let width = max(span.upperBound.microseconds(since: span.lowerBound), 1)
    let part = """
      max(0, min(\(ErrorGroup.parts - 1), \
      (failed_at - \(failures.bind(span.lowerBound.microseconds))) \
      * \(ErrorGroup.parts) / \(failures.bind(width))))
      """
    let rows = grouped(failures, by: keys, and: ("part", part), computing: "count(*) AS n")
    let sql = """
      SELECT \(values(of: keys, "part, sum(n)")) FROM (\(rows)) c
      GROUP BY \(list(keys.map(name), "part"))
      """
    let indices = indices(by: keys)
    try Query(sql, in: db).forEach(failures.bindings.values) { row in
      let key = row.key(count: keys.count)
      let (part, count) = (Int(row.integer()), Int(row.integer()))
      for index in indices[key] ?? [] { groups[index].trend[part] += count }
    }
  }

  mutating func countSuccesses() throws {
    var filter = query.filter.withoutErrors
    filter.terms.append(Filter.Term(.time(.timestamp, .between(span.lowerBound, span.upperBound))))
    let keys = query.by.filter { !$0.isAboutError }
    let conditions =
      ["c.errno IS NULL", "c.direction IS NOT \(Direction.listen.code)"]
      + keys.compactMap { $0.canHaveFailed(since: span.lowerBound) }
    let successes = try Selection(filter, where: list(conditions, separator: " AND "), in: db)
    let rows = grouped(successes, by: keys, computing: "count(*) AS n")
    let sql = "SELECT \(values(of: keys, "sum(n)")) FROM (\(rows)) c \(grouping(keys))"
    let indices = indices(by: keys)
    try Query(sql, in: db).forEach(successes.bindings.values) { row in
      let key = row.key(count: keys.count)
      let count = Int(row.integer())
      for index in indices[key] ?? [] { groups[index].successes = count }
    }
  }

  func timeline() throws -> [TimelineBucket] {
    var failures = try failures()
    let bucket = failures.bind(query.bucket)
    let sql = """
      SELECT failed_at / \(bucket) * \(bucket) AS time, errno, count(*)
      FROM (\(failures.select("c.failed_at AS failed_at, c.errno AS errno")))
      GROUP BY time, errno ORDER BY time, count(*) DESC, errno
      """
    var buckets: [TimelineBucket] = []
    try Query(sql, in: db).forEach(failures.bindings.values) { row in
      let time = row.timestamp()
      let error = ConnectionError(number: Int32(truncatingIfNeeded: row.integer()))
      guard let error else { return }
      if buckets.last?.time != time { buckets.append(TimelineBucket(time: time, counts: [])) }
      buckets[buckets.count - 1].counts.append((error, Int(row.integer())))
    }
    return buckets
  }

  private func failures() throws -> Selection {
    try Selection(query.filter, by: .failed, where: "c.errno IS NOT NULL", in: db)
  }

  /// The groups that agree in `keys`, by their values.
  private func indices(by keys: [GroupKey]) -> [[ExactText?]: [Int]] {
    Dictionary(grouping: groups.indices) { index in
      groups[index].keys.filter { keys.contains($0.0) }.map { $0.1.map(ExactText.init) }
    }
  }

  /// The selected rows, grouped by the integers behind the keys: few rows are left to look up
  /// names for.
  private func grouped(
    _ rows: Selection, by keys: [GroupKey], and extra: (name: String, sql: String)? = nil,
    computing aggregates: String
  ) -> String {
    let columns = Array(Set(keys.flatMap(\.field.columns))).sorted()
    let names = columns + (extra.map { [$0.name] } ?? [])
    // The + keeps SQLite from going through an index, which would scatter its reads.
    let selected = columns.map { "+c.\($0) AS \($0)" } + ["c.failed_at AS failed_at"]
    return """
      SELECT \(list(columns, extra.map { "\($0.sql) AS \($0.name)" }, aggregates))
      FROM (\(rows.select(list(selected)))) \(grouping(names))
      """
  }

  private func values(of keys: [GroupKey], _ others: String) -> String {
    list(keys.map { "\($0.field.sql) AS \(name($0))" }, others)
  }

  private func name(_ key: GroupKey) -> String { "key_\(key.rawValue)" }

  private func list(_ names: [String], _ others: String?..., separator: String = ", ") -> String {
    (names + others.compactMap { $0 }).joined(separator: separator)
  }

  private func grouping(_ keys: [GroupKey]) -> String { grouping(keys.map(name)) }

  /// Without names all rows are one group, but none when there is no row.
  private func grouping(_ names: [String]) -> String {
    "GROUP BY \(names.isEmpty ? "NULL" : list(names))"
  }
}

extension ColumnReader {
  fileprivate mutating func key(count: Int) -> [ExactText?] {
    (0..<count).map { _ in optionalText().map(ExactText.init) }
  }
}

extension GroupKey {
  /// Whether it says how a connection failed, so that no success can agree in it.
  fileprivate var isAboutError: Bool {
    switch self {
    case .error, .stage, .source, .cause, .state: true
    default: false
    }
  }
}

extension GroupKey {
  /// A condition that leaves out rows whose value no failure has, where that is cheap to tell:
  /// most successes are of no interest.
  fileprivate func canHaveFailed(since time: Timestamp) -> String? {
    func failed(_ column: String) -> String {
      """
      SELECT \(column) FROM connection \
      WHERE errno IS NOT NULL AND failed_at >= \(time.microseconds)
      """
    }
    switch self {
    case .remote: return "c.remote_id IN (\(failed("remote_id")))"
    case .local: return "c.local_id IN (\(failed("local_id")))"
    case .process, .path:
      let text = self == .process ? "x.name" : "x.path"
      let executables = "process p JOIN executable x ON x.id = p.executable_id"
      return """
        c.process_id IN (SELECT p.id FROM \(executables) WHERE \(text) IN (
          SELECT \(text) FROM \(executables) WHERE p.id IN (\(failed("process_id")))))
        """
    default: return nil
    }
  }
}

extension ErrorQuery {
  /// From `since:`, else the first failure, to `until:`, else `now`; nil without any failure.
  fileprivate func span(in db: Database) throws -> ClosedRange<Timestamp>? {
    let failures = try Selection(filter, by: .failed, where: "c.errno IS NOT NULL", in: db)
    let sql = "SELECT min(failed_at) FROM (\(failures.select("c.failed_at AS failed_at")))"
    guard let first = try db.integer(sql, failures.bindings.values) else { return nil }
    let from = filter.since ?? Timestamp(microseconds: first)
    return from...max(from, filter.until ?? now)
  }
}

extension Filter {
  /// Without the terms that ask for errors.
  fileprivate var withoutErrors: Filter {
    Filter(terms: terms.filter { !$0.anyOf.contains(where: \.isAboutError) })
  }

  /// The latest moment that a plain `since:` names.
  fileprivate var since: Timestamp? {
    occurrences.compactMap {
      switch $0 {
      case .equal(let time), .greater(let time), .greaterOrEqual(let time), .between(let time, _):
        time
      case .less, .lessOrEqual: nil
      }
    }.max()
  }

  /// The earliest moment that a plain `until:` names.
  fileprivate var until: Timestamp? {
    occurrences.compactMap {
      switch $0 {
      case .equal(let time), .less(let time), .lessOrEqual(let time), .between(_, let time): time
      case .greater, .greaterOrEqual: nil
      }
    }.min()
  }

  private var occurrences: [Comparison<Timestamp>] {
    terms.compactMap { term in
      guard !term.isNegated, term.anyOf.count == 1,
        case .time(.occurrence, let comparison) = term.anyOf[0]
      else { return nil }
      return comparison
    }
  }
}

extension Filter.Match {
  fileprivate var isAboutError: Bool {
    switch self {
    case .error, .stage, .source, .cause, .number(.errno, _), .state: true
    default: false
    }
  }
}
