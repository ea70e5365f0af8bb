import GRDB
import NetmonCore

/// Counts the connections without error that agree with groups of failures in all keys that are
/// not about the error.
///
/// Whole hours are counted from the roll-up `process_hour`, or `traffic_hour` where remote ends
/// matter, if that knows the keys and all that the filter asks; the rest from the rows.
struct SuccessCounter {
  private let filter: Filter
  private let span: ClosedRange<Timestamp>?
  private let db: Database
  private var keys: GroupKeys
  private var groups: GroupTable
  /// By the number of the group.
  private var counts: [Int] = []

  /// Takes the keys of the groups of failures, read by `other`.
  init(
    _ query: ErrorQuery, over span: ClosedRange<Timestamp>, groups: [ErrorGroupKey],
    of other: GroupKeys, in db: Database
  ) {
    filter = query.filter.withoutErrors.withoutStates
    var range = PlaceRange(filter)
    range.narrow(Slots(span.lowerBound).first, Slots(span.upperBound).last)
    self.span = range.span
    self.db = db
    keys = other.without(\.isAboutError)
    self.groups = GroupTable(width: keys.columns.count)
    for group in groups { _ = self.groups.index(of: values(of: group, of: other).span) }
    counts = [Int](repeating: 0, count: self.groups.count)
  }

  /// The successes of a group.
  func count(of group: ErrorGroupKey, of other: GroupKeys) -> Int {
    groups.knownIndex(of: values(of: group, of: other).span).map { counts[$0] } ?? 0
  }

  private func values(of group: ErrorGroupKey, of other: GroupKeys) -> [Int64] {
    other.part(of: group, for: keys).first(keys.columns.count)
  }

  mutating func count() throws {
    guard !counts.isEmpty, let span else { return }
    guard let parts = try rolledUp(span) else { return try countRows(filter, span) }
    let others = Filter(terms: filter.terms.filter { !$0.isAboutTimestamp })
    try countWhole(others, in: parts.hours)
    for rows in parts.added { try countRows(others, rows) }
    for rows in parts.removed { try countRows(others, rows, sign: -1) }
  }

  private mutating func countRows(
    _ filter: Filter, _ span: ClosedRange<Timestamp>, sign: Int = 1
  ) throws {
    var filter = filter
    filter.terms.append(Filter.Term(.time(.timestamp, .between(span.lowerBound, span.upperBound))))
    let worked = "c.errno IS NULL AND c.direction IS NOT \(Direction.listen.code)"
    let rows = try Selection(filter, where: worked, in: db)
    // The + keeps SQLite from going through an index, which would scatter its reads.
    let columns = ["1"] + keys.columns.map { "+c.\($0)" }
    try add(rows.select(columns.joined(separator: ", ")), rows.bindings, sign: sign)
  }

  /// From the smallest roll-up that can tell.
  private mutating func countWhole(_ filter: Filter, in hours: ClosedRange<Int64>) throws {
    if keys.keys.allSatisfy(\.isOfProcess),
      filter.terms.allSatisfy({ $0.anyOf.allSatisfy(\.isOfProcess) })
    {
      try countProcesses(filter, in: hours)
    } else {
      try countTraffic(filter, in: hours)
    }
  }

  private mutating func countProcesses(_ filter: Filter, in hours: ClosedRange<Int64>) throws {
    var compiler = FilterCompiler()
    let condition = compiler.condition(filter)
    try add(
      """
      SELECT \(selected) FROM (
        SELECT c.process_id, sum(c.successes) AS successes FROM process_hour c
        WHERE \(compiler.isWithin(hours)) AND \(condition) GROUP BY c.process_id) c
      """, compiler.bindings)
  }

  private mutating func countTraffic(_ filter: Filter, in hours: ClosedRange<Int64>) throws {
    var compiler = FilterCompiler()
    var condition = compiler.condition(filter)
    if let ends = remoteEnds, try isQuickerToSeek(ends: ends.count) {
      let list = compiler.bindings.bind(Array(hours).description)
      let pairs = compiler.bindings.bind(ends.sorted().description)
      condition += """
         AND c.hour IN (SELECT value FROM json_each(\(list))) AND (c.remote_id, c.remote_port) IN (
          SELECT value >> 16, value & 65535 FROM json_each(\(pairs)))
        """
    } else {
      condition += " AND \(compiler.isWithin(hours))"
    }
    try add("SELECT \(selected) FROM traffic_hour c WHERE \(condition)", compiler.bindings)
  }

