import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import NetmonCore
import NetmonStore
import TestCertificates

/// A server that slow clients hold on to, and one that is served meanwhile.
final class SlowTrial {
  private let server: Child
  private let port: UInt16
  private let files: CertificateFiles?
  private let url: String

  init(_ netmon: Netmon, _ place: Workplace, isPlain: Bool) throws {
    port = try Loopback.freePort()
    files = isPlain ? nil : try CertificateFiles()
    url = "\(isPlain ? "http" : "https")://localhost:\(port)"
    let store = try Store(path: place("server.db"))
    var load = Load(agent: store.id, seed: 1)
    // As many as the largest answer may hold.
    _ = try store.record(load.records(try store.reserveNumbers(10_000), at: .now))
    server = try netmon.serve(
      place("server.db"), port: port, files?.options ?? [], messages: place("server.log"))
    try eventually("a server that serves") {
      try server.expectRunning()
      return server.said.contains("serving ")
    }
  }

  func end() throws { try server.stop() }

  /// Has so many slow clients at work, and asks how another one fares.
  func run(connections: Int, for time: Duration) throws -> SlowResult {
    let authority = try files.map {
      try NIOSSLCertificate.fromPEMBytes(Array($0.issuer.pem.utf8))[0]
    }
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = authority.map { .certificates([$0]) }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    defer { try? group.syncShutdownGracefully() }
    let crowd = SlowCrowd(
      port: port, tls: try authority.map { _ in try NIOSSLContext(configuration: tls) },
      group: group)
    // Made once, which takes a while.
    for kind in SlowClient.allCases { _ = kind.beginning(isSecure: true) }
    let client = ServedClient(url: url, trusting: authority)
    defer { try? client.end() }
    // What the first requests of a server take is not the crowd's.
    try client.work(for: min(.seconds(5), time)) {}
    let (alone, before) = (client.times, try Usage(of: server.id).memory)
    var memory: [Int] = []
    Usage.resetPeak(of: server.id)
    crowd.start(connections)
    try client.work(for: time) {
      try server.expectRunning()
      memory.append(try Usage(of: server.id).memory)
    }
    let (figures, peak) = (crowd.figures, try Usage(of: server.id).peak)
    crowd.stop()
    return SlowResult(
      figures: figures, alone: alone, times: Array(client.times.dropFirst(alone.count)),
      failures: client.failures, memoryBefore: before, memory: memory, peak: peak)
  }
}

/// What came of it.
struct SlowResult {
  var figures: [SlowClient: SlowCrowd.Figures]
  /// How long each answer took, before there were others and then.
  var alone: [Duration]
  var times: [Duration]
  var failures: [String]
  /// kB, before the slow clients came.
  var memoryBefore: Int
  /// kB, after each request of the other client.
  var memory: [Int]
  /// kB, the most at any moment.
  var peak: Int

  /// kB that the server keeps: the median of the later half.
  private var memoryKept: Int {
    let later = memory.suffix(max(1, memory.count / 2)).sorted()
    return later.isEmpty ? memoryBefore : later[later.count / 2]
  }

  var text: String {
    let kinds = SlowClient.allCases.map { kind in
      let figures = figures[kind] ?? .init()
      let answers = figures.answers.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
      let told = answers.isEmpty ? "" : ", answered \(answers.joined(separator: ", "))"
      return "\(kind): \(figures.opened) connections, \(figures.open) open at the end\(told)"
    }
    return
      (kinds + [
        "another client alone: \(Self.text(alone))",
        "with them: \(Self.text(times)); "
          + "\(failures.count) failures",
        "memory: \(memoryBefore) kB before, then \(memoryKept) kB, \(peak) kB at most",
      ]).joined(separator: "\n")
  }

  private static func text(_ times: [Duration]) -> String {
    "\(times.count) answers, median \(quantile(0.5, of: times).text), "
      + "p99 \(quantile(0.99, of: times).text), longest \(quantile(1, of: times).text)"
  }

  private static func quantile(_ part: Double, of times: [Duration]) -> Duration {
    let sorted = times.sorted()
    guard !sorted.isEmpty else { return .zero }
    return sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))]
  }

  /// - Throws: ``FaultError/broken(_:)`` if the other client or the server's memory suffered.
  func check(slowest: Duration, growth: Int) throws {
    if let failure = failures.first { throw FaultError.broken("a request failed: \(failure)") }
    let p99 = Self.quantile(0.99, of: times)
    guard p99 <= slowest else { throw FaultError.broken("p99 is \(p99.text)") }
    let grown = peak - memoryBefore
    guard grown * 1024 <= growth else {
      throw FaultError.broken("the server took \(grown) kB more than before")
    }
  }
}
