import Foundation
import TestSupport

/// A server, a collector and what feeds its database, of which one or two are killed at a time.
struct KillTrial {
  private let netmon: Netmon
  private let place: Workplace
  private let rate: Int
  private let port: UInt16
  private let begin = ContinuousClock.now
  private var chance: SplitMix

  private var server: Child
  private var collector: Child
  private var feeder: Child
  private var feeders = 0

  private var serverStarts = Times()
  private var collectorStarts = Times()
  /// Killed while it was starting.
  private var early = 0
  private var kills = 0

  init(netmon: Netmon, place: Workplace, rate: Int, seed: Int) throws {
    (self.netmon, self.place, self.rate) = (netmon, place, rate)
    chance = SplitMix(seed: UInt64(truncatingIfNeeded: seed))
    port = try Loopback.freePort()
    server = try Self.serve(netmon, place, port)
    collector = try Self.collect(netmon, place, port)
    feeder = try Self.feed(place, rate: rate, seed: 0)
  }

  private static func serve(_ netmon: Netmon, _ place: Workplace, _ port: UInt16) throws -> Child {
    try netmon.serve(place("server.db"), port: port, messages: place("server.log"))
  }

  private static func collect(
    _ netmon: Netmon, _ place: Workplace, _ port: UInt16
  ) throws -> Child {
    try netmon.collect(
      place("agent.db"), port: port, ["--interval", "1s"], messages: place("agent.log"))
  }

  private static func feed(_ place: Workplace, rate: Int, seed: Int) throws -> Child {
    try Child(
      [
        try Netmon.built("faults"), "feed", "--db", place("agent.db"), "--ledger", place("ledger"),
        "--rate", "\(rate)", "--seed", "\(seed)",
      ], messages: place("feeder.log"))
  }

  // MARK: - Rounds

  mutating func run(rounds: Int) throws {
    _ = try netmon.awaitReady(server, port: port)
    _ = try netmon.awaitCollecting(collector)
    while kills < rounds {
      let delay = chance.time(from: .microseconds(100), to: .milliseconds(1500))
      if kills.isMultiple(of: 2) {
        try killServer(after: delay)
      } else {
        try killAgent(after: delay)
      }
      try feeder.expectRunning()
    }
  }

  private mutating func killServer(after delay: Duration) throws {
    try kill(server, after: delay)
    server = try Self.serve(netmon, place, port)
    if chance.below(3) == 0 {
      early += 1
      try kill(server, after: chance.time(from: .microseconds(100), to: .milliseconds(100)))
      server = try Self.serve(netmon, place, port)
    }
    serverStarts.add(try netmon.awaitReady(server, port: port))
  }

  private mutating func killAgent(after delay: Duration) throws {
    // What writes into the agent's database may be killed too.
    if chance.below(2) == 0 {
      try feeder.kill()
      feeders += 1
      feeder = try Self.feed(place, rate: rate, seed: feeders)
    }
    try kill(collector, after: delay)
    collector = try Self.collect(netmon, place, port)
    if chance.below(3) == 0 {
      early += 1
      try kill(collector, after: chance.time(from: .microseconds(100), to: .milliseconds(100)))
      collector = try Self.collect(netmon, place, port)
    }
    collectorStarts.add(try netmon.awaitCollecting(collector))
  }

  private mutating func kill(_ child: Child, after delay: Duration) throws {
    pause(for: delay)
    try child.kill()
    kills += 1
  }

  // MARK: - The end

  /// Lets all be delivered, and compares.
  func finish() throws -> String {
    try feeder.kill()
    let time = begin.duration(to: .now)
    try collector.stop(within: .seconds(60))
    let status = try netmon.deliver(place("agent.db"), port: port, messages: place("agent.log"))
    guard status == 0 else {
      throw FaultError.broken("the last delivery ended with status \(status)")
    }
    try server.stop()
    for name in ["server.db", "agent.db"] { try Integrity.check(place(name)) }
    let comparison = try Comparison(
      agents: [.init(database: place("agent.db"), ledger: place("ledger"))],
      server: place("server.db"))
    try comparison.check("after \(kills) kills")
    return """
      \(kills) kills in \(time.text), \(early) of them while starting; beside them \(feeders) of what \
      writes into the agent's database
      server ready after a restart: \(serverStarts.text) (\(serverStarts.count))
      collector ready after a restart: \(collectorStarts.text) (\(collectorStarts.count))
      \(comparison.text)
      integrity_check: ok on both sides
      """
  }
}
