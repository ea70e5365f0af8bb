import Foundation
import Testing
import TestSupport

/// A server and a collector, two processes with two databases, watching the sockets of this test.
@Suite("netmon serve and netmon collect")
struct ServeAndCollectTests {
  private let directory: TestDirectory
  private let served: String
  private let collected: String

  init() throws {
    directory = try TestDirectory()
    (served, collected) = (directory("served.db"), directory("collected.db"))
  }

  @Test("A collector fills the server's store", arguments: TCPSocket.Family.allCases)
  func delivery(family: TCPSocket.Family) async throws {
    var pair = try TCPPair(over: family)
    let server = try await NetmonService.serve(served)
    let collector = try await NetmonService.collect(collected, ["--server", server.url])
    #expect(collector.announcement.contains(" tier: "))

    let source = ["--server", server.url] + pair.filter
    #expect(try await eventually { try await Netmon.query(source).count == 3 })
    let records = try await Netmon.query(source)
    #expect(
      Set(records.map(Facts.init)) == [
        Facts(pair.listener.address, pair.listener.unspecified, "listen", "LISTEN"),
        Facts(pair.clientAddress, pair.listener.address, "outbound", "ESTABLISHED"),
        Facts(pair.listener.address, pair.clientAddress, "inbound", "ESTABLISHED"),
      ])
    #expect(Set(records.map(\.process_id)) == [getpid()])
    let name = try String(contentsOfFile: "/proc/self/comm", encoding: .utf8)
    #expect(Set(records.map { $0.process_name + "\n" }) == [name])
    let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    #expect(Set(records.map(\.process_path)) == [path])
    #expect(records.openDirections.count == 3)

