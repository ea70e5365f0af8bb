import NetmonCore
import NetmonStore
import Testing
import TestSupport

/// What the roll-ups say is what the rows say, whatever was written in whatever order.
@Suite struct RollupTests {
  static let hour: Int64 = 3_600_000_000
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
  }

  /// Where roll-ups and rows differ.
  private func differences() throws -> [String] {
    let seen = "max(max(opened_at, coalesce(closed_at, opened_at)))"
    let counts = "count(*), count(errno), sum(ended_after IS NULL)"
    let pairs = [
      (
        "SELECT connections, errors, open FROM rollup",
        "SELECT count(*), count(errno), coalesce(sum(ended_after IS NULL), 0) FROM connection"
      ),
      (
        "SELECT process_id, connections, errors, open, seen_at FROM process_total",
        "SELECT process_id, \(counts), \(seen) FROM connection GROUP BY process_id"
      ),
      (
        "SELECT host_id, connections, errors, open, opened_at FROM host_total",
        """
        SELECT host_id, \(counts), max(opened_at) FROM connection WHERE host_id IS NOT NULL
        GROUP BY host_id
        """
      ),
      (
        """
        SELECT hour, remote_id, remote_port, process_id, connections, successes FROM traffic_hour
        """,
        """
        SELECT opened_at / \(Self.hour), remote_id, remote_port, process_id, count(*),
          sum(errno IS NULL AND direction IS NOT 2) FROM connection GROUP BY 1, 2, 3, 4
        """
      ),
      (
        "SELECT hour, process_id, successes FROM process_hour",
        """
        SELECT opened_at / \(Self.hour), process_id, count(*) FROM connection
        WHERE errno IS NULL AND direction IS NOT 2 GROUP BY 1, 2
        """
      ),
      (
        "SELECT minute, connections FROM minute_total",
        "SELECT opened_at / 60000000, count(*) FROM connection GROUP BY 1"
      ),
    ]
    return try pairs.flatMap { rollup, rows in
      let (found, expected) = (Set(try directory.rows(rollup)), Set(try directory.rows(rows)))
      return found.symmetricDifference(expected).map { "\($0) in \(rollup.prefix(60))" }
    }
  }

  /// Records over some hours, each in several revisions, in any order.
  private func revisions(seed: UInt64) throws -> [Connection] {
    var generator = SplitMix(seed: seed)
    let (first, second) = (
      try randomRecords(150, seed: seed), try randomRecords(150, seed: seed + 1)
    )
    var records: [Connection] = []
    for (old, other) in zip(first, second) {
      var old = old
      let shift = Int64.random(in: 0..<5, using: &generator) * Self.hour
      old.timestamp = old.timestamp.advanced(byMicroseconds: shift)
      old.closedAt = old.closedAt.map { $0.advanced(byMicroseconds: shift + 5) }
      var new = Bool.random(using: &generator) ? other : old
      (new.timestamp, new.origin, new.revision) = (old.timestamp, old.origin, old.revision + 1)
      new.error = Bool.random(using: &generator) ? other.error : old.error
      new.closedAt = other.closedAt.map { max($0, old.timestamp) }
      records += [old, new]
    }
    return records.shuffled(using: &generator)
  }

  @Test(arguments: 0..<6 as Range<UInt64>)
  func rollupsAreExact(seed: UInt64) throws {
    for batch in stride(from: 0, to: 300, by: 37) {
      let records = try revisions(seed: 10 * seed)
      _ = try store.record(Array(records[batch..<min(batch + 37, 300)]))
      #expect(try differences() == [])
    }
    #expect(try store.removeClosed(before: .at(2 * Self.hour)) > 0)
    #expect(try differences() == [])
    #expect(try store.removeClosed(before: Timestamp.valid.upperBound) > 0)
    #expect(try differences() == [])
    #expect(try directory.brokenRules().filter { !$0.contains("change") } == [])
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func answersAreThoseOfTheRows(seed: UInt64) throws {
    _ = try store.record(try revisions(seed: 10 * seed))
    // It matches everything, but is not empty.
    let everything = Filter(terms: [Filter.Term(isNegated: true, anyOf: [])])
    for limit in [1, 3, 1000] {
      #expect(try store.processes(limit: limit) == store.processes(everything, limit: limit))
    }
    #expect(try store.count(Filter()) == store.count(everything))
    let open = try store.all().count { connection in
      connection.closedAt == nil && connection.error == nil
        && !(connection.transport == .tcp && [.TIME_WAIT, .CLOSE].contains(connection.state))
    }
    #expect(try store.statistics().open == open)
    #expect(try store.statistics().errors == store.count(Filter(terms: [.init(.error(.any))])))
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func successesAreThoseOfTheRows(seed: UInt64) throws {
    _ = try store.record(try revisions(seed: 10 * seed))
    let all = try store.all()
    let since = { (time: Int64) in
      Filter.Term(.time(.occurrence, .greaterOrEqual(.at(time))))
    }
    let until = { (time: Int64) in Filter.Term(.time(.occurrence, .less(.at(time)))) }
    var generator = SplitMix(seed: seed)
    let ends = (0..<8).map { _ in Int64.random(in: 1..<6 * Self.hour, using: &generator) }
    let filters =
      zip(ends, ends.dropFirst()).map { [since(min($0, $1)), until(max($0, $1))] } + [
        [], [since(Self.hour / 2)], [since(Self.hour)],
        [since(1), until(3 * Self.hour)],
        [.init(.time(.timestamp, .greater(.at(Self.hour))))],
        [.init(.text(.process, .exact("curl")))], [.init(.text(.host, .exact("db")))],
        [.init(isNegated: true, anyOf: [.number(.pid, .equal(42))])],
        [.init(.endpoint(.remote, prefix: IPPrefix("10.0.0.0/8"), port: nil)), since(Self.hour)],
        [.init(.endpoint(.either, prefix: nil, port: 443...443))],
      ]
    let keys: [[GroupKey]] = [
      [.error, .process, .remote], [.error, .host], [.path, .family], [.service], [.pid, .remote],
      [], [.error],
    ]
    for terms in filters {
      let filter = Filter(terms: terms)
      for by in keys {
        let query = ErrorQuery(filter: filter, by: by, now: .at(6 * Self.hour))
        let groups = try store.errorSummary(query).groups
        guard let span = Self.span(of: filter, groups, now: query.now) else { continue }
        for group in groups {
          let expected = all.count { connection in
            connection.error == nil && connection.direction != .listen
              && span.contains(connection.timestamp) && filter.matches(connection)
              && group.keys.allSatisfy { key, value in
                key == .error || Self.text(connection, key) == value
              }
          }
          #expect(group.successes == expected, "\(filter) by \(by): \(group.keys)")
        }
      }
    }
  }

  private static func span(
    of filter: Filter, _ groups: [ErrorGroup], now: Timestamp
  ) -> ClosedRange<Timestamp>? {
    var (from, to) = (groups.map(\.first).min(), now)
    for term in filter.terms {
      guard case .time(.occurrence, let comparison)? = term.anyOf.first else { continue }
      if case .greaterOrEqual(let time) = comparison { from = time }
      if case .less(let time) = comparison { to = time }
    }
    return from.map { $0...max($0, to) }
  }

  private static func text(_ c: Connection, _ key: GroupKey) -> String? {
    switch key {
    case .process: c.process.name
    case .path: c.process.path
    case .pid: String(c.process.identity.pid)
    case .remote: c.remote.description
    case .host: c.host
    case .service: c.serviceName
    case .family: c.family.rawValue
    default: nil
    }
  }

  /// What plain SQL inserts is counted, by the next one who reads or writes.
  @Test func plainInsertionsCount() throws {
    func insert(_ address: String) throws {
      try directory.execute(
        """
        INSERT INTO connections (timestamp, process_id, process_name, process_path, local_addr,
          remote_addr, error, protocol, state)
        VALUES ('2026-11-22T10:00:00.000001Z', 7, 'nc', '/bin/nc', '10.0.0.9:1',
          '\(address)', NULL, 'tcp', 'CLOSE')
        """)
    }
    let reader = try Store(path: directory.file, access: .readOnly)
    try insert("[2001:db8:0::1]:443")
    // Who cannot count them asks the rows.
    #expect(try reader.statistics().connections == 1)
    #expect(try reader.processes().map(\.connections) == [1])
    #expect(try reader.count(Filter()) == 1)
    #expect(try store.statistics().connections == 1)
    #expect(try differences() == [])
    try insert("192.0.2.9:80")
    _ = try store.record([sample()])
    #expect(try differences() == [])
    try insert("192.0.2.8:80")
    #expect(try store.removeClosed(before: Timestamp.valid.upperBound) == 4)
    #expect(try differences() == [])
  }

  /// A file of an earlier schema is counted when it is migrated.
  @Test func migrationCounts() throws {
    _ = try store.record(try revisions(seed: 3))
    try directory.execute(
      """
      DROP TABLE rollup; DROP TABLE process_total; DROP TABLE host_total;
      DROP TABLE traffic_hour; DROP TABLE process_hour; DROP INDEX process_host;
      DROP INDEX connection_listening;
      DELETE FROM grdb_migrations WHERE identifier = '4'
      """)
    let migrated = try Store(path: directory.file)
    #expect(try differences() == [])
    #expect(try migrated.statistics().connections == 150)
  }
}
