import NetmonCore
import NetmonStore
import Testing

@Suite struct DeliveryTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
  }

  @Test func aBacklogIsSetAsideAndWorkedThrough() {
    var progress = DeliveryProgress(live: 5)
    progress.setAsideBacklog(upTo: 15, ifMoreThan: 10)
    #expect(progress == DeliveryProgress(live: 5))
    progress.setAsideBacklog(upTo: 16, ifMoreThan: 10)
    #expect(progress == DeliveryProgress(live: 16, backlog: .init(after: 5, through: 16)))
    progress.advance(to: 20)
    progress.advanceBacklog(to: 9)
    #expect(progress == DeliveryProgress(live: 20, backlog: .init(after: 9, through: 16)))
    // A second outage: both become one, and nothing between them is left out.
    progress.setAsideBacklog(upTo: 100, ifMoreThan: 10)
    #expect(progress == DeliveryProgress(live: 100, backlog: .init(after: 9, through: 100)))
    progress.advanceBacklog(to: 100)
    #expect(progress == DeliveryProgress(live: 100))
    progress.advanceBacklog(to: 100)
    #expect(progress == DeliveryProgress(live: 100))
  }

  @Test func progressLasts() throws {
    let (fresh, forgotten) = try store.beginDelivery(to: "server x")
    #expect(fresh == DeliveryProgress() && forgotten.isEmpty)
    _ = try store.record((0..<10).map { sample(at: $0) })
    let progress = DeliveryProgress(
      live: 9, backlog: .init(after: 2, through: 5), gaps: 77)
    try store.setProgress(progress, of: "server x")
    let second = try Store(path: directory.file)
    #expect(try second.beginDelivery(to: "server x").progress == progress)
    var done = progress
    done.advanceBacklog(to: 5)
    try store.setProgress(done, of: "server x")
    #expect(try second.progress(of: "server x") == done)
    #expect(try directory.rows("SELECT name FROM cursor") == ["server x"])
  }

  @Test func anotherServerStartsFromTheBeginning() throws {
    _ = try store.record((0..<10).map { sample(at: $0) })
    _ = try store.beginDelivery(to: "server x")
    let progress = DeliveryProgress(live: 9, backlog: .init(after: 2, through: 5), gaps: 7)
    try store.setProgress(progress, of: "server x")
    let (fresh, forgotten) = try store.beginDelivery(to: "server y")
    #expect(fresh == DeliveryProgress())
    #expect(Set(forgotten) == ["server x", "server x backlog"])
    #expect(try store.progress(of: "server x") == nil)
  }

  /// An older copy of the file was put back: what it gives out as sequence was given out before.
  @Test func aPlaceBeyondTheEndIsNone() throws {
    _ = try store.record((0..<10).map { sample(at: $0) })
    _ = try store.beginDelivery(to: "server x")
    try store.setProgress(DeliveryProgress(live: 11), of: "server x")
    #expect(try store.beginDelivery(to: "server x").progress == DeliveryProgress())
  }

  @Test func whatABacklogHoldsIsNotRemoved() throws {
    _ = try store.record((0..<10).map { sample(at: $0 * 10) })
    _ = try store.beginDelivery(to: "server x")
    let progress = DeliveryProgress(live: 10, backlog: .init(after: 4, through: 8))
    try store.setProgress(progress, of: "server x")
    #expect(try store.removeClosed(before: .at(1_000_000)) == 4)
    try store.setProgress(DeliveryProgress(live: 10), of: "server x")
    #expect(try store.removeClosed(before: .at(1_000_000)) == 6)
  }

  @Test func aServerThatHasNotAnsweredYetIsWaitedFor() throws {
    _ = try store.record((0..<10).map { sample(at: $0 * 10) })
    try store.expectDelivery()
    try store.expectDelivery()
    #expect(try store.removeClosed(before: .at(1_000_000)) == 0)
    _ = try store.beginDelivery(to: "server x")
    try store.setProgress(DeliveryProgress(live: 10), of: "server x")
    try store.expectDelivery()
    #expect(try store.removeClosed(before: .at(1_000_000)) == 10)
    try store.removeCursors(except: ["server x"])
    #expect(try store.progress(of: "server x") != nil)
    try store.removeCursors()
    #expect(try directory.rows("SELECT name FROM cursor") == [])
  }

  @Test func rangesOfChangesEnd() throws {
    _ = try store.record((0..<10).map { sample(at: $0) })
    let batch = try store.changes(after: 2, limit: 100, through: 5)
    #expect(batch.changes.map(\.sequence) == [3, 4, 5] && batch.lastSequence == 5)
    #expect(try store.changes(after: 2, limit: 2, through: 5).lastSequence == 4)
    #expect(try store.changes(after: 8, limit: 9, through: 99).lastSequence == 10)
  }

  @Test func theOldestUndeliveredTellsTheLag() throws {
    var records = (0..<4).map { sample(at: $0 * 100) }
    records[1].origin = Origin(agent: "other", number: 1)
    records[2].updatedAt = .at(250)
    _ = try store.record(records)
    func oldest(_ progress: DeliveryProgress) throws -> Timestamp? {
      try store.oldestUndelivered(progress)
    }
    #expect(try oldest(DeliveryProgress()) == .at(0))
    #expect(try oldest(DeliveryProgress(live: 1)) == .at(250), "another store's is not delivered")
    #expect(try oldest(DeliveryProgress(live: 4)) == nil)
    #expect(
      try oldest(DeliveryProgress(live: 4, backlog: .init(after: 2, through: 3))) == .at(250))
    #expect(try oldest(DeliveryProgress(live: 3, backlog: .init(after: 1, through: 2))) == .at(300))
  }

  @Test func theNewestReportStays() throws {
    func report(_ seconds: Int64, _ tier: String) -> HostReport {
      HostReport(host: "a", tier: tier, seen: .at(seconds * 1_000_000), lagSeconds: 1, lost: 2)
    }
    let now = Timestamp.at(1_000_000_000)
    func tier(after reports: [HostReport]) throws -> String? {
      try store.record(reports, at: now)
      return try store.hostReport(of: "a")?.tier
    }
    #expect(try store.hostReport(of: "a") == nil)
    #expect(try tier(after: [report(100, "x"), report(90, "late")]) == "x")
    #expect(try tier(after: [report(100, "again")]) == "again")
    #expect(try tier(after: [report(110, "y")]) == "y")
    #expect(try store.hosts().first?.lagSeconds == 1)
    #expect(try tier(after: [report(40, "set back")]) == "set back")
    // A clock that is ahead must not keep out what comes after it is set right.
    #expect(try tier(after: [report(9_000_000, "ahead")]) == "ahead")
    #expect(try store.hostReport(of: "a")?.seen == now)
    #expect(try tier(after: [report(1000, "right")]) == "right")
  }

  @Test func reportsCountTheGaps() throws {
    try store.recordHost(HostReport(host: "a", seen: .at(1)))
    try store.recordGap(Gap(host: "a", from: .at(0), to: .at(1), count: 5, reason: "x"))
    try store.recordGap(Gap(host: "b", from: .at(0), to: .at(1), count: 7, reason: "x"))
    #expect(try store.hostReport(of: "a")?.lost == 5)
  }

  @Test func signsOfLife() throws {
    #expect(try store.lastSign(of: "a") == nil)
    var record = sample(at: 50)
    record.host = "a"
    record.updatedAt = .at(60)
    var others = sample(at: 900, origin: Origin(agent: "other", number: 1))
    others.host = "a"
    _ = try store.record([record, others])
    #expect(try store.lastSign(of: "a") == .at(60))
    #expect(try store.lastSign(of: "b") == nil)
    try store.recordHost(HostReport(host: "a", seen: .at(70)))
    #expect(try store.lastSign(of: "a") == .at(70))
  }
}
