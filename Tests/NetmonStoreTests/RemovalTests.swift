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

  @Test func successesGoBeforeErrors() throws {
    _ = try store.record([
      sample(at: 0), sample(at: 1, error: .ECONNREFUSED), sample(at: 500),
      sample(at: 501, error: .ECONNRESET),
    ])
    // All of these last a thousand microseconds.
    let policy = RetentionPolicy(age: .microseconds(2000), successAge: .microseconds(500))
    var removal = Removal()
    #expect(try store.removeAged(by: policy, now: .at(1600), &removal) == 1)
    #expect(try store.all().map(\.timestamp) == [.at(501), .at(500), .at(1)])
    #expect(try store.removeAged(by: policy, now: .at(2600), &removal) == 1)
    #expect(try store.all().map(\.timestamp) == [.at(501), .at(1)])
    #expect(try store.removeAged(by: policy, now: .at(3100), &removal) == 1)
    #expect(try store.all().map(\.timestamp) == [.at(501)])
  }

  /// Each run looks at what is new to it, and all are looked at again after an hour.
  @Test func whatCameLateOrEndedLateGoesWithinAnHour() throws {
    let (minute, hour): (Int64, Int64) = (60_000_000, 3_600_000_000)
    let policy = RetentionPolicy(age: .seconds(60))
    var removal = Removal()
    var late = sample(at: 0, closedAfter: nil, origin: Origin(agent: store.id, number: 1))
    _ = try store.record([late, sample(at: 5 * hour)])
    #expect(try store.removeAged(by: policy, now: .at(5 * hour + 2 * minute), &removal) == 1)
    late.closedAt = .at(5 * hour)
    late.state = .CLOSE
    late.revision = 2
    _ = try store.record([late, sample(at: 7)])
    #expect(try store.removeAged(by: policy, now: .at(5 * hour + 30 * minute), &removal) == 0)
    #expect(try store.removeAged(by: policy, now: .at(6 * hour + 2 * minute), &removal) == 2)
    #expect(try store.all().isEmpty)
    #expect(try directory.brokenRules().filter { !$0.contains("change") } == [])
  }

  @Test func anOldOpenRecordThatIsUndeliveredHoldsUpNothing() throws {
    let day: Int64 = 86_400_000_000
    _ = try store.record([sample(at: 0, closedAfter: nil), sample(at: day), sample(at: 2 * day)])
    try store.setCursor(0, named: "server")
    #expect(try store.removeClosed(before: .at(9 * day)) == 0)
    _ = try store.record([sample(at: 3, closedAfter: nil)])
    try store.setCursor(3, named: "server")
    #expect(try store.removeClosed(before: .at(9 * day)) == 2)
    #expect(try store.all().count == 2)
  }

  @Test func openRecordsGoWhenTheirHostIsSilentForLong() throws {
    let day: Int64 = 86_400_000_000
    func open(_ host: String, at time: Int64, agent: String?) -> Connection {
      var connection = sample(
        at: time, closedAfter: nil, origin: agent.map { Origin(agent: $0, number: time) })
      connection.host = host
      return connection
    }
    _ = try store.record([
      open("gone", at: 1, agent: "gone-1"), open("quiet", at: 2, agent: "quiet-1"),
      open("busy", at: 3, agent: "busy-1"), open("busy", at: 20 * day, agent: "busy-1"),
      open("own", at: 4, agent: nil),
    ])
    try store.recordHost(HostReport(host: "gone", tier: "proc", seen: .at(2 * day)))
    try store.recordHost(HostReport(host: "quiet", tier: "proc", seen: .at(20 * day)))
    var removal = Removal()
    let policy = RetentionPolicy(age: .seconds(14 * 86_400))
    #expect(try store.removeAged(by: policy, now: .at(21 * day), &removal) == 1)
    #expect(try Set(store.all().compactMap(\.host)) == ["quiet", "busy", "own"])
    // It comes back, and says that it is still open, or has ended.
    var back = open("gone", at: 1, agent: "gone-1")
    back.revision = 2
    _ = try store.record([back])
    #expect(try store.all().count == 5)
  }
}
