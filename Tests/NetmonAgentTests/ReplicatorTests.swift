import AsyncHTTPClient
import Logging
import NetmonCore
import NetmonServer
import NetmonStore
import Synchronization
import Testing
import TestSupport

@testable import NetmonAgent

/// Replicators between real stores and a real server.
@Suite struct ReplicatorTests {
  private let stores = TestStores()
  private let local: Store
  private let served: Store

  init() throws {
    local = try stores.store("local.db")
    served = try stores.store("served.db")
  }

  private func withServer(
    _ store: Store? = nil, port: Int = 0, limits: Server.Limits = Server.Limits(),
    _ body: (RunningServer) async throws -> Void
  ) async throws {
    let server = try await RunningServer.start(store ?? served, port: port, limits: limits)
    do {
      try await body(server)
    } catch {
      try await server.stop()
      throw error
    }
    try await server.stop()
  }

  @Test func everythingArrivesOnce() async throws {
    try local.recordSamples(5000)
    try local.recordGap(
      Gap(host: "web-1", from: .test, to: .test, count: 3, reason: "a full ring"))
    try local.recordHost(HostReport(host: "web-1", tier: "kernel", seen: .test))
    try await withServer { server in
      let replicator = try Replicator.quick(local, to: server.url, host: "web-1")
      try await replicator.deliverAll()
      #expect(try served.contents() == local.contents())
      #expect(try served.gaps() == local.gaps())
      let host = try #require(try served.hosts().first)
      #expect(host.host == "web-1" && host.tier == "kernel" && host.lost == 3)
      #expect(host.lagSeconds ?? 0 > 3500, "an hour, when it began")

      // Nothing is left, and another replicator knows.
      let (last, gaps) = (try served.lastSequence(), try served.gaps())
      try await Replicator.quick(local, to: server.url, host: "web-1").deliverAll()
      #expect(try served.lastSequence() == last && served.gaps() == gaps)
      #expect(try served.hosts().first?.lagSeconds == 0)
      // What grows is delivered as it has become.
      try local.recordGap(
        Gap(host: "web-1", from: .test, to: .test, count: 4, reason: "a full ring"))
      try await replicator.deliverAll()
      #expect(try served.gaps().map(\.count) == [7] && served.gaps() == local.gaps())
    }
  }

  /// A server that says who it is and then cannot commit.
  @Test func nothingIsTakenAsDeliveredBeforeItIsCommitted() async throws {
    try local.recordSamples(10)
    try local.recordGap(Gap(host: "web-1", from: .test, to: .test, count: 3, reason: "x"))
    let name = Replicator.cursorName(ofServer: served.id)
    try await withServer(try stores.store("served.db", .readOnly)) { server in
      let replicator = try Replicator.quick(local, to: server.url)
      await #expect(throws: RESTError.self) { try await replicator.deliverAll() }
      #expect(try local.progress(of: name) == DeliveryProgress())
    }
    try await withServer { server in
      try await Replicator.quick(local, to: server.url).deliverAll()
      #expect(try served.contents() == local.contents() && served.gaps() == local.gaps())
      #expect(try local.progress(of: name)?.live == 10)
    }
  }

  @Test func whatIsNewDoesNotWaitForABacklog() async throws {
    let backlog = 10_000
    try local.recordSamples(backlog)
    try await withServer { server in
      let replicator = try Replicator.quick(local, to: server.url, batch: 50, backlog: 500)
      let delivery = Task { try await replicator.run() }
      defer { delivery.cancel() }
      #expect(try await eventually { try served.recordCount > 0 })
      try local.recordSamples(1, from: backlog) { $0.error = .ECONNREFUSED }
      let failed = try Filter("error:any", now: .test)
      #expect(try await eventually { try served.count(failed) == 1 })
      let delivered = try served.recordCount
      #expect(delivered < backlog, "\(delivered) came first")
      #expect(try await eventually { try served.recordCount == backlog + 1 })
      #expect(try served.contents() == local.contents())
      let name = Replicator.cursorName(ofServer: served.id)
      #expect(try await eventually { try local.progress(of: name)?.backlog == nil })
    }
  }