  /// What is read of a roll-up `c`.
  private var selected: String {
    (["c.successes"] + keys.columns.map(Self.column)).joined(separator: ", ")
  }

  /// The host of a row is that of its process.
  private static func column(_ name: String) -> String {
    name == "host_id" ? "(SELECT p.host_id FROM process p WHERE p.id = c.process_id)" : "c.\(name)"
  }

  private mutating func add(_ sql: String, _ bindings: Bindings, sign: Int = 1) throws {
    var batch: [Int64] = []
    var successes: [Int] = []
    try Query(sql, in: db).forEach(bindings.values) { row in
      successes.append(sign * Int(row.integer()))
      keys.read(&row, into: &batch)
      guard successes.count == ErrorCounter.batchSize else { return }
      try add(&batch, successes)
      batch.removeAll(keepingCapacity: true)
      successes.removeAll(keepingCapacity: true)
    }
    try add(&batch, successes)
  }

  private mutating func add(_ batch: inout [Int64], _ successes: [Int]) throws {
    try keys.standIn(for: &batch)
    for (row, count) in successes.enumerated() {
      let key = batch.span.extracting(row * groups.width..<(row + 1) * groups.width)
      if let index = groups.knownIndex(of: key) { counts[index] += count }
    }
  }

  /// The ids of the remote ends that the groups have, times 2¹⁶, plus their ports; nil if they are
  /// not among the keys.
  private var remoteEnds: Set<Int64>? {
    guard keys.isExact("remote_id"), let id = keys.columns.firstIndex(of: "remote_id"),
      let port = keys.columns.firstIndex(of: "remote_port")
    else { return nil }
    let known = groupKeys.filter { $0[id] != ErrorGroupKey.null && $0[port] != ErrorGroupKey.null }
    return Set(known.map { $0[id] << 16 | $0[port] })
  }

  private var groupKeys: [[Int64]] { (0..<groups.count).map { Array(groups[$0]) } }

  /// A look-up costs as much as passing over some eight rows.
  private func isQuickerToSeek(ends: Int) throws -> Bool {
    let rows = try db.count("SELECT connections FROM rollup")
    // Asked together SQLite would look at all rows.
    let (first, last) = (
      try db.count("SELECT min(hour) FROM traffic_hour"),
      try db.count("SELECT max(hour) FROM traffic_hour")
    )
    return ends * 8 < rows / (last - first + 1)
  }

  /// The span as far as the roll-ups can answer for it; nil where they cannot.
  private func rolledUp(_ span: ClosedRange<Timestamp>) throws -> RolledUpSpan? {
    guard keys.keys.allSatisfy(\.isOfTraffic), filter.terms.allSatisfy(\.isOfTraffic),
      try db.isCounted, let newest = try db.newestPlace.map(Slots.timestamp(ofPlace:)),
      let oldest = try db.integer("SELECT min(hour) FROM traffic_hour")
    else { return nil }
    return RolledUpSpan(span, oldest: oldest, newest: newest)
  }
}

extension FilterCompiler {
  fileprivate mutating func isWithin(_ hours: ClosedRange<Int64>) -> String {
    "c.hour BETWEEN \(bindings.bind(hours.lowerBound)) AND \(bindings.bind(hours.upperBound))"
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

  /// Whether `traffic_hour` knows it.
  fileprivate var isOfTraffic: Bool { isOfProcess || self == .remote || self == .family }

  /// Whether `process_hour` knows it.
  fileprivate var isOfProcess: Bool {
    switch self {
    case .process, .path, .pid, .host, .user, .unit, .container: true
    default: false
    }
  }
}

extension Filter.Term {
  /// Whether it does nothing but narrow the span.
  fileprivate var isAboutTimestamp: Bool {
    guard !isNegated, anyOf.count == 1, case .time(let field, _) = anyOf[0] else { return false }
    return field == .timestamp || field == .occurrence
  }

  /// Whether the roll-up can answer it.
  fileprivate var isOfTraffic: Bool { isAboutTimestamp || anyOf.allSatisfy(\.isOfTraffic) }
}
