import Foundation

/// Connections of this process to itself at an even rate: one in twenty is refused, the others
/// exchange a few bytes and end.
struct Traffic {
  private(set) var connections = 0
  private let rate: Int
  private let start = ContinuousClock.now
  /// They take turns, as each connection occupies a port towards its target for a minute
  /// (`TIME_WAIT`).
  private let targets: [(socket: Int32, port: UInt16)]
  /// Nobody listens here.
  private let closed: UInt16

  init(rate: Int) throws {
    self.rate = rate
    targets = try (0..<16).map { _ in try Loopback.listen() }
    closed = try Loopback.freePort()
  }

  /// Makes those that are due, and returns.
  mutating func catchUp() throws {
    let due = Int(start.duration(to: .now) / .seconds(1) * Double(rate))
    // What cannot be kept up with is not caught up on later.
    for _ in 0..<min(max(0, due - connections), rate) { try connect() }
    connections = max(connections, due)
  }

  private mutating func connect() throws {
    connections += 1
    if connections.isMultiple(of: 20) {
      if let socket = try? Loopback.connect(port: closed) { close(socket) }
      return
    }
    let target = targets[connections % targets.count]
    let client = try Loopback.connect(port: target.port)
    defer { close(client) }
    let accepted = accept(target.socket, nil, nil)
    guard accepted >= 0 else { throw FaultError.system("accept", errno: errno) }
    defer { close(accepted) }
    _ = "hello".withCString { write(client, $0, 5) }
  }
}