    pair.reset()
    #expect(try await eventually { try await Netmon.query(source).openDirections == ["listen"] })
    #expect(await collector.stop() == 0)
    #expect(await server.stop() == 0)
  }

  @Test("What a killed server missed arrives after its restart, once")
  func serverKilled() async throws {
    let before = try TCPPair()
    let first = try await NetmonService.serve(served)
    let collector = try await NetmonService.collect(collected, ["--server", first.url])
    #expect(try await eventually { try await stored(served, before).count == 3 })

    #expect(await first.stop(with: SIGKILL) == 128 + SIGKILL)
    let meanwhile = try TCPPair()
    #expect(try await eventually { try await stored(collected, meanwhile).count == 3 })
    #expect(try await stored(served, meanwhile).isEmpty)

    let second = try await NetmonService.serve(served, port: first.port)
    #expect(second.url == first.url)
    for pair in [before, meanwhile] {
      let expected = try await stored(collected, pair).map(\.withoutID)
      let hasArrived = try await eventually {
        try await stored(served, pair).map(\.withoutID) == expected
      }
      #expect(hasArrived)
      #expect(expected.count == 3)
    }
    try await expectDistinctOrigins(in: served)
    #expect(await collector.stop() == 0)
  }

  @Test(
    "A collector that was stopped goes on where it was",
    arguments: [SIGTERM: 0, SIGINT: 0, SIGKILL: 128 + SIGKILL] as [Int32: Int32])
  func restart(signal: Int32, status: Int32) async throws {
    var pair = try TCPPair()
    let server = try await NetmonService.serve(served)
    let options = ["--server", server.url]
    let first = try await NetmonService.collect(collected, options)
    #expect(try await eventually { try await stored(served, pair).count == 3 })

    let clock = ContinuousClock()
    let time = await clock.measure {
      #expect(await first.stop(with: signal) == status)
    }
    #expect(time < .seconds(20))
    let before = try await stored(served, pair)
    let local = try await stored(collected, pair)
    #expect(before.map(\.withoutID) == local.map(\.withoutID))
    #expect(before.openDirections.count == 3, "what was still open is not closed")

    pair.reset()
    let second = try await NetmonService.collect(collected, options)
    #expect(try await eventually { try await stored(served, pair).openDirections == ["listen"] })
    let after = try await stored(served, pair)
    #expect(after.map(\.origin) == before.map(\.origin))
    try await expectDistinctOrigins(in: served)
    #expect(await second.stop() == 0)
  }

  @Test("A collector sends nothing to a server on its own file")
  func sameFile() async throws {
    let pair = try TCPPair()
    let server = try await NetmonService.serve(served)
    let collector = try await NetmonService.collect(served, ["--server", server.url])
    #expect(await collector.process.errors.line(containing: "nothing to send") != nil)
    #expect(try await eventually { try await stored(served, pair).count == 3 })
    let answered = try await Netmon.query(["--server", server.url] + pair.filter)
    #expect(try await stored(served, pair) == answered)
    try await expectDistinctOrigins(in: served)
    #expect(await collector.stop() == 0)
  }

  @Test("serve --collect records its own machine")
  func serveAndCollectInOne() async throws {
    let pair = try TCPPair()
    let server = try await NetmonService.serve(served, ["--collect", "--interval", "100ms"])
    #expect(server.announcement.contains(" tier: "))
    let source = ["--server", server.url] + pair.filter
    #expect(try await eventually { try await Netmon.query(source).count == 3 })
    #expect(await server.stop() == 0)
  }

  @Test(
    "A second collector on the same file is refused",
    arguments: [["collect"], ["collect", "--once"], ["serve", "--collect", "--port", "0"]])
  func secondCollector(arguments: [String]) async throws {
    let first = try await NetmonService.collect(collected)
    let second = try await Netmon.run(arguments + ["--db", collected])
    #expect(second.status == 1)
    #expect(second.errors.contains("another netmon is collecting into \(collected)"))
    #expect(second.errors.count { $0 == "\n" } == 1)
    #expect(await first.stop() == 0)
  }

  @Test("A collector that is stopped completes the JSON it prints")
  func completeOutput() async throws {
    let pair = try TCPPair()
    let collector = try await NetmonService.collect(collected, ["-o", "json"])
    #expect(try await eventually { try await stored(collected, pair).count == 3 })
    #expect(await collector.stop() == 0)
    let printed = try Record.list(await collector.process.output.rest())
    let local = try await stored(collected, pair)
    #expect(Set(local).isSubset(of: printed))
  }

  @Test("collect --once delivers what it saw")
  func once() async throws {
    let pair = try TCPPair()
    let server = try await NetmonService.serve(served)
    let run = try await Netmon.run(
      ["collect", "--once", "--db", collected, "--server", server.url])
    #expect(run.status == 0)
    #expect(run.errors.contains("\(collected), delivering to \(server.url); "))
    #expect(run.errors.contains(" tier: ") && run.errors.count { $0 == "\n" } == 1)
    let (delivered, local) = (try await stored(served, pair), try await stored(collected, pair))
    #expect(delivered.count == 3)
    #expect(delivered.map(\.withoutID) == local.map(\.withoutID))
  }

  private func stored(_ database: String, _ pair: TCPPair) async throws -> [Record] {
    try await Netmon.query(["--db", database] + pair.filter)
  }

  private func expectDistinctOrigins(in database: String) async throws {
    let origins = try await Netmon.query(["--db", database]).map(\.origin)
    #expect(Set(origins).count == origins.count)
  }
}

/// What is known of a socket beforehand.
private struct Facts: Hashable {
  var local: String
  var remote: String
  var direction: String?
  var state: String

  init(_ local: String, _ remote: String, _ direction: String, _ state: String) {
    (self.local, self.remote, self.direction, self.state) = (local, remote, direction, state)
  }

  init(_ record: Record) {
    local = record.local_addr
    remote = record.remote_addr
    direction = record.direction
    state = record.state
  }
}

extension [Record] {
  /// The directions of those that are not closed.
  fileprivate var openDirections: [String?] {
    filter { $0.closed_at == nil }.map(\.direction)
  }
}
