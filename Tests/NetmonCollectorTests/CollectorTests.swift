import Foundation
import GRDB
import Glibc
import Logging
import NetmonCore
import NetmonStore
import Testing

@testable import NetmonCollector

/// A collector on the real `/proc` and a real database, one look at a time.
@Suite struct CollectorTests {
  private let directory: URL
  private let store: Store

  init() throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "netmon-\(UUID())")
    store = try Store(path: directory.appending(path: "netmon.db").path())
  }

  private func collector(
    _ tier: Tier = .proc, excluding path: String? = nil
  ) throws -> Collector {
    try Collector(
      configuration: .init(
        host: "test-host", tier: tier, interval: .milliseconds(100), excludedPath: path),
      store: store, fs: try ProcFS(),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      now: { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) })
  }

  private func records(of listener: Listener) throws -> [Connection] {
    let filter = try Filter(
      "pid:\(getpid()) local::\(listener.port)", now: Timestamp(microseconds: 0))
    return try store.connections(ConnectionQuery(filter: filter)).connections
  }

  @Test func recordsASocketFromOpenToClosed() async throws {
    let collector = try collector()
    var listener: Listener? = try Listener()
    try await collector.step()
    let open = try #require(try records(of: listener!).first)
    #expect(open.state == .LISTEN && open.direction == .listen && open.host == "test-host")
    #expect(open.process.identity.pid == getpid())
    #expect(open.origin?.agent == store.id && open.closedAt == nil)

    let port = listener!.port
    listener = nil
    try await collector.step()
    let closed = try #require(try store.connection(id: open.id!))
    #expect(closed.state == .CLOSE && closed.closedAt != nil && closed.local.port == port)
    #expect(closed.revision == 2 && closed.origin == open.origin)
  }

  @Test func aNewCollectorContinuesWhatAnotherLeftOpen() async throws {
    let listener = try Listener()
    let ended = try Listener()
    let first = try collector()
    try await first.step()
    let before = try records(of: listener)
    let endedBefore = try records(of: ended)
    await first.release()
    ended.shut()

    let second = try collector()
    try await second.step()
    #expect(try records(of: listener).map(\.origin) == before.map(\.origin))
    #expect(try records(of: ended).map(\.origin) == endedBefore.map(\.origin))
    #expect(try records(of: ended).allSatisfy { $0.closedAt != nil })
  }

  @Test func sockDiagIsATierOfItsOwn() async throws {
    let listener = try Listener()
    let collector = try collector(.diag)
    try await collector.step()
    #expect(collector.tier == .diag)
    #expect(try records(of: listener).map(\.direction) == [.listen])
  }

  /// An attempt of microseconds, which no polling sees.
  @Test(.enabled(if: geteuid() == 0, "tracefs and perf need root"), arguments: [0, 1])
  func theKernelTellsOfARefusedAttempt(repetition: Int) async throws {
    let collector = try collector(.kernel)
    try await collector.step()
    let port: UInt16
    do {
      port = try Listener().port  // Closed again at once.
    }
    #expect(connectError(to: port) == ECONNREFUSED)
    let filter = try Filter(
      "remote:127.0.0.1:\(port) error:ECONNREFUSED", now: Timestamp(microseconds: 0))
    let deadline = ContinuousClock.now + .seconds(20)
    var found: [Connection] = []
    while found.isEmpty, ContinuousClock.now < deadline {
      try await collector.step()
      found = try store.connections(ConnectionQuery(filter: filter)).connections
    }
    let attempt = try #require(found.first)
    #expect(found.count == 1)
    #expect(attempt.process.identity.pid == getpid())
    #expect(attempt.errorSource == .kernel && attempt.errorStage == .handshake)
    #expect(attempt.direction == .outbound && attempt.state == .CLOSE && attempt.local.port != 0)
  }

  @Test func whatTheStoreRefusesIsKeptAndStoredLater() async throws {
    let listener = try Listener()
    let collector = try collector()
    let database = try DatabaseQueue(path: store.path)
    try await database.write { db in
      try db.execute(
        sql: """
          CREATE TRIGGER refuse BEFORE INSERT ON connection BEGIN
            SELECT RAISE(FAIL, 'disk trouble');
          END
          """)
    }
    await #expect(throws: CollectorError.self) { try await collector.step() }
    #expect(try records(of: listener).isEmpty)
    try await database.write { try $0.execute(sql: "DROP TRIGGER refuse") }
    try await collector.step()
    #expect(try records(of: listener).count == 1)
  }

  @Test func onlyOneCollectorPerStore() async throws {
    let first = try collector()
    #expect(throws: CollectorError.self) { try collector() }
    await first.release()
    _ = try collector()
  }

  @Test func ownSocketsAreLeftOut() async throws {
    let listener = try Listener()
    let own = try #require(
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    try await collector(excluding: own).step()
    #expect(try records(of: listener).isEmpty)
  }

  @Test func theHostIsReported() async throws {
    try await collector().step()
    let host = try #require(try store.hosts().first { $0.host == "test-host" })
    #expect(host.tier == "proc")
  }

  @Test func retentionRemovesWhatClosedLongAgo() async throws {
    let now = Timestamp("2026-11-22T10:00:00Z")!
    var old = Connection(
      timestamp: now.advanced(byMicroseconds: -7_200_000_000), transport: .tcp, state: .CLOSE,
      local: Endpoint("192.0.2.1:1")!, remote: Endpoint("192.0.2.2:2")!)
    old.closedAt = now.advanced(byMicroseconds: -3_700_000_000)
    var young = old
    young.closedAt = now.advanced(byMicroseconds: -3_500_000_000)
    var open = old
    open.closedAt = nil
    open.state = .ESTABLISHED
    let ids = try store.record([old, young, open]).map(\.id)
    for time in [old.timestamp, young.timestamp.advanced(byMicroseconds: 7_200_000_000)] {
      try store.recordGap(Gap(host: "h", from: time, to: time, count: 1, reason: "x"))
    }
    let retention = Retention(
      store: store, policy: RetentionPolicy(age: .seconds(3600)),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: { now })
    await retention.removeAged()
    #expect(try ids.map { try store.connection(id: $0) != nil } == [false, true, true])
    #expect(try store.gaps().map(\.from) == [now])
  }
}

/// The errno of connect(2) to a port on loopback; 0 if it went well.
private func connectError(to port: UInt16) -> Int32 {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  defer { close(descriptor) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
  return withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 ? 0 : errno
    }
  }
}

/// A socket that listens on loopback until it is shut or let go.
final class Listener {
  let port: UInt16
  private var descriptor: Int32

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(descriptor, generic, length) == 0 && listen(descriptor, 8) == 0
          && getsockname(descriptor, generic, &length) == 0
      }
    }
    guard isListening else { throw POSIXError(.init(rawValue: errno) ?? .EINVAL) }
    port = UInt16(bigEndian: address.sin_port)
  }

  func shut() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
  }

  deinit {
    shut()
  }
}
