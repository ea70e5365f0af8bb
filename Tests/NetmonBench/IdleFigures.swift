import Glibc

/// What `netmon collect` takes while nothing happens.
struct IdleFigures {
  private let sockets: Int
  /// The share of one CPU.
  private let cpu: Double
  /// In bytes.
  private let memory: Int

  /// Opens so many connections, and watches for 30 seconds.
  init(_ netmon: String, connections: Int) throws {
    let farms = try Farm.start(
      connections: connections, processes: connections == 0 ? 0 : 10, namespaces: 1)
    defer { withExtendedLifetime(farms) {} }
    sockets = farms.reduce(0) { $0 + $1.sockets }
    let watcher = try WatcherKind.netmon(netmon, arguments: []).start()
    for _ in 0..<5 { try watcher.settle() }
    let clock = ContinuousClock()
    let (start, time) = (try watcher.cpu(), clock.now)
    for _ in 0..<15 { try watcher.settle() }
    cpu = try (watcher.cpu() - start) / (clock.now - time)
    memory = try watcher.anonymousMemory()
  }

  static let heading = """
    | open sockets | CPU | anonymous memory |
    |--:|--:|--:|
    """
}

extension IdleFigures: CustomStringConvertible {
  var description: String {
    "| \(sockets) | \((100 * cpu).rounded(to: 2)) % of one "
      + "| \((Double(memory) / 1_048_576).rounded(to: 1)) MiB |"
  }
}
