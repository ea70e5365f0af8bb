import Foundation
import NetmonCore
import NetmonStore

/// A server that collects, watched from outside each second.
struct SoakTrial {
  private let netmon: Netmon
  private let place: Workplace
  private let port: UInt16
  private let server: Child
  private let size: Int64
  private var traffic: Traffic
  private var samples: [Sample] = []

  /// What the process takes at a moment.
  private struct Sample {
    var time: Duration
    /// KiB.
    var memory: Int
    var descriptors: Int
    /// Bytes of the files.
    var database: Int64
    var log: Int64
    var records: Int
    var connections: Int
  }

  init(netmon: Netmon, place: Workplace, rate: Int, size: Int64) throws {
    (self.netmon, self.place, self.size) = (netmon, place, size)
    port = try Loopback.freePort()
    traffic = try Traffic(rate: rate)
    server = try netmon.serve(
      place("netmon.db"), port: port,
      ["--collect", "--max-size", "\(size)", "--retention", "20m", "--retention-ok", "10m"],
      messages: place("server.log"))
    _ = try netmon.awaitReady(server, port: port)
  }

  mutating func run(for time: Duration) throws -> String {
    let start = ContinuousClock.now
    var next = Duration.zero
    while start.duration(to: .now) < time {
      try server.expectRunning()
      try traffic.catchUp()
      pause(for: .milliseconds(2))
      let now = start.duration(to: .now)
      if now >= next {
        samples.append(try sample(at: now))
        next = now + .seconds(1)
      }
    }
    samples.append(try sample(at: start.duration(to: .now)))
    let gaps = try HTTP.objects("/api/gaps", port: port)
    try server.stop(within: .seconds(60))
    try Integrity.check(place("netmon.db"))
    let report = text(gaps)
    try check(report)
    return report
  }

  private func sample(at time: Duration) throws -> Sample {
    // The collector is a process of its own.
    let processes = try Usage.family(of: server.id)
    let records = try HTTP.get("/api/stats", port: port)
    let statistics = try JSONSerialization.jsonObject(with: records.body) as? [String: Any]
    return Sample(
      time: time, memory: try processes.reduce(0) { try $0 + Usage(of: $1).memory },
      descriptors: try processes.reduce(0) { try $0 + Usage.descriptors(of: $1) },
      database: fileSize(place("netmon.db")), log: fileSize(place("netmon.db-wal")),
      records: statistics?["connections"] as? Int ?? 0, connections: traffic.connections)
  }

  private func fileSize(_ path: String) -> Int64 {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : 0
  }

  // MARK: - What must hold

  /// After a tenth of the time, when what it needs at first is there.
  private var early: Sample { samples[samples.count / 10] }
  /// The medians of the three tenths after that and of the last three: what is free goes back to the
  /// kernel from time to time, so that one moment says little.
  private var earlyMemory: Int { memory(samples.dropFirst(samples.count / 10)) }
  private var lateMemory: Int { memory(samples.dropFirst(samples.count * 7 / 10)) }
  private var last: Sample { samples[samples.count - 1] }
  private var longestLog: Int64 { samples.map(\.log).max() ?? 0 }
  private var largest: Int64 { samples.map { $0.database + $0.log }.max() ?? 0 }

  /// The median over as many samples as three tenths of the time have, in KiB.
  private func memory(_ samples: ArraySlice<Sample>) -> Int {
    let sizes = samples.prefix(max(1, self.samples.count * 3 / 10)).map(\.memory).sorted()
    return sizes[sizes.count / 2]
  }

  private func check(_ report: String) throws {
    var flaws: [String] = []
    // Of what is near to nothing a tenth says nothing.
    if lateMemory > earlyMemory + max(earlyMemory / 10, 4096) { flaws.append("memory grew") }
    if last.descriptors > early.descriptors + 8 { flaws.append("descriptors grew") }
    if largest > size { flaws.append("the database and its log grew beyond --max-size") }
    // Each connection has two ends here.
    if last.records >= 2 * last.connections * 19 / 20, largest > size / 2 {
      flaws.append("nothing was removed")
    }
    guard flaws.isEmpty else {
      throw FaultError.broken("\(flaws.joined(separator: "; "))\n\(report)")
    }
  }

  private func text(_ gaps: [[String: Any]]) -> String {
    let rows = (0...10).map { tenth in
      let sample = samples[(samples.count - 1) * tenth / 10]
      return "| \(sample.time.text) | \(sample.connections) | \(sample.records) "
        + "| \(Self.megabytes(Int64(sample.memory) * 1024)) | \(sample.descriptors) "
        + "| \(Self.megabytes(sample.database)) | \(Self.megabytes(sample.log)) |"
    }
    let reasons = Dictionary(grouping: gaps) { "\($0["reason"] ?? "")" }
    let lost = reasons.map { "\($1.count) × \($0)" }
    return """
      | time | connections made | records held | RSS MB | descriptors | database MB | log MB |
      |--:|--:|--:|--:|--:|--:|--:|
      \(rows.joined(separator: "\n"))

      RSS, medians: \(Self.megabytes(Int64(earlyMemory) * 1024)) MB from one to four tenths of the \
      time, \(Self.megabytes(Int64(lateMemory) * 1024)) MB in the last three; longest log \
      \(Self.megabytes(longestLog)) MB; database and log at most \(Self.megabytes(largest)) MB of \
      \(Self.megabytes(size)) MB
      gaps: \(lost.isEmpty ? "none" : lost.joined(separator: ", "))
      integrity_check: ok
      """
  }

  private static func megabytes(_ bytes: Int64) -> String {
    "\((Double(bytes) / 100_000).rounded() / 10)"
  }
}
