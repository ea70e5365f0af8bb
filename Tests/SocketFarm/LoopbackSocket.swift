import Glibc

/// A socket on a loopback address, open until the process ends.
struct LoopbackSocket {
  enum Network: String {
    case ipv4 = "127.0.0.1"
    case ipv6 = "::1"
    /// IPv4 by an IPv6 socket (RFC 4291 §2.5.5.2).
    case mapped = "::ffff:127.0.0.1"
  }

  private let descriptor: Int32
  private let network: Network

  init(_ type: __socket_type, over network: Network) throws(SystemError) {
    let family = network == .ipv4 ? AF_INET : AF_INET6
    descriptor = socket(family, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
    self.network = network
    try check(descriptor, "socket")
    // With a reset in place of FIN nothing is left in TIME_WAIT for later measurements. What is
    // accepted inherits it from its listener (socket(7) `SO_LINGER`).
    var reset = linger(l_onoff: 1, l_linger: 0)
    let size = socklen_t(MemoryLayout.size(ofValue: reset))
    try check(setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, size), "setsockopt")
  }

  /// Takes the loopback address and a free port.
  func bind() throws(SystemError) {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST
    var addresses: UnsafeMutablePointer<addrinfo>?
    // Nothing but memory can be wanting for a numeric address.
    guard getaddrinfo(network.rawValue, nil, &hints, &addresses) == 0, let first = addresses else {
      throw SystemError(operation: "getaddrinfo", errno: ENOMEM)
    }
    defer { freeaddrinfo(first) }
    try check(Glibc.bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen), "bind")
  }

  func listen() throws(SystemError) {
    try bind()
    try check(Glibc.listen(descriptor, 1), "listen")
  }

  func connect(to peer: LoopbackSocket) throws(SystemError) {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout.size(ofValue: address))
    // The name of the call that failed, if one did.
    let failed: String? = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        if getsockname(peer.descriptor, address, &length) != 0 { return "getsockname" }
        if Glibc.connect(descriptor, address, length) != 0 { return "connect" }
        return nil
      }
    }
    if let failed { throw SystemError(operation: failed, errno: errno) }
  }

  /// Takes the connection that a client has made.
  func accept() throws(SystemError) {
    try check(Glibc.accept(descriptor, nil, nil), "accept")
  }

  /// Sends FIN.
  func finishSending() throws(SystemError) {
    try check(shutdown(descriptor, Int32(SHUT_WR)), "shutdown")
  }
}
