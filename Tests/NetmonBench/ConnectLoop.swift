import Glibc

/// One thread that connects to itself over loopback, accepts, and closes both ends, as fast as it
/// can: what a watcher of connections slows down most.
struct ConnectLoop {
  /// The connections it made.
  private(set) var connections = 0
  /// Listeners, open until the process ends. They take turns, as each connection occupies a port
  /// towards its target for a minute (`TIME_WAIT`).
  private let targets: [(socket: Int32, address: sockaddr_in)]
  private var next = 0

  init() throws(BenchError) {
    var targets: [(socket: Int32, address: sockaddr_in)] = []
    for host in 1...UInt32(32) { targets.append(try Self.listen(on: INADDR_LOOPBACK + host)) }
    self.targets = targets
  }

  /// Goes on for a while; returns how many connections it made in each second of it.
  mutating func run(for duration: Duration) throws(BenchError) -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    var count = 0
    while clock.now - start < duration {
      for _ in 0..<64 { try connect() }
      next = (next + 1) % targets.count
      count += 64
    }
    connections += count
    return Double(count) / ((clock.now - start) / .seconds(1))
  }

  private func connect() throws(BenchError) {
    let target = targets[next]
    let client = try check(socket(AF_INET, Self.type, 0), "socket")
    let result = withAddress(target.address) { Glibc.connect(client, $0, $1) }
    _ = try check(result, "connect")
    close(try check(accept(target.socket, nil, nil), "accept"))
    close(client)
  }

  private static let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)

  private static func listen(on host: UInt32) throws(BenchError) -> (Int32, sockaddr_in) {
    let listener = try check(socket(AF_INET, type, 0), "socket")
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = host.bigEndian
    _ = try check(withAddress(address) { bind(listener, $0, $1) }, "bind")
    _ = try check(Glibc.listen(listener, 128), "listen")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutableBytes(of: &address) { bytes in
      getsockname(listener, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, &length)
    }
    _ = try check(result, "getsockname")
    return (listener, address)
  }
}

private func withAddress(
  _ address: sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
) -> Int32 {
  withUnsafeBytes(of: address) { bytes in
    body(bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t(bytes.count))
  }
}

private func check(_ result: Int32, _ operation: String) throws(BenchError) -> Int32 {
  guard result >= 0 else { throw .system(operation, errno: errno) }
  return result
}
