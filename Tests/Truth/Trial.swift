import Foundation
import NetmonCore
import NetmonStore

/// One run of the workload while netmon collects, in a directory of its own.
struct Trial {
  var netmon: String
  var workload: String
  var directory: String
  /// Arguments of the workload.
  var arguments: [String]
  var limit: Duration

  /// What the workload says of its attempts, and what netmon does.
  struct Result {
    var attempts: [LoggedAttempt]
    var records: [Connection]
    var gaps: [LostEvents]
  }

  private func file(_ name: String) -> String { "\(directory)/\(name)" }

  func run() throws -> Result {
    let collector = try Program(
      netmon, ["collect", "--db", file("netmon.db"), "--source", "kernel"],
      output: "/dev/null", messages: file("netmon.err"), limit: limit)
    var attempts: [LoggedAttempt]
    do {
      try waitUntil("netmon's first line") { try text("netmon.err").contains("collecting into") }
      attempts = try work("log", arguments)
      // Records are stored in the order of their ends: with a later one's all are there.
      attempts += try lastAttempts()
    } catch {
      collector.stop()
      try? collector.wait()
      FileHandle.standardError.write(Data(try text("netmon.err").utf8))
      throw error
    }
    collector.stop()
    try collector.wait()
    return Result(
      attempts: attempts, records: try records(), gaps: try LostEvents.list(in: file("netmon.db")))
  }

  /// Makes attempts until some are recorded: netmon may have lost the first ones.
  private func lastAttempts() throws -> [LoggedAttempt] {
    var attempts: [LoggedAttempt] = []
    for number in 1...6 {
      let last = try work(
        "last-\(number)", ["--attempts", "2", "--rate", "2", "--classes", "refused"])
      attempts += last
      let deadline = ContinuousClock.now + .seconds(10)
      while ContinuousClock.now < deadline {
        if try count(last) >= last.count { return attempts }
        usleep(100_000)
      }
    }
    throw TruthError.late("the last attempt")
  }

  /// Runs the workload to its end.
  private func work(_ log: String, _ arguments: [String]) throws -> [LoggedAttempt] {
    let program = try Program(
      workload,
      ["--directory", directory, "--log", file(log), "--limit", "\(limit.components.seconds)"]
        + arguments,
      output: "/dev/null", messages: file("workload.err"), limit: limit)
    do {
      try program.wait()
    } catch {
      FileHandle.standardError.write(Data(try text("workload.err").utf8))
      throw error
    }
    return try LoggedAttempt.list(data(log))
  }

  /// How many of these are recorded.
  private func count(_ attempts: [LoggedAttempt]) throws -> Int {
    let pids = attempts.map { "\($0.pid)" }.joined(separator: ",")
    // Pids are soon given out again.
    let start = attempts.first?.start.advanced(byMicroseconds: -1_000_000)
    let since = start.map { ["since:\($0)"] } ?? []
    try query(["pid:\(pids)", "direction:outbound", "--count"] + since, into: "count")
    return Int(try text("count").filter(\.isNumber)) ?? 0
  }

  private func records() throws -> [Connection] {
    try query(["-o", "jsonl"], into: "records.jsonl")
    return try RecordReader.read(Array(data("records.jsonl")), as: .lines).connections
  }

  private func query(_ arguments: [String], into name: String) throws {
    try Program(
      netmon, ["query", "--db", file("netmon.db"), "--limit", "0"] + arguments,
      output: file(name), messages: "/dev/null", limit: limit
    ).wait()
  }

  private func data(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: file(name)))
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try data(name), as: UTF8.self)
  }

  /// Asks again and again, for a minute at most.
  private func waitUntil(_ what: String, _ condition: () throws -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try !condition() {
      guard ContinuousClock.now < deadline else { throw TruthError.late(what) }
      usleep(100_000)
    }
  }
}
