import GRDB
import NetmonCore

/// Counts the failures that one ``ErrorQuery`` asks for, in one pass over an index that holds all
/// that it needs.
struct ErrorCounter {
  private let query: ErrorQuery
  private let db: Database
  private(set) var keys: GroupKeys
  private var groups: GroupTable
  private var counts: [GroupCount] = []
  /// The group and the part of the span of each failure: only few groups are shown, so that trends
  /// are made for those.
  private var failureParts: [(group: Int32, part: Int32)] = []
  private var timeline: FailureTimeline

  init(_ query: ErrorQuery, in db: Database) {
    self.query = query
    self.db = db
    keys = GroupKeys(query.by, in: db)
    groups = GroupTable(width: keys.columns.count)
    timeline = FailureTimeline(width: query.bucket)
  }

  /// From `since:`, else the first failure, to `until:`, else `now`; nil without any failure.
  func span() throws -> ClosedRange<Timestamp>? {
    var from = query.filter.since
    if from == nil {
      let failures = try failures()
      let sql = "\(failures.select("c.failed_at")) ORDER BY 1 LIMIT 1"
      from = try db.integer(sql, failures.bindings.values).map(Timestamp.init(microseconds:))
    }
    return from.map { $0...max($0, query.filter.until ?? query.now) }
  }

  /// Reads the failures; trends are over `span`.
  mutating func count(over span: ClosedRange<Timestamp>) throws {
    let start = span.lowerBound.microseconds
    let width = max(span.upperBound.microseconds(since: span.lowerBound), 1)
    let failures = try failures()
    // Nothing is read twice: each value of each row counts.
    let errno = keys.columns.firstIndex(of: "errno").map { $0 - keys.columns.count }
    let columns = ["failed_at"] + (errno == nil ? ["errno"] : []) + keys.columns
    let sql = failures.select(columns.map { "c.\($0)" }.joined(separator: ", "))
    var batch: [Int64] = []
    var times: [Int64] = []
    try Query(sql, in: db).forEach(failures.bindings.values) { row in
      times.append(row.integer())
      let own = errno == nil ? row.integer() : nil
      keys.read(&row, into: &batch)
      timeline.add(at: times[times.count - 1], errno: own ?? batch[batch.count + (errno ?? 0)])
      guard times.count == Self.batchSize else { return }
      try add(&batch, times, start, width)
      batch.removeAll(keepingCapacity: true)
      times.removeAll(keepingCapacity: true)
    }
    try add(&batch, times, start, width)
  }

  /// Counts failures by their keys and times, over a span that begins at `start`.
  private mutating func add(
    _ batch: inout [Int64], _ times: [Int64], _ start: Int64, _ width: Int64
  ) throws {
    let parts = Int64(ErrorGroup.parts)
    try keys.standIn(for: &batch)
    let indexes = groups.indexes(of: times.count, batch.span)
    let new = groups.count - counts.count
    counts.append(contentsOf: repeatElement(GroupCount(), count: new))
    for (time, index) in zip(times, indexes) {
      counts[index].add(at: time)
      let part = min(max((time - start) * parts / width, 0), parts - 1)
      failureParts.append((Int32(truncatingIfNeeded: index), Int32(part)))
    }
  }

  /// Enough to look at the places of many groups at once, few enough to stay in the caches.
  static let batchSize = 256

  private func failures() throws -> Selection {
    try Selection(failuresOf: query.filter, in: db)
  }
}

// MARK: - Answers

extension ErrorCounter {
  /// Ascending.
  mutating func timelineBuckets() -> [TimelineBucket] { timeline.buckets() }

  var total: Int { failureParts.count }
  var groupCount: Int { groups.count }

  /// The largest groups, in their order, with their keys.
  mutating func largest() throws -> [(key: ErrorGroupKey, group: ErrorGroup)] {
    let candidates = candidates()
    let trends = trends(of: candidates)
    let shown = try zip(candidates, trends).map { index, trend in
      let key = ErrorGroupKey(groups[index])
      let texts = try query.by.map { ($0, try keys.text($0, of: key)) }
      return (key: key, group: counts[index].group(keys: texts, trend: trend))
    }
    return Array(shown.sorted { Self.isBefore($0.group, $1.group) }.prefix(query.limit))
  }

  /// The largest groups, in their order, and those that tie with the last one: the texts decide.
  private func candidates() -> [Int] {
    guard query.limit > 0 else { return [] }
    let least = leastCount
    var chosen = counts.indices.filter { counts[$0].count >= least }
    chosen.sort { counts[$0].rank > counts[$1].rank }
    var end = min(query.limit, chosen.count)
    while end < chosen.count, counts[chosen[end - 1]].rank == counts[chosen[end]].rank { end += 1 }
    return Array(chosen[..<end])
  }

  /// A number of failures that enough groups have. Most groups of many have very few, and sorting
  /// them all would take long.
  private var leastCount: Int {
    var groupsByCount = [Int](repeating: 0, count: 1000)
    for group in counts { groupsByCount[min(group.count, groupsByCount.count - 1)] += 1 }
    var number = 0
    return groupsByCount.indices.last { count in
      number += groupsByCount[count]
      return number >= query.limit
    } ?? 0
  }

  private func trends(of candidates: [Int]) -> [[Int]] {
    var places = [Int](repeating: -1, count: groups.count)
    for (place, index) in candidates.enumerated() { places[index] = place }
    var trends = candidates.map { _ in [Int](repeating: 0, count: ErrorGroup.parts) }
    for (group, part) in failureParts {
      let place = places[Int(group)]
      if place >= 0 { trends[place][Int(part)] += 1 }
    }
    return trends
  }

  private static func isBefore(_ a: ErrorGroup, _ b: ErrorGroup) -> Bool {
    guard (a.count, a.last) == (b.count, b.last) else {
      return (a.count, a.last) > (b.count, b.last)
    }
    for ((_, a), (_, b)) in zip(a.keys, b.keys) where a.map(ExactText.init) != b.map(ExactText.init)
    {
      guard let a, let b else { return a == nil }
      return a.utf8.lexicographicallyPrecedes(b.utf8)
    }
    return false
  }
}

/// How many failures a group has, and when they were.
private struct GroupCount {
  private(set) var count = 0
  private var first = Int64.max
  private var last = Int64.min

  mutating func add(at time: Int64) {
    count += 1
    (first, last) = (min(first, time), max(last, time))
  }

  /// The more failures, then the later the last one, the greater.
  var rank: Rank { Rank(count: count, last: last) }

  struct Rank: Comparable {
    var count: Int
    var last: Int64

    static func < (a: Self, b: Self) -> Bool { (a.count, a.last) < (b.count, b.last) }
  }

  func group(keys: [(GroupKey, String?)], trend: [Int]) -> ErrorGroup {
    ErrorGroup(
      keys: keys, count: count, first: Timestamp(microseconds: first),
      last: Timestamp(microseconds: last), successes: 0, trend: trend)
  }
}
