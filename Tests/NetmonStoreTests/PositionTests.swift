import NetmonCore
import NetmonStore
import Testing
import TestSupport

/// Row ids, and what happens when more than eight records have one timestamp.
@Suite struct PositionTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
  }

  /// By timestamp, then id, descending.
  private func isNewestFirst(_ connections: [Connection]) -> Bool {
    zip(connections, connections.dropFirst()).allSatisfy {
      ($0.timestamp.microseconds, $0.id ?? 0) > ($1.timestamp.microseconds, $1.id ?? 0)
    }
  }

  /// Each time so many times.
  private func crowd(_ count: Int, at times: Int64...) -> [Int64] {
    times.flatMap { Array(repeating: $0, count: count) }
  }

  @Test func idsAreTimeOrdered() throws {
    let ids = try store.record([sample(at: 1), sample(at: 0), sample(at: 2)]).map(\.id)
    #expect(ids[1] < ids[0] && ids[0] < ids[2])
  }

  @Test func crowdedMicrosecondsKeepTheOrder() throws {
    // Twenty at one moment, while the next moments are taken and get crowded themselves.
    var generator = SplitMix(seed: 2)
    let times = crowd(20, at: 0, 1, 2, 3, 9) + [4, 5, 6, 30]
    for time in times.shuffled(using: &generator) { _ = try store.record([sample(at: time)]) }
    let all = try store.all()
    #expect(all.map(\.timestamp) == times.sorted(by: >).map(Timestamp.at))
    #expect(isNewestFirst(all))
    #expect(try directory.brokenRules() == [])
  }

  @Test(arguments: [1, 3, 7, 100])
  func pagesMeetWithoutGapOrOverlap(size: Int) throws {
    let times = crowd(9, at: 0, 0, 0, 1, 2) + [3, 500]
    _ = try store.record(times.map { sample(at: $0) })
    var paged: [Connection] = []
    var cursor: ConnectionQuery.Cursor?
    repeat {
      let page = try store.connections(ConnectionQuery(limit: size, cursor: cursor))
      #expect(page.connections.count <= size)
      paged += page.connections
      cursor = page.next.flatMap { ConnectionQuery.Cursor($0.description) }
    } while cursor != nil
    #expect(paged == (try store.all()))
    #expect(isNewestFirst(paged))
  }

  @Test func displacedRecordsAreFoundAgain() throws {
    let records = (0..<30).map { sample(origin: Origin(agent: "a", number: $0)) }
    let ids = try store.record(records).map(\.id)
    // A slot of that microsecond gets free, and must not be taken for a record that has a row.
    try directory.execute("DELETE FROM connection WHERE id = \(ids[3])")
    let again = try store.record(
      records.map {
        var c = $0; c.revision = 2; return c
      })
    for (index, recorded) in again.enumerated() {
      #expect(recorded.outcome == (index == 3 ? .inserted : .updated))
      #expect(recorded.id == ids[index])
    }
    #expect(try store.record(records).allSatisfy { $0.outcome == .unchanged })
  }

  @Test func fiftyThousandAtOneMoment() throws {
    let count: Int64 = 50_000
    let records = (0..<count).map { sample(origin: Origin(agent: "a", number: $0)) }
    let clock = ContinuousClock()
    var ids: Set<Int64> = []
    let elapsed = try clock.measure { ids = Set(try store.record(records).map(\.id)) }
    #expect(ids.count == Int(count))
    // Linear probing would take minutes.
    #expect(elapsed < .seconds(30))
    #expect(try store.record([sample(at: 1)])[0].outcome == .inserted)
    let first = try store.connections(ConnectionQuery(limit: 10)).connections
    #expect(first[0].timestamp == .at(1))
    #expect(isNewestFirst(first))
    #expect(try store.record(Array(records.suffix(1000))).allSatisfy { $0.outcome == .unchanged })
  }

  @Test func timeBoundsAreExactForDisplacedRowsToo() throws {
    let times = crowd(12, at: 0, 1, 2)
    _ = try store.record(times.map { sample(at: $0) })
    let cases: [(Filter.Comparison<Timestamp>, Int)] = [
      (.equal(.at(1)), 12), (.less(.at(1)), 12), (.lessOrEqual(.at(1)), 24),
      (.greater(.at(1)), 12), (.greaterOrEqual(.at(1)), 24), (.between(.at(0), .at(1)), 24),
      (.less(Timestamp(microseconds: -1)), 0), (.greater(Timestamp(microseconds: .max)), 0),
      (.lessOrEqual(Timestamp(microseconds: .max)), 36),
      (.equal(Timestamp(microseconds: 0)), 0), (.greaterOrEqual(Timestamp(microseconds: 0)), 36),
    ]
    for (comparison, expected) in cases {
      let filter = Filter(terms: [.init(.time(.timestamp, comparison))])
      #expect(try store.count(filter) == expected, "\(comparison)")
    }
  }
}
