import NetmonCore
import NetmonStore
import Testing

@Suite struct GapTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
  }

  private func gap(
    _ from: Int64, _ to: Int64, count: Int? = 1, host: String = "a", reason: String = "ring",
    origin: Origin? = nil, revision: Int64 = 1
  ) -> Gap {
    Gap(
      host: host, from: .at(from), to: .at(to), count: count, reason: reason, origin: origin,
      revision: revision)
  }

  /// In seconds.
  private func spans() throws -> [[Int64]] {
    try store.gaps().map {
      [$0.from, $0.to].map { $0.microseconds(since: .at(0)) / 1_000_000 } + [Int64($0.count ?? -1)]
    }
  }

  @Test func whatGoesOnIsOneGap() throws {
    let second: Int64 = 1_000_000
    for time in 0..<3600 as Range<Int64> {
      try store.recordGap(gap(time * second, (time + 1) * second, count: 2))
    }
    let all = try store.gaps()
    #expect(try spans() == [[0, 3600, 7200]])
    #expect(all.first?.revision == 3600 && all.first?.origin?.agent == store.id)
    try store.recordGap(gap(3611 * second, 3612 * second))
    #expect(try spans() == [[3611, 3612, 1], [0, 3600, 7200]], "more than ten seconds apart")
    try store.recordGap(gap(3622 * second, 3623 * second))
    #expect(try spans() == [[3611, 3623, 2], [0, 3600, 7200]])
  }

  @Test func othersStayApart() throws {
    try store.recordGap(gap(0, 1))
    try store.recordGap(gap(1, 2, host: "b"))
    try store.recordGap(gap(1, 2, reason: "restart"))
    try store.recordGap(gap(1, 2, count: nil))
    #expect(try store.gaps().count == 4)
    try store.recordGap(gap(2, 3, count: nil))
    try store.recordGap(gap(2, 3))
    #expect(try store.gaps().count == 4)
    #expect(try store.gaps().map(\.count).filter { $0 == nil }.count == 1)
  }

  @Test func timesThatAreNoSpanAreMadeOne() throws {
    try store.recordGap(gap(5, 2))
    try store.recordGap(
      Gap(
        host: "b", from: Timestamp(microseconds: .min), to: Timestamp(microseconds: .max),
        count: -1,
        reason: String(repeating: "x", count: 9000)))
    let all = try store.gaps()
    #expect(all[1].from == .at(2) && all[1].to == .at(5))
    #expect(Timestamp.valid.contains(all[0].from) && Timestamp.valid.contains(all[0].to))
    #expect(all[0].count == 0 && all[0].reason.count == 500)
  }

  @Test func anOriginIsOneRowInAnyOrder() throws {
    let origin = Origin(agent: "other", number: 7)
    let revisions = (1...4).map { gap(0, $0, count: Int($0), origin: origin, revision: $0) }
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 2, 0, 3, 3], [3, 0]] {
      let directory = try TemporaryDirectory()
      let store = try Store(path: directory.file)
      for index in order { _ = try store.record([revisions[index]]) }
      #expect(try store.gaps() == [revisions[3]])
    }
    let outcomes = try store.record([revisions[1], revisions[0], revisions[1], revisions[3]])
    #expect(outcomes.map(\.outcome) == [.inserted, .unchanged, .unchanged, .updated])
    #expect(outcomes.map(\.stored.revision) == [2, 2, 2, 4])
  }

  @Test func othersGapsAreNotJoinedNorDelivered() throws {
    _ = try store.record([
      gap(0, 1, origin: Origin(agent: "x", number: 1)),
      gap(1, 2, origin: Origin(agent: "x", number: 2)),
      gap(1, 2, origin: Origin(agent: "y", number: 1)),
    ])
    try store.recordGap(gap(1, 2))
    #expect(try store.gaps().count == 4)
    #expect(try store.ownGaps(after: 0, limit: 9).gaps.count == 1)
  }

  @Test func followersSeeEachRevision() throws {
    try store.recordGap(gap(0, 1))
    try store.recordGap(gap(0, 1, host: "b"))
    let (first, sequence) = try store.ownGaps(after: 0, limit: 9)
    #expect(first.map(\.host) == ["a", "b"])
    #expect(try store.ownGaps(after: sequence, limit: 9) == ([], sequence))
    try store.recordGap(gap(1, 5))
    let (grown, last) = try store.ownGaps(after: sequence, limit: 9)
    #expect(grown.map(\.host) == ["a"] && grown.first?.revision == 2)
    #expect(grown.first?.origin == first.first?.origin && last > sequence)
    #expect(try store.ownGaps(after: 0, limit: 1).gaps.map(\.host) == ["b"])
  }

  @Test func listsAreNarrowed() throws {
    let far: Int64 = 100_000_000
    for index in 0..<5 as Range<Int64> {
      try store.recordGap(gap(index * far, index * far + 9, host: index < 3 ? "a" : "b"))
    }
    func starts(_ query: GapQuery) throws -> [Int64] {
      try store.gaps(query).map { $0.from.microseconds(since: .at(0)) / far }
    }
    #expect(try starts(GapQuery()) == [4, 3, 2, 1, 0])
    #expect(try starts(GapQuery(limit: 2)) == [4, 3])
    #expect(try starts(GapQuery(host: "a")) == [2, 1, 0])
    #expect(try starts(GapQuery(host: "A")) == [])
    #expect(try starts(GapQuery(since: .at(far + 9))) == [4, 3, 2, 1])
    #expect(try starts(GapQuery(since: .at(far + 10))) == [4, 3, 2])
    #expect(try starts(GapQuery(until: .at(far))) == [0])
    #expect(try starts(GapQuery(since: .at(5), until: .at(2 * far + 1))) == [2, 1, 0])
  }

  @Test func oldOnesGoOnceDelivered() throws {
    try store.recordGap(gap(0, 1))
    _ = try store.record([gap(0, 2, origin: Origin(agent: "x", number: 1))])
    _ = try store.beginDelivery(to: "server x")
    #expect(try store.removeGaps(before: .at(100)) == 1, "the server lacks the own one")
    var progress = try #require(try store.progress(of: "server x"))
    progress.gaps = try store.ownGaps(after: 0, limit: 9).lastSequence
    try store.setProgress(progress, of: "server x")
    #expect(try store.removeGaps(before: .at(1)) == 0)
    #expect(try store.removeGaps(before: .at(2)) == 1)
  }

  /// As the second schema had them.
  @Test func gapsOfAnOlderSchemaAreTakenOver() throws {
    _ = try store.reserveNumbers(100)
    try directory.execute(
      """
      DROP TABLE gap;
      CREATE TABLE gap (
        id INTEGER PRIMARY KEY, host TEXT NOT NULL, from_at INTEGER NOT NULL,
        to_at INTEGER NOT NULL, count INTEGER, reason TEXT NOT NULL
      );
      INSERT INTO gap VALUES (3, 'a', 7, 5, 4, 'x'), (9, 'b', 8, 9, NULL, 'y');
      ALTER TABLE cursor DROP COLUMN through;
      ALTER TABLE cursor DROP COLUMN gap_seq;
      INSERT INTO cursor VALUES ('server http://localhost', 0);
      DELETE FROM grdb_migrations WHERE identifier = '3'
      """)
    let store = try Store(path: directory.file)
    let gaps = try store.gaps()
    #expect(gaps.map(\.host) == ["b", "a"] && gaps.map(\.count) == [nil, 4])
    #expect(gaps[1].from.microseconds == 5 && gaps[1].to.microseconds == 7)
    try store.recordGap(gap(0, 1))
    let numbers = try store.gaps().compactMap { $0.origin?.number }
    #expect(Set(numbers).count == 3 && numbers.allSatisfy { $0 > 100 })
    #expect(try store.ownGaps(after: 0, limit: 9).gaps.map(\.reason) == ["x", "y", "ring"])
    #expect(try store.beginDelivery(to: "server x").forgotten == ["server http://localhost"])
    #expect(try directory.brokenRules() == [])
  }
}
