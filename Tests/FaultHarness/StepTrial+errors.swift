import Foundation

extension StepTrial {
  /// Which calls fail, and how.
  private static let errors: [(call: String, fault: Tracer.Fault)] = [
    ("pwrite64", .ENOSPC), ("pwrite64", .EIO), ("fdatasync", .EIO), ("ftruncate", .ENOSPC),
  ]

  /// Has single calls fail after the process is ready: it must go on, and nothing may be missing.
  func errors(on side: StepsCommand.Side, limit: Int) throws -> String {
    let start = ContinuousClock.now
    var lines: [String] = []
    for (name, fault) in Self.errors {
      // One after the other at first, later ever further apart.
      var (call, failures) = (1, 0)
      while true {
        let step = try begin()
        var tracer = try Tracer(fault, call: call, below: step.path, report: step("report"))
        tracer.name = name
        tracer.waits = true
        // Long enough for it to be met more than once.
        tracer.times = 3
        switch side {
        case .server: try deliverToFailing(tracer, step)
        case .agent: try deliverFailing(tracer, step)
        }
        try finish(
          step, "\(name) \(call) failed by \(fault.rawValue) on the \(side.rawValue)'s side")
        if try tracer.result().strikes == 0 || failures == limit { break }
        failures += 1
        call += 1 + call / 3
      }
      lines.append("\(name) \(fault.rawValue) at \(failures)")
    }
    return """
      \(side.rawValue): failing calls, three in a row each: \(lines.joined(separator: ", ")) places; \
      it ran on, and all records are there exactly once; \(start.duration(to: .now).text)
      """
  }

  private func deliverToFailing(_ tracer: Tracer, _ step: Workplace) throws {
    let server = try netmon.serve(
      step("server.db"), port: port, messages: step("server.log"), tracer: tracer)
    try eventually("a server that is ready") {
      try server.expectRunning()
      return (try? HTTP.get("/readyz", port: port, timeout: .seconds(2)))?.status == 200
    }
    server.send(SIGUSR1)
    try eventually("a delivery in spite of calls that failed") {
      try server.expectRunning()
      return try netmon.deliver(step("agent.db"), port: port, messages: step("agent.log")) == 0
    }
    try server.expectRunning()
    server.send(SIGTERM)
    // Whether it could tidy up is another matter.
    _ = try server.wait()
  }

  /// A collector that runs on its own: what it sees meanwhile must be stored too.
  private func deliverFailing(_ tracer: Tracer, _ step: Workplace) throws {
    let server = try netmon.serve(step("server.db"), port: port, messages: step("server.log"))
    _ = try netmon.awaitReady(server, port: port)
    let collector = try netmon.collect(
      step("agent.db"), port: port, ["--interval", "100ms"], messages: step("agent.log"),
      tracer: tracer)
    try eventually("a collector that collects") {
      try collector.expectRunning()
      return collector.said.contains("collecting into")
    }
    collector.send(SIGUSR1)
    let seen = try OpenConnections(5)
    try eventually("\(seen.count) connections, seen while calls failed") {
      try collector.expectRunning()
      return try seen.recorded(by: port) >= seen.count
    }
    collector.send(SIGTERM)
    _ = try collector.wait()
    try server.stop()
  }
}
