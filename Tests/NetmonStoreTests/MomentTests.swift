import NetmonCore
import TestSupport
import Testing

@testable import NetmonStore

/// `at:` finds what was open at a moment, however long it lasted, and reads little for it.
@Suite struct MomentTests {
  private static let minute: Int64 = 60_000_000
  private let directory: TemporaryDirectory
  private let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
  }

  /// Lengths around the limits of all classes, at a few moments, so that some rows are displaced.
  private func records() -> [Connection] {
    let limits = [LastingClass.shortest] + LastingClass.limits
    let lengths: [Int64] =
      [0, 1, 1000] + limits.flatMap { [$0 - 1, $0, $0 + 1, 5 * $0] }
    let beginnings: [Int64] = [0, 1, 30, 500, 3000].map { $0 * Self.minute }
    let all: [Int64?] = lengths + [nil, nil]
    var number: Int64 = 0
    return beginnings.flatMap { begin in
      all.map { length in
        number += 1
        var record = sample(
          at: begin, error: number % 3 == 0 && length != nil ? .ECONNRESET : nil,
          closedAfter: length, origin: Origin(agent: "a", number: number))
        if number % 5 == 0 { record.state = .LISTEN }
        return record
      }
    }
  }

  @Test func whatWasOpenIsFound() throws {
    _ = try store.record(records())
    let all = try store.all()
    #expect(
      try directory.rows("SELECT count(*) > 0 FROM connection WHERE home IS NOT NULL") == ["1"])
    let ends = all.flatMap { [$0.timestamp, $0.endedAt ?? $0.timestamp] }
    let moments = Set(ends.flatMap { end in [-1, 0, 1].map { end.advanced(byMicroseconds: $0) } })
    for moment in moments.sorted() {
      let filter = Filter(terms: [.init(.open(at: moment))])
      let expected = all.filter { $0.isOpen(at: moment) }
      #expect(try store.all(filter) == expected, "\(moment)")
      #expect(try store.count(filter) == expected.count)
    }
    #expect(try store.all(Filter(terms: [.init(.open(at: .at(-1)))])).isEmpty)
  }

  /// The number of rows read grows with what was open, not with what there is.
  @Test func onlyIndexesAreRead() throws {
    _ = try store.record(records())
    var compiler = FilterCompiler()
    let condition = compiler.isOpen(at: .at(0))
    let plan = try store.read { db in
      try Query("EXPLAIN QUERY PLAN SELECT c.id FROM connection c WHERE \(condition)", in: db)
        .all(compiler.bindings.values) { row in
          _ = (row.integer(), row.integer(), row.integer())
          return row.text()
        }
    }
    #expect(plan.contains { $0.contains("connection_lasting (<expr>=? AND rowid>? AND rowid<?)") })
    #expect(plan.contains { $0.hasPrefix("SEARCH c USING INTEGER PRIMARY KEY (rowid=?)") })
    // Of the two that are scanned, partial indexes have only what is open, and what is displaced.
    let scans = plan.filter { $0.hasPrefix("SCAN") }
    #expect(
      scans.allSatisfy { $0.contains("connection_open") || $0.contains("displaced") }, "\(plan)")
  }

  /// The index of a file of an earlier schema is made when it is migrated.
  @Test func migrationIndexes() throws {
    _ = try store.record(records())
    let before = try directory.rows("SELECT minute, connections FROM minute_total")
    try directory.execute(
      """
      DROP TABLE minute_total; DROP INDEX connection_lasting;
      DELETE FROM grdb_migrations WHERE identifier = '6'
      """)
    let migrated = try Store(path: directory.file)
    #expect(try directory.rows("SELECT minute, connections FROM minute_total") == before)
    let filter = Filter(terms: [.init(.open(at: .at(Self.minute)))])
    let expected = try migrated.all().filter { filter.matches($0) }
    #expect(try migrated.all(filter) == expected && !expected.isEmpty)
  }
}
