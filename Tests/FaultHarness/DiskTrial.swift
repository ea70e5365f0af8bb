import Foundation
import NetmonStore

/// A server and a collector on small disks, which are filled up and freed.
struct DiskTrial {
  private let netmon: Netmon
  private let place: Workplace
  private let port: UInt16
  private let serverDisk: SmallDisk
  private let agentDisk: SmallDisk
  private let server: Child
  private let collector: Child
  private var feeder: Feeder
  private var fed = 0

  /// How soon after there is space again all must go on: a server with a full disk has its collectors
  /// wait for up to ten seconds.
  private static let recovery = Duration.seconds(20)

  init(netmon: Netmon, place: Workplace, size: Int, seed: Int) throws {
    (self.netmon, self.place) = (netmon, place)
    port = try Loopback.freePort()
    serverDisk = try SmallDisk(place.empty("server"), size: size)
    agentDisk = try SmallDisk(place.empty("agent"), size: size)
    server = try netmon.serve(
      serverDisk.database, port: port, messages: place("server.log"))
    _ = try netmon.awaitReady(server, port: port)
    collector = try netmon.collect(
      agentDisk.database, port: port, ["--interval", "200ms"], messages: place("agent.log"))
    _ = try netmon.awaitCollecting(collector)
    feeder = try Feeder(
      database: agentDisk.database, ledger: place("ledger"), seed: seed)
  }

  /// Copies the databases out of the disks if anything does not hold.
  mutating func run() throws {
    defer { for disk in [serverDisk, agentDisk] { disk.detach() } }
    do {
      try fillBoth()
    } catch {
      try? serverDisk.copyDatabase(to: place.empty("kept-server"))
      try? agentDisk.copyDatabase(to: place.empty("kept-agent"))
      throw error
    }
  }

  private mutating func fillBoth() throws {
    try feed { $0 >= 500 }
    try fillServer()
    try fillAgent()
    try collector.stop(within: .seconds(60))
    let status = try netmon.deliver(
      agentDisk.database, port: port, messages: place("agent.log"))
    guard status == 0 else {
      throw FaultError.broken("the last delivery ended with status \(status)")
    }
    let gaps = try HTTP.objects("/api/gaps", port: port)
    try server.stop()
    for disk in [serverDisk, agentDisk] { try Integrity.check(disk.database) }
    let comparison = try Comparison(
      agents: [.init(database: agentDisk.database, ledger: place("ledger"))],
      server: serverDisk.database)
    try comparison.check(
      "after full disks", undelivered: Self.count(gaps, "removed undelivered"),
      removed: Self.count(gaps, "removed:"))
    print(comparison.text)
    for gap in gaps {
      print("gap: \(gap["count"] ?? "?") of \(gap["host"] ?? "?"): \(gap["reason"] ?? "?")")
    }
  }

  /// How many records the gaps tell of whose reason begins so.
  private static func count(_ gaps: [[String: Any]], _ reason: String) -> Int {
    gaps.filter { ($0["reason"] as? String)?.hasPrefix(reason) ?? false }
      .reduce(0) { $0 + ($1["count"] as? Int ?? 0) }
  }

  /// Feeds the agent's database until the condition holds, which is given how many records that were.
  private mutating func feed(until isEnough: (Int) throws -> Bool) throws {
    try eventually("what is waited for while feeding", within: .seconds(60)) {
      try expectRunning()
      fed += try feeder.feed(20)
      pause(for: .milliseconds(10))
      return try isEnough(fed)
    }
  }

  private func expectRunning() throws {
    try server.expectRunning()
    try collector.expectRunning()
  }

  /// The server cannot store: it says so, and answers all the same.
  private mutating func fillServer() throws {
    try serverDisk.fill()
    let port = port
    try feed { _ in try HTTP.get("/readyz", port: port).status >= 500 }
    for path in ["/healthz", "/api/connections?limit=1", "/api/errors"] {
      let status = try HTTP.get(path, port: port).status
      guard status == 200 else {
        throw FaultError.broken("with a full disk GET \(path) is answered with status \(status)")
      }
    }
    let before = fed
    try feed { $0 > before + 500 }
    try serverDisk.free()
    let start = ContinuousClock.now
    try eventually("a server that is ready, with space again", within: Self.recovery) {
      try expectRunning()
      return try HTTP.get("/readyz", port: port).status == 200
    }
    let ready = start.duration(to: .now)
    let last = try OpenConnections(3)
    try eventually("a delivery, with space again", within: Self.recovery) {
      try expectRunning()
      return try last.recorded(by: port) >= last.count
    }
    print(
      """
      server's disk full: it ran on and answered; ready \(ready.text) after there was space, \
      what was new then delivered after \(start.duration(to: .now).text)
      """)
  }

  /// The collector cannot store: what it sees meanwhile comes later.
  private mutating func fillAgent() throws {
    try agentDisk.fill()
    var refused = 0
    try eventually("an agent's disk that takes no records", within: .seconds(60)) {
      try expectRunning()
      do {
        try feeder.feed(20)
      } catch let error as StoreError {
        guard case .full = error else { throw error }
        refused += 1
      }
      return refused > 0
    }
    let seen = try OpenConnections(25)
    // It may find room by removing what the server has.
    try eventually(
      "the collector's word that it cannot store, or what it saw", within: .seconds(15)
    ) {
      try expectRunning()
      return try collector.said.contains("cannot collect")
        || seen.recorded(by: port) >= seen.count
    }
    try agentDisk.free()
    let start = ContinuousClock.now
    try eventually("what was seen while the disk was full", within: Self.recovery) {
      try expectRunning()
      return try seen.recorded(by: port) >= seen.count
    }
    try feed { _ in true }
    print(
      """
      agent's disk full: it ran on; \(seen.count) connections seen meanwhile are all on the server \
      \(start.duration(to: .now).text) after there was space
      """)
  }
}
