import Arguments
import TestSupport

/// `faults proxy`: cuts connections between agents and their server.
enum ProxyCommand {
  struct Options: Sendable {
    var cuts = 1000
    var agents = 12
    var seed = 1
    var netmon = TestedNetmon()
  }

  static let declaration = Command<Faults.Action>(
    "proxy",
    summary: "Cut the connections between agents and a server",
    discussion: """
      A proxy between them cuts before a request, within it, after the server has answered but \
      before a byte of the answer, and within the answer, or lets the agent wait first.
      """,
    options: Options()
  ) {
    Option("cuts", \.cuts, in: 1...1_000_000, help: "how often to cut")
    Option("agents", \.agents, in: 1...100, help: "how many agents deliver at a time")
    Option("seed", \.seed, in: 0...1_000_000_000, help: "another one cuts elsewhere")
    TestedNetmon.declarations(\.netmon)
  } action: { options in
    {
      try Isolation.enter()
      try Workplace.use { try run(options, $0) }
    }
  }

  private static func run(_ options: Options, _ place: Workplace) throws {
    let netmon = try options.netmon()
    let start = ContinuousClock.now
    let port = try Loopback.freePort()
    let server = try netmon.serve(place("server.db"), port: port, messages: place("server.log"))
    _ = try netmon.awaitReady(server, port: port)
    let proxy = try CuttingProxy(to: port, seed: options.seed)

    let agents = (0..<options.agents).map {
      Comparison.Agent(database: place("agent-\($0).db"), ledger: place("ledger-\($0)"))
    }
    var feeders = try agents.enumerated().map { number, agent in
      try Feeder(
        database: agent.database, ledger: agent.ledger ?? "", seed: options.seed + number)
    }
    let collectors = try agents.map {
      try netmon.collect($0.database, port: proxy.port, messages: place("agents.log"))
    }
    var chance = SplitMix(seed: UInt64(truncatingIfNeeded: options.seed))
    try eventually("the last cut", within: .seconds(60 + 3 * options.cuts)) {
      try server.expectRunning()
      for collector in collectors { try collector.expectRunning() }
      try feeders[chance.below(feeders.count)].feed(1 + chance.below(20))
      pause(for: .milliseconds(20))
      return proxy.cuts >= options.cuts
    }
    let time = start.duration(to: .now)
    let counts = proxy.stopCutting()
    for collector in collectors { try collector.stop(within: .seconds(60)) }
    for agent in agents {
      let status = try netmon.deliver(agent.database, port: port, messages: place("agents.log"))
      guard status == 0 else { throw FaultError.broken("a delivery ended with status \(status)") }
    }
    try server.stop()
    try Integrity.check(place("server.db"))
    let comparison = try Comparison(agents: agents, server: place("server.db"))
    try comparison.check("after \(counts.values.reduce(0, +)) cuts")
    let kinds = counts.sorted { $0.key.rawValue < $1.key.rawValue }
    print(
      """
      \(counts.values.reduce(0, +)) cuts in \(time.text), \(options.agents) agents: \
      \(kinds.map { "\($1) \($0.rawValue)" }.joined(separator: ", "))
      \(comparison.text)
      """)
  }
}
