import Glibc

/// Opens sockets, which stay open until the process ends.
enum Farm {
  /// How many of which kind; TCP in connections, UDP in pairs.
  struct Plan: Sendable {
    var ipv4 = 0
    var ipv6 = 0
    var mapped = 0
    var halfClosed = 0
    var udp = 0
    var udp6 = 0

    /// An upper bound of the descriptors it takes, the standard streams and listeners included.
    fileprivate var descriptors: Int {
      let pairs = ipv4 + ipv6 + mapped + halfClosed + udp + udp6
      return 2 * pairs + pairs / connectionsPerListener + 64
    }
  }

  /// Each listener is another pair of addresses, to which the ephemeral ports (28,232 unless
  /// configured, ip(7) `ip_local_port_range`) are all free again.
  private static let connectionsPerListener = 10_000

  /// Returns the number of sockets opened.
  static func open(_ plan: Plan) throws(SystemError) -> Int {
    try allowDescriptors(plan.descriptors)
    var count = 0
    count += try connect(plan.ipv4, over: .ipv4)
    count += try connect(plan.ipv6, over: .ipv6)
    count += try connect(plan.mapped, over: .mapped)
    count += try connect(plan.halfClosed, over: .ipv4) { client throws(SystemError) in
      try client.finishSending()
    }
    count += try exchange(plan.udp, over: .ipv4)
    count += try exchange(plan.udp6, over: .ipv6)
    return count
  }

  private static func connect(
    _ connections: Int, over network: LoopbackSocket.Network,
    then body: (LoopbackSocket) throws(SystemError) -> Void = { _ in }
  ) throws(SystemError) -> Int {
    var listeners = 0
    var opened = 0
    while opened < connections {
      let listener = try LoopbackSocket(SOCK_STREAM, over: network)
      try listener.listen()
      listeners += 1
      for _ in 0..<min(connections - opened, connectionsPerListener) {
        let client = try LoopbackSocket(SOCK_STREAM, over: network)
        try client.connect(to: listener)
        try listener.accept()
        try body(client)
        opened += 1
      }
    }
    return listeners + 2 * opened
  }

  private static func exchange(
    _ pairs: Int, over network: LoopbackSocket.Network
  ) throws(SystemError) -> Int {
    for _ in 0..<pairs {
      let receiver = try LoopbackSocket(SOCK_DGRAM, over: network)
      try receiver.bind()
      try LoopbackSocket(SOCK_DGRAM, over: network).connect(to: receiver)
    }
    return 2 * pairs
  }

  /// Raises the limit of open files if it is lower; root may raise the hard limit too
  /// (getrlimit(2)).
  private static func allowDescriptors(_ count: Int) throws(SystemError) {
    var limit = rlimit()
    try check(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit), "getrlimit")
    guard limit.rlim_cur < rlim_t(count) else { return }
    limit = rlimit(rlim_cur: rlim_t(count), rlim_max: max(limit.rlim_max, rlim_t(count)))
    try check(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit), "setrlimit")
  }
}
