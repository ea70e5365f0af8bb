import Foundation
import GRDB
import NetmonCore
import NetmonStore
import Testing

/// A store that may take two megabytes.
@Suite struct SizeRemovalTests {
  let directory: TemporaryDirectory
  let store: Store
  private let policy = RetentionPolicy(age: .seconds(86_400), maximumSize: 2_000_000)

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
    try store.prepare(for: policy)
  }

  private func onDisk() throws -> Int64 {
    try ["", "-wal", "-reserve"].reduce(0) { sum, suffix in
      let path = directory.file + suffix
      guard FileManager.default.fileExists(atPath: path) else { return sum }
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      return sum + ((attributes[.size] as? NSNumber)?.int64Value ?? 0)
    }
  }

  /// Thousands of records from a second on: one in ten has an error, one in a hundred is open.
  private func batch(_ second: Int, count: Int = 1000, host: String? = nil) -> [Connection] {
    (0..<count).map { index in
      var connection = sample(
        at: Int64(second) * 1_000_000 + Int64(index), pid: Int32(index % 50),
        remote: Endpoint(IPAddress(ipv4: UInt32(index % 100)), 443),
        error: index % 10 == 1 ? .ECONNREFUSED : nil, closedAfter: index % 100 == 0 ? nil : 1000)
      connection.host = host
      return connection
    }
  }

  @Test func theSizeIsKeptAndTheOldestSuccessesGoFirst() throws {
    var removal = Removal()
    var removed = 0
    for second in 0..<40 {
      _ = try store.record(batch(second))
      let report = try store.removeForSize(by: policy, &removal)
      #expect(!report.isOverSize && !report.needsVacuum && report.undelivered == 0)
      removed += report.removed
      #expect(try onDisk() <= 2_000_000)
    }
    #expect(removed > 10_000)
    #expect(try store.count(Filter()) == 40_000 - removed)
    #expect(try store.count(Filter("error:any", now: .at(0))) == 4000)
    #expect(try store.statistics().open == 400)
    // No success is older than one that went.
    let successes = try store.all(Filter("error:none", now: .at(0)))
      .filter { $0.closedAt != nil }
    #expect(try #require(successes.map(\.timestamp).min()) > .at(20_000_000))
    #expect(successes.count == 40_000 - removed - 4000 - 400)
    #expect(try store.gaps().isEmpty)
    #expect(try directory.brokenRules().filter { !$0.contains("change") } == [])
  }

  @Test func errorsGoWhenTheSuccessesAreGone() throws {
    var removal = Removal()
    for second in 0..<40 {
      _ = try store.record(
        (0..<1000).map {
          sample(at: Int64(second) * 1_000_000 + $0, error: .ECONNREFUSED)
        })
      _ = try store.removeForSize(by: policy, &removal)
      #expect(try onDisk() <= 2_000_000)
    }
    let times = try store.all().map(\.timestamp)
    #expect(times.count < 20_000 && times.first == .at(39_000_999))
    // The latest of all, without a hole.
    #expect(Set(times.map { $0.microseconds % 1_000_000 }).count == 1000)
    #expect(try #require(times.last) >= .at(Int64(40 - times.count / 1000 - 1) * 1_000_000))
  }

  @Test func openRecordsStayThoughTheyAreTooMany() throws {
    var removal = Removal()
    for second in 0..<20 {
      _ = try store.record(
        (0..<1000).map { sample(at: Int64(second) * 1_000_000 + $0, closedAfter: nil) })
    }
    let report = try store.removeForSize(by: policy, &removal)
    #expect(report.isOverSize && report.removed == 0)
    #expect(try store.count(Filter()) == 20_000)
  }

  @Test func whatIsRemovedUndeliveredIsToldExactly() throws {
    var removal = Removal()
    try store.setCursor(0, named: "server")
    var (removed, undelivered) = (0, 0)
    for second in 0..<30 {
      _ = try store.record(batch(second, count: 500, host: "a") + batch(second + 100, count: 500))
      // Another store's records are not delivered from here.
      _ = try store.record([
        sample(at: Int64(second), origin: Origin(agent: "other", number: Int64(second)))
      ])
      if second == 5 { try store.setCursor(try store.lastSequence(), named: "server") }
      let report = try store.removeForSize(by: policy, &removal)
      removed += report.removed
      undelivered += report.undelivered
    }
    let delivered = removed - undelivered
    #expect(undelivered > 0 && delivered > 0)
    let given = "not delivered for too long: the changes reached their share of --max-size"
    let gaps = try store.gaps().filter { $0.reason != given }
    #expect(gaps.reduce(0) { $0 + ($1.count ?? 0) } == undelivered)
    #expect(Set(gaps.map(\.host)).isSubset(of: ["a", ""]))
    #expect(Set(gaps.map(\.reason)) == ["removed undelivered: the database reached --max-size"])
    // What is left, delivered or told as missing is all.
    let own = try store.all().count { $0.origin?.agent == store.id }
    let left = try store.all().count - own
    #expect(own + left + removed == 30_030)
  }

  @Test func aPlaceThatNeverMovesDoesNotKeepChangesForEver() throws {
    try store.setCursor(0, named: "server")
    var connections = batch(0, count: 100)
    for index in connections.indices {
      connections[index].origin = Origin(agent: store.id, number: Int64(index))
    }
    let silent = sample(at: 900_000, closedAfter: nil)
    _ = try store.record([silent])
    for revision in 1...400 as ClosedRange<Int64> {
      for index in connections.indices { connections[index].revision = revision }
      _ = try store.record(connections)
    }
    var removal = Removal()
    _ = try store.removeAged(by: policy, now: .at(10_000_000), &removal)
    // An eighth of two megabytes, at sixteen bytes each.
    #expect(try directory.rows("SELECT count(*) FROM change") == ["15625"])
    let batch = try store.changes(after: try #require(try store.cursor(named: "server")), limit: 1)
    #expect(!batch.isTruncated && batch.changes.count == 1)
    // Only one has no later change.
    #expect(try store.gaps().map(\.count) == [1])
    #expect(try store.gaps().map(\.from) == [silent.timestamp])
  }

  /// What only the removed records refer to makes room as well.
  @Test func aLowerLimitRemovesNoMoreThanItMust() throws {
    for second in 0..<12 {
      let records = batch(second).enumerated().map { index, record in
        var record = record
        let number = UInt64(second * 1000 + index)
        record.local = Endpoint(IPAddress(high: 1 << 60, low: number), 40_000)
        record.remote = Endpoint(IPAddress(high: 1 << 61, low: number), 443)
        return record
      }
      _ = try store.record(records)
    }
    try store.checkpoint()
    let before = try onDisk()
    let lower = RetentionPolicy(age: policy.age, maximumSize: before / 2)
    var removal = Removal()
    let report = try store.removeForSize(by: lower, &removal)
    #expect(!report.isOverSize)
    // Of half the room six tenths are for what is in use, and pages are left half empty.
    let kept = try store.count(Filter())
    #expect(kept > 12_000 / 8 && kept < 12_000 / 2, "\(kept) of 12,000")
    #expect(kept + report.removed == 12_000)
    #expect(try directory.brokenRules().filter { !$0.contains("change") } == [])
  }

  @Test func theReserveShrinksWithTheLimit() throws {
    let reserve = directory.file + "-reserve"
    for (maximum, size) in [(32_000_000, 1_000_000), (16_000_000, 500_000)] as [(Int64, Int)] {
      try store.prepare(for: RetentionPolicy(age: policy.age, maximumSize: maximum))
      let attributes = try FileManager.default.attributesOfItem(atPath: reserve)
      #expect(attributes[.size] as? Int == size)
    }
  }

  @Test func aLowerLimitGivesPagesBack() throws {
    for second in 0..<20 { _ = try store.record(batch(second)) }
    try store.checkpoint()
    #expect(try onDisk() > 2_000_000)
    var removal = Removal()
    let report = try store.removeForSize(by: policy, &removal)
    #expect(report.removed > 0 && !report.needsVacuum)
    try store.checkpoint()
    #expect(try onDisk() < 1_600_000)
    #expect(try directory.brokenRules().filter { !$0.contains("change") } == [])
  }

  @Test func aFileThatIsNotPreparedForThatIsToldOf() throws {
    for second in 0..<20 { _ = try store.record(batch(second)) }
    let old = try TemporaryDirectory()
    try directory.database().vacuum(into: old.file)
    try old.database().inDatabase { try $0.execute(sql: "PRAGMA auto_vacuum = NONE; VACUUM") }
    let copy = try Store(path: old.file)
    var removal = Removal()
    let report = try copy.removeForSize(by: policy, &removal)
    #expect(report.removed > 0 && report.needsVacuum && !report.isOverSize)
  }

  @Test func aReaderDoesNotStopTheLogFromBeingBounded() throws {
    let reader = try directory.database()
    var removal = Removal()
    try reader.inDatabase { db in
      try db.execute(sql: "BEGIN; SELECT count(*) FROM connection")
      for second in 0..<3 { _ = try store.record(batch(second)) }
      _ = try store.removeForSize(by: policy, &removal)
      try db.execute(sql: "COMMIT")
    }
    for second in 3..<20 {
      _ = try store.record(batch(second))
      _ = try store.removeForSize(by: policy, &removal)
    }
    #expect(try onDisk() <= 2_000_000)
  }
}
