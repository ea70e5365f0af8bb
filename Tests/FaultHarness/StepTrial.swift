import Foundation

/// One small delivery, done many times, each time with another fault.
struct StepTrial {
  let netmon: Netmon
  let place: Workplace
  /// Holds `agent.db`, with the records to deliver, and their ledger.
  private let template: Workplace
  let port: UInt16

  init(netmon: Netmon, place: Workplace, records: Int) throws {
    (self.netmon, self.place) = (netmon, place)
    port = try Loopback.freePort()
    template = try place.empty("template")
    var feeder = try Feeder(
      database: template("agent.db"), ledger: template("ledger"), seed: records)
    var count = 0
    while count < records { count += try feeder.feed(20) }
  }

  /// A directory with the agent's database as it was at the beginning, and no server's.
  func begin() throws -> Workplace {
    let step = try place.empty("step")
    try template.copyDatabase("agent.db", to: step)
    return step
  }

  /// Kills at one call after the other until the delivery gets to its end.
  func kills(on side: StepsCommand.Side, limit: Int, stride: Int) throws -> String {
    let start = ContinuousClock.now
    var starts = Times()
    var kills = 0
    var call = 1
    while true {
      let step = try begin()
      let tracer = try Tracer(.kill, call: call, below: step.path, report: step("report"))
      switch side {
      case .server: try deliverToTraced(tracer, step)
      case .agent: try deliverTraced(tracer, step)
      }
      starts.add(try finish(step, "killed at call \(call) on the \(side.rawValue)'s side"))
      let (calls, strikes) = try tracer.result()
      if strikes == 0 || kills == limit {
        let end = strikes == 0 ? "then it got to its end, after \(calls) calls" : "no further"
        return """
          \(side.rawValue): killed at each of \(kills) calls\(stride > 1 ? ", \(stride) apart" : ""), \
          \(end); all records exactly once after each; server ready again: \(starts.text); \
          \(start.duration(to: .now).text)
          """
      }
      kills += 1
      call += stride
    }
  }

  /// A delivery to a server that is killed in it, at the latest when it is asked to stop.
  private func deliverToTraced(_ tracer: Tracer, _ step: Workplace) throws {
    let server = try netmon.serve(
      step("server.db"), port: port, messages: step("server.log"), tracer: tracer)
    try eventually("a server that is ready, or killed") {
      server.hasEnded
        || (try? HTTP.get("/readyz", port: port, timeout: .seconds(2)))?.status == 200
    }
    if !server.hasEnded {
      _ = try netmon.deliver(step("agent.db"), port: port, messages: step("agent.log"))
      server.send(SIGTERM)
    }
    _ = try server.wait()
  }

  /// A delivery by a collector that is killed in it.
  private func deliverTraced(_ tracer: Tracer, _ step: Workplace) throws {
    let server = try netmon.serve(step("server.db"), port: port, messages: step("server.log"))
    _ = try netmon.awaitReady(server, port: port)
    _ = try netmon.deliver(
      step("agent.db"), port: port, messages: step("agent.log"), tracer: tracer)
    try server.stop()
  }

  /// Starts both sides again, without faults: then all must be there. Returns how long the server
  /// took until it was ready.
  @discardableResult
  func finish(_ step: Workplace, _ context: String) throws -> Duration {
    let server = try netmon.serve(step("server.db"), port: port, messages: step("server.log"))
    let time = try netmon.awaitReady(server, port: port)
    let status = try netmon.deliver(step("agent.db"), port: port, messages: step("agent.log"))
    guard status == 0 else {
      throw FaultError.broken("\(context): the next delivery ended with status \(status)")
    }
    try server.stop()
    for name in ["server.db", "agent.db"] { try Integrity.check(step(name)) }
    try Comparison(
      agents: [.init(database: step("agent.db"), ledger: template("ledger"))],
      server: step("server.db")
    ).check(context)
    return time
  }
}
