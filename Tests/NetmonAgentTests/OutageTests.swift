import AsyncHTTPClient
import Foundation
import NetmonCore
import NetmonServer
import NetmonStore
import Testing
import TestSupport

@testable import NetmonAgent

/// Many agents whose server goes away and comes back.
@Suite struct OutageTests {
  private static let agents = 200
  private static let records = 100

  @Test(.enabled(if: raiseFileLimit(to: 8000), "needs some thousand open files"))
  func afterAnOutageAllGoOn() async throws {
    let stores = TestStores()
    let served = try stores.store("served.db")
    let locals = try (0..<Self.agents).map { try stores.store("agent-\($0).db") }
    for local in locals { try local.recordSamples(Self.records) }
    // A port that nobody listens on for now.
    let before = try await RunningServer.start(served)
    try await before.stop()

    let memory = residentBytes()
    let deliveries = try locals.map { local in
      let replicator = try Replicator.quick(local, to: before.url)
      return Task { try await replicator.run() }
    }
    defer { for delivery in deliveries { delivery.cancel() } }
    // Each has tried, and waits.
    #expect(try await eventually { try locals.allSatisfy { try $0.expectsDelivery } })
    // It turns away those for whom it has no room.
    var limits = Server.Limits()
    limits.bodies = 8
    let server = try await RunningServer.start(served, port: before.port, limits: limits)
    let total = Self.agents * Self.records
    let isComplete = try await eventually(within: .seconds(90)) {
      try served.recordCount == total
    }
    #expect(isComplete)
    for local in locals { try local.recordSamples(1, from: Self.records) }
    #expect(try await eventually { try served.recordCount == total + Self.agents })
    let expected = try locals.flatMap { try $0.contents() }.sorted()
    #expect(try served.contents() == expected)
    // What ThreadSanitizer keeps of each access counts too, and is more.
    #expect(ThreadSanitizer.isWatching || residentBytes() - memory < 300 << 20)
    for delivery in deliveries { delivery.cancel() }
    for delivery in deliveries { _ = await delivery.result }
    try await server.stop()
  }
}

extension Store {
  /// Whether something is kept for a server.
  fileprivate var expectsDelivery: Bool {
    get throws { try cursor(named: "server") == 0 }
  }
}

/// The resident set of this process (`/proc/self/statm`, proc_pid_statm(5)).
private func residentBytes() -> Int {
  let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
  let pages = text?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}

/// Lets this process open so many files; false if it may not.
private func raiseFileLimit(to count: rlim_t) -> Bool {
  var limit = rlimit()
  guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return false }
  if limit.rlim_cur >= count { return true }
  limit.rlim_cur = min(count, limit.rlim_max)
  return limit.rlim_cur >= count
    && setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
}
