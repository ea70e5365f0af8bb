import GRDB
import NetmonCore

/// Counts what one ``TimelineQuery`` asks for.
///
/// Errors are read from their index, which holds all that is needed. Of connections there are too
/// many to be read where the span is long: `minute_total` tells how many there are of all, and
/// `traffic_hour` how many if it knows what the filter asks for.
struct TimelineCounter {
  private let query: TimelineQuery
  /// What connections are counted: terms about errors say which errors are, as in ``ErrorGroup``.
  private let filter: Filter
  private let from: Timestamp
  private let to: Timestamp
  private let bucket: BucketWidth
  private let db: Database

  /// Nil as long as the query has no beginning.
  init?(_ query: TimelineQuery, in db: Database) {
    guard let from = query.from, let bucket = query.bucket else { return nil }
    self.query = query
    filter = query.filter.withoutErrors
    self.from = from
    to = query.to
    self.bucket = bucket
    self.db = db
  }

  /// All but the gaps.
  func timeline() throws -> Timeline {
    let errors = try errors()
    let connections = try connections()
    let steps = stride(from: from.microseconds, to: to.microseconds, by: Int(bucket.microseconds))
    let buckets = steps.map(Timestamp.init(microseconds:)).map { time in
      Timeline.Bucket(
        time: time,
        connections: connections.flatMap { counts in
          time == from || counts.isBeginning(time) ? counts.count(at: time) : nil
        },
        errors: errors.compactMap { error, counts in
          let count = counts.count(at: time)
          return count > 0 ? (error, count) : nil
        }.sorted { ($1.1, $0.0.number) < ($0.1, $1.0.number) })
    }
    return Timeline(
      from: from, to: to, bucket: bucket, connectionsBucket: connections?.width, buckets: buckets,
      gaps: [])
  }

  /// The filter within the span.
  private func within(_ filter: Filter) -> Filter {
    let span = Filter.Comparison.between(from, to.advanced(byMicroseconds: -1))
    return Filter(terms: filter.terms + [Filter.Term(.time(.occurrence, span))])
  }

  private func errors() throws -> [(ConnectionError, StepCounts)] {
    let rows = try Selection(failuresOf: within(query.filter), in: db)
    var counts: [Int64: StepCounts] = [:]
    let none = StepCounts(bucket, from: from, to: to)
    try Query(rows.select("c.failed_at, c.errno"), in: db).forEach(rows.bindings.values) { row in
      let time = row.integer()
      counts[row.integer(), default: none].add(1, at: time)
    }
    return counts.compactMap { errno, counts in
      ConnectionError(number: Int32(truncatingIfNeeded: errno)).map { ($0, counts) }
    }
  }
}

// MARK: - Connections

extension TimelineCounter {
  /// Nil if nothing tells without reading too many rows.
  private func connections() throws -> StepCounts? {
    let isCounted = try db.isCounted
    if filter.terms.isEmpty, bucket.seconds >= BucketWidth.minute.seconds, isCounted {
      return try countMinutes(by: bucket)
    }
    if try rowsToRead() <= rowLimit { return try countRows() }
    guard isCounted else { return nil }
    if filter.terms.isEmpty { return try countMinutes(by: .minute) }
    return filter.isOfTraffic ? try countHours() : nil
  }

  /// To count what a process did takes no more than the index of its rows.
  private var rowLimit: Int {
    let isOfProcess = filter.terms.allSatisfy { $0.anyOf.allSatisfy(\.isOfProcess) }
    return isOfProcess ? 10 * query.rowLimit : query.rowLimit
  }

  /// How many rows there are in the span, or of the processes that can match if those are fewer.
  private func rowsToRead() throws -> Int {
    let minute = BucketWidth.minute.microseconds
    let inSpan = try db.count(
      "SELECT sum(connections) FROM minute_total WHERE minute BETWEEN ? AND ?",
      [SQLValue(from.microseconds / minute), SQLValue((to.microseconds - 1) / minute)])
    var compiler = FilterCompiler()
    guard inSpan > rowLimit, let processes = compiler.processes(of: filter)
    else { return inSpan }
    let ofProcesses = try db.count(
      "SELECT sum(connections) FROM process_total WHERE process_id IN (\(processes))",
      compiler.bindings.values)
    return min(inSpan, ofProcesses)
  }

  private func countRows() throws -> StepCounts {
    var counts = StepCounts(bucket, from: from, to: to)
    let rows = try Selection(within(filter), in: db)
    try Query(rows.select("$place"), in: db).forEach(rows.bindings.values) { row in
      counts.add(1, at: Slots.timestamp(ofPlace: row.integer()).microseconds)
    }
    return counts
  }

  private func countMinutes(by width: BucketWidth) throws -> StepCounts {
    var counts = StepCounts(width, from: from, to: to)
    let minute = BucketWidth.minute.microseconds
    try Query(
      "SELECT minute, connections FROM minute_total WHERE minute BETWEEN ? AND ?", in: db
    ).forEach(
      [SQLValue(from.microseconds / minute), SQLValue((to.microseconds - 1) / minute)]
    ) { row in
      let time = row.integer() * minute
      counts.add(Int(row.integer()), at: time)
    }
    return counts
  }

  private func countHours() throws -> StepCounts {
    let hour = BucketWidth.hour
    let width = bucket.seconds < hour.seconds ? hour : bucket
    var counts = StepCounts(width, from: from, to: to)
    var compiler = FilterCompiler()
    let condition = compiler.condition(filter)
    let first = compiler.bindings.bind(from.microseconds / hour.microseconds)
    let last = compiler.bindings.bind((to.microseconds - 1) / hour.microseconds)
    try Query(
      """
      SELECT c.hour, c.connections FROM traffic_hour c
      WHERE c.hour BETWEEN \(first) AND \(last) AND \(condition)
      """, in: db
    ).forEach(compiler.bindings.values) { row in
      let time = row.integer() * hour.microseconds
      counts.add(Int(row.integer()), at: time)
    }
    return counts
  }
}
