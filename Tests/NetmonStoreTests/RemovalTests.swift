import NetmonCore
import NetmonStore
import Testing

@Suite struct RemovalTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
  }

  @Test func onlyOldClosedRecordsGo() throws {
    _ = try store.record([
      sample(at: 0, closedAfter: 10), sample(at: 1, closedAfter: nil),
      sample(at: 2, closedAfter: 98),
      sample(at: 3, closedAfter: 1000), sample(at: 200, closedAfter: 1),
    ])
    #expect(try store.removeClosed(before: .at(100)) == 1)
    #expect(try store.all().map(\.timestamp) == [.at(200), .at(3), .at(2), .at(1)])
    #expect(try store.removeClosed(before: .at(101)) == 1)
    #expect(try store.removeClosed(before: Timestamp.valid.upperBound) == 2)
    #expect(try store.all().map(\.timestamp) == [.at(1)])
    #expect(try store.removeClosed(before: Timestamp(microseconds: .min)) == 0)
    #expect(try directory.brokenRules().filter { !$0.contains("change") } == [])
  }

  /// Others report a failure or an end without saying when it was.
  @Test func whatWasReportedAsEndedGoesToo() throws {
    var failed = sample(at: 0, closedAfter: nil)
    failed.error = .ECONNREFUSED
    failed.state = .SYN_SENT
    var closed = sample(at: 1, closedAfter: nil)
    closed.state = .CLOSE
    var waiting = sample(at: 2, closedAfter: nil)
    (waiting.transport, waiting.state) = (.udp, .CLOSE)
    _ = try store.record([failed, closed, waiting])
    #expect(try store.statistics().open == 1)
    #expect(try store.all().allSatisfy { $0.closedAt == nil })
    #expect(try store.removeClosed(before: .at(5000)) == 2)
    #expect(try store.all().map(\.transport) == [.udp])
  }

  @Test func moreThanAChunkGoes() throws {
    _ = try store.record(
      (0..<12_000).map { sample(at: $0 / 10, closedAfter: $0 % 100 == 7 ? nil : 1) })
    // Far enough for the displaced ones, whose ids are of later microseconds.
    #expect(try store.removeClosed(before: .at(10_000_000)) == 12_000 - 120)
    #expect(try store.count(Filter()) == 120)
  }

  @Test func whatNothingRefersToGoes() throws {
    var old = sample(process: "old", pid: 1, remote: "203.0.113.1:1")
    old.process.user = "x"
    let kept = sample(at: 1, process: "kept", pid: 2, remote: "203.0.113.2:1", closedAfter: nil)
    _ = try store.record([old, kept])
    #expect(try store.removeClosed(before: .at(5000)) == 1)
    #expect(try store.statistics().addresses == 2)
    #expect(try store.statistics().processes == 1)
    #expect(try directory.rows("SELECT name FROM executable") == ["kept"])
    // The writer must not use the ids that it remembers of them.
    _ = try store.record([old, sample(at: 9, process: "new", remote: "203.0.113.3:1")])
    #expect(try store.all().map(\.process.name) == ["new", "kept", "old"])
    #expect(try store.all().map(\.remote) == ["203.0.113.3:1", "203.0.113.2:1", "203.0.113.1:1"])
  }

  @Test func anotherStoresRemovalIsNoticed() throws {
    let second = try Store(path: directory.file)
    _ = try store.record([sample(process: "old", remote: "203.0.113.1:1")])
    #expect(try second.removeClosed(before: .at(5000)) == 1)
    _ = try second.record([sample(process: "new", remote: "203.0.113.9:1")])
    _ = try store.record([sample(at: 1, process: "old", remote: "203.0.113.1:1")])
    #expect(try store.all().map(\.process.name) == ["old", "new"])
    #expect(try store.all().map(\.remote) == ["203.0.113.1:1", "203.0.113.9:1"])
  }

  @Test func whatAFollowerLacksStays() throws {
    _ = try store.record((0..<4).map { sample(at: $0 * 10) })
    try store.setCursor(2, named: "server")
    #expect(try store.removeClosed(before: .at(1_000_000)) == 2)
    #expect(try store.changes(after: 2, limit: 10).changes.count == 2)
    try store.setCursor(4, named: "server")
    #expect(try store.removeClosed(before: .at(1_000_000)) == 2)
  }

  @Test func displacedRecordsGoAsWell() throws {
    _ = try store.record((0..<50).map { _ in sample() })
    #expect(try store.removeClosed(before: .at(1_000_000)) == 50)
    #expect(try store.statistics().newest == nil)
  }
}
