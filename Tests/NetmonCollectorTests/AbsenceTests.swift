import Foundation
import Logging
import NetmonCore
import NetmonStore
import Synchronization
import Testing

@testable import NetmonCollector

/// What a collector says of the time in which it was not there, and of a clock that is set.
@Suite struct AbsenceTests {
  private let directory: URL
  private let store: Store
  private let clock = TestClock()

  init() throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "netmon-\(UUID())")
    store = try Store(path: directory.appending(path: "netmon.db").path())
  }

  private func collector() throws -> Collector {
    try Collector(
      configuration: .init(host: "test-host", tier: .proc, interval: .milliseconds(100)),
      store: store, fs: try ProcFS(),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: clock.now)
  }

  @Test func theFirstStartMissesNothing() async throws {
    try await collector().step()
    #expect(try store.gaps().isEmpty)
  }

  @Test func aRestartIsAGapFromTheLastSignOfLife() async throws {
    var first: Collector? = try collector()
    try await first?.step()
    // As killed: nothing more is written, and the lock goes with it.
    let killed = clock.time
    first = nil
    clock.advance(seconds: 600)
    let second = try collector()
    #expect(try store.gaps().isEmpty, "recorded with the first look")
    try await second.step()
    try await second.step()
    let gaps = try store.gaps()
    #expect(gaps.count == 1)
    #expect(gaps.first?.from == killed && gaps.first?.to == clock.time)
    #expect(gaps.first?.reason == "netmon was not running" && gaps.first?.host == "test-host")
    #expect(gaps.first?.count == nil)

    // A clean stop says when it was.
    clock.advance(seconds: 20)
    let stopped = clock.time
    await second.release()
    clock.advance(seconds: 3600)
    try await collector().step()
    #expect(try store.gaps().map(\.from) == [stopped, killed])
  }

  @Test func aRebootIsTold() {
    func reason(_ boot: Int64) -> String {
      Gap(
        absentSince: Timestamp(microseconds: 10), until: Timestamp(microseconds: 20), host: "h",
        bootTime: Timestamp(microseconds: boot)
      ).reason
    }
    #expect(reason(10) == "netmon was not running")
    #expect(reason(11) == "the host was down or netmon was not running")
  }

  @Test func aClockThatWasSetBackMeanwhileMakesAMoment() {
    let start = Timestamp(microseconds: 20)
    let gap = Gap(
      absentSince: Timestamp(microseconds: 30), until: start, host: "h", bootTime: start)
    #expect(gap.from == start && gap.to == start)
  }

  /// An hour back, then an hour and a half ahead: the same sockets are the same records.
  @Test func clockStepsNeitherReorderNorDuplicate() async throws {
    let listener = try Listener()
    defer { listener.shut() }
    let collector = try collector()
    try await collector.step()
    let before = try store.connections(ConnectionQuery(limit: nil)).connections
    try #require(before.contains { $0.local.port == listener.port })
    let reported = try store.hostReport(of: "test-host")?.seen
    for step in [-3600, 5400, -1800] {
      clock.advance(seconds: step)
      try await collector.step()
      clock.advance(seconds: 1)
      try await collector.step()
      let after = try store.connections(ConnectionQuery(limit: nil)).connections
      let origins = after.compactMap(\.origin)
      #expect(Set(origins).count == after.count)
      #expect(origins.count == after.count)
      let known = Dictionary(after.map { ($0.origin, $0) }) { first, _ in first }
      for record in before {
        let now = try #require(known[record.origin])
        #expect(now.timestamp == record.timestamp, "its time is part of its identity")
      }
      let changes = try store.changes(after: 0, limit: 100_000).changes
      #expect(Set(changes.map(\.connection.origin)).count == after.count)
    }
    #expect(try store.hostReport(of: "test-host")?.seen != reported, "it goes on reporting")
    #expect(try store.gaps().isEmpty, "nothing was missed")
  }
}

/// A wall clock that is set by hand.
private final class TestClock: Sendable {
  private let current: Mutex<Timestamp>

  init() {
    let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    current = Mutex(now)
  }

  var time: Timestamp { current.withLock { $0 } }

  var now: @Sendable () -> Timestamp { { self.time } }

  func advance(seconds: Int) {
    current.withLock { $0 = $0.advanced(byMicroseconds: Int64(seconds) * 1_000_000) }
  }
}
