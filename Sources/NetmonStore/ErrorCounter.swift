import GRDB
import NetmonCore

/// Counts the failures that one ``ErrorQuery`` asks for, in one pass over an index that holds all
/// that it needs.
struct ErrorCounter {
  private let query: ErrorQuery
  private let db: Database
  private(set) var keys: GroupKeys
  private var indices: [ErrorGroupKey: Int] = [:]
  private var groups: [(key: ErrorGroupKey, count: GroupCount)] = []
  /// The group and the part of the span of each failure: only few groups are shown, so that trends
  /// are made for those.
  private var failureParts: [(group: Int32, part: Int32)] = []
  private var buckets: [Int64: [Int64: Int]] = [:]

  init(_ query: ErrorQuery, in db: Database) {
    self.query = query
    self.db = db
    keys = GroupKeys(query.by, in: db)
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
    let parts = Int64(ErrorGroup.parts)
    let failures = try failures()
    let columns = ["failed_at", "errno"] + keys.columns
    let sql = failures.select(columns.map { "c.\($0)" }.joined(separator: ", "))
    var bucket = (time: Int64.min, counts: [Int64: Int]())
    try Query(sql, in: db).forEach(failures.bindings.values) { row in
      let (time, errno) = (row.integer(), row.integer())
      let part = min(max((time - start) * parts / width, 0), parts - 1)
      let index = index(of: try keys.read(&row))
      groups[index].count.add(at: time)
      failureParts.append((Int32(truncatingIfNeeded: index), Int32(part)))
      let begin = time / query.bucket * query.bucket
      if begin != bucket.time {
        add(bucket)
        bucket = (begin, [:])
      }
      bucket.counts[errno, default: 0] += 1
    }
    add(bucket)
  }

  private mutating func index(of key: ErrorGroupKey) -> Int {
    if let known = indices[key] { return known }
    groups.append((key, GroupCount()))
    indices[key] = groups.count - 1
    return groups.count - 1
  }

  private mutating func add(_ bucket: (time: Int64, counts: [Int64: Int])) {
    guard !bucket.counts.isEmpty else { return }
    buckets[bucket.time, default: [:]].merge(bucket.counts, uniquingKeysWith: +)
  }

  private func failures() throws -> Selection {
    try Selection(query.filter, by: .failed, where: "c.errno IS NOT NULL", in: db)
  }
}

// MARK: - Answers

extension ErrorCounter {
  /// Ascending.
  var timeline: [TimelineBucket] {
    buckets.sorted { $0.key < $1.key }.map { time, counts in
      let ordered = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      return TimelineBucket(
        time: Timestamp(microseconds: time),
        counts: ordered.compactMap { errno, count in
          ConnectionError(number: Int32(truncatingIfNeeded: errno)).map { ($0, count) }
        })
    }
  }

  /// The largest groups, in their order, with their keys.
  mutating func largest() throws -> [(key: ErrorGroupKey, group: ErrorGroup)] {
    let ranks = groups.indices.map { (groups[$0].count.rank, $0) }
    let ordered = ranks.sorted { $0.0 > $1.0 }
    // Among those that tie with the last one the texts decide.
    var end = min(query.limit, ordered.count)
    guard end > 0 else { return [] }
    while end < ordered.count, ordered[end - 1].0 == ordered[end].0 { end += 1 }
    let candidates = ordered[..<end].map(\.1)
    let trends = trends(of: candidates)
    let shown = try zip(candidates, trends).map { index, trend in
      let (key, count) = groups[index]
      let texts = try query.by.map { ($0, try keys.text($0, of: key)) }
      return (key: key, group: count.group(keys: texts, trend: trend))
    }
    return Array(shown.sorted { Self.isBefore($0.group, $1.group) }.prefix(query.limit))
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
  private var count = 0
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