  /// Stopped at any moment, another one goes on; in the end each record is there once.
  @Test func beingStoppedLosesNothing() async throws {
    try await withServer { server in
      for round in 0..<20 {
        try local.recordSamples(400, from: round * 400)
        // What was there before changes as well.
        let known = try local.openConnections()
        _ = try local.record(known.map { closed($0) })
        try local.recordSamples(5, from: 1_000_000 + round * 5) {
          ($0.closedAt, $0.state) = (nil, .ESTABLISHED)
        }
        let replicator = try Replicator.quick(local, to: server.url, batch: 30, backlog: 200)
        let delivery = Task { try await replicator.run() }
        let target = try served.recordCount + 20 * round
        _ = try await eventually(within: .seconds(1)) { try served.recordCount >= target }
        delivery.cancel()
        _ = await delivery.result
      }
      try await Replicator.quick(local, to: server.url).deliverAll()
      #expect(try served.contents() == local.contents())
      #expect(try served.recordCount == 20 * 405)
    }
  }

  private func closed(_ connection: Connection) -> Connection {
    var connection = connection
    connection.state = .CLOSE
    connection.closedAt = connection.timestamp
    connection.revision += 1
    return connection
  }

  @Test func aReplacedServerGetsEverythingAgain() async throws {
    try local.recordSamples(10)
    try local.recordGap(Gap(host: "web-1", from: .test, to: .test, count: 3, reason: "x"))
    let log = RecordedLog()
    try await withServer { server in
      try await Replicator.quick(local, to: server.url, logger: log.logger).deliverAll()
      // By another name it is the same server.
      let last = try served.lastSequence()
      try await Replicator.quick(
        local, to: "http://localhost:\(server.port)", logger: log.logger
      ).deliverAll()
      #expect(try served.lastSequence() == last && log.messages.isEmpty)
    }
    let second = try stores.store("second.db")
    try await withServer(second) { server in
      try await Replicator.quick(local, to: server.url, logger: log.logger).deliverAll()
      #expect(try second.contents() == local.contents() && second.gaps() == local.gaps())
      #expect(log.messages.contains { $0.hasPrefix("the server has another store") })
      let old = Replicator.cursorName(ofServer: served.id)
      #expect(try local.progress(of: old) == nil, "nothing is kept for it any more")
    }
  }

  /// Times that go back and forth, as when the host's clock is set.
  @Test func theOrderOfTimesDoesNotMatter() async throws {
    let hour: Int64 = 3_600_000_000
    try await withServer { server in
      let replicator = try Replicator.quick(local, to: server.url, batch: 3, host: "web-1")
      for step in [0, -hour, hour, -2 * hour, 0] as [Int64] {
        try local.recordSamples(5) {
          $0.timestamp = $0.timestamp.advanced(byMicroseconds: step)
          $0.closedAt = $0.timestamp.advanced(byMicroseconds: -step)
        }
        try local.recordHost(
          HostReport(
            host: "web-1", tier: "diag", seen: Timestamp.test.advanced(byMicroseconds: step)))
        try await replicator.deliverAll()
        #expect(try served.contents() == local.contents())
      }
      #expect(try served.recordCount == 25)
    }
  }

  @Test func requestsAreBoundedByBytes() async throws {
    var limits = Server.Limits()
    limits.inflatedBytes = RESTClient.bodySize + 100_000
    try local.recordSamples(1000) { $0.process.command = String(repeating: "x", count: 8000) }
    let records = try local.connections(ConnectionQuery(limit: nil)).connections
    try await withServer(limits: limits) { server in
      let client = try RESTClient(server: server.url, client: .shared)
      try await client.post(records[...])
      #expect(try served.contents() == local.contents())
    }
  }

  @Test func aRecordThatIsRefusedBecomesAGap() async throws {
    var limits = Server.Limits()
    limits.bodyBytes = 4000
    try local.recordSamples(100)
    var generator = SystemRandomNumberGenerator()
    try local.recordSamples(1, from: 50_000) {
      $0.process.command =
        (0..<8000).map { _ in
          String(UInt8.random(in: 48...122, using: &generator), radix: 36)
        }.joined().prefix(8000).description
    }
    try local.recordSamples(100, from: 60_000)
    try await withServer(limits: limits) { server in
      try await Replicator.quick(local, to: server.url).deliverAll()
      #expect(try served.recordCount == 200)
      let gap = try #require(try served.gaps().first)
      #expect(gap.count == 1 && gap.host == "web-1")
      #expect(gap.reason.hasPrefix("refused by the server: The body is larger than 4000"))
      #expect(try served.gaps() == local.gaps())
    }
  }
}

/// What a logger was told.
private final class RecordedLog: Sendable {
  private let recorded = Mutex<[String]>([])

  var messages: [String] { recorded.withLock { $0 } }

  var logger: Logger {
    Logger(label: "test") { _ in Handler(log: self) }
  }

  private struct Handler: LogHandler {
    let log: RecordedLog
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      log.recorded.withLock { $0.append("\(event.message)") }
    }
  }
}
