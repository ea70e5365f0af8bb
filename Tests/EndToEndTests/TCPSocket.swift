import Glibc

/// A TCP socket of the test itself on a loopback address, closed at the end of its life.
final class TCPSocket: Sendable {
  enum Family: CaseIterable {
    case ipv4, ipv6
  }

  let descriptor: Int32
  private let family: Family

  private init(_ descriptor: Int32, _ family: Family) throws {
    self.descriptor = descriptor
    self.family = family
    try Self.check(descriptor, "socket")
    // Closing resets, so that the connection is over at once on both sides (socket(7)).
    var reset = linger(l_onoff: 1, l_linger: 0)
    let size = socklen_t(MemoryLayout.size(ofValue: reset))
    try Self.check(setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, size), "setsockopt")
  }

  deinit { Glibc.close(descriptor) }

  /// A listener on a free port.
  static func listening(over family: Family = .ipv4) throws -> TCPSocket {
    let socket = try opened(family)
    try socket.withLoopback(port: 0) { address, length in
      try check(bind(socket.descriptor, address, length), "bind")
    }
    try check(listen(socket.descriptor, 16), "listen")
    return socket
  }

  /// A client of a listener.
  static func connected(to listener: TCPSocket) throws -> TCPSocket {
    let socket = try opened(listener.family)
    try socket.withLoopback(port: listener.port) { address, length in
      try check(connect(socket.descriptor, address, length), "connect")
    }
    return socket
  }

  /// The next client of this listener; throws once it is shut down.
  func accept() throws -> TCPSocket {
    let accepted = try TCPSocket(Glibc.accept(descriptor, nil, nil), family)
    try Self.check(fcntl(accepted.descriptor, F_SETFD, FD_CLOEXEC), "fcntl")
    return accepted
  }

  var port: UInt16 {
    withUnsafeTemporaryAllocation(of: sockaddr_storage.self, capacity: 1) { storage in
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      // The port is at the same place in both families (ip(7), ipv6(7)).
      return storage.withMemoryRebound(to: sockaddr.self) { address in
        guard getsockname(descriptor, address.baseAddress, &length) == 0 else { return 0 }
        return address.withMemoryRebound(to: sockaddr_in.self) { $0[0].sin_port.bigEndian }
      }
    }
  }

  /// `127.0.0.1:40000` or `[::1]:40000`.
  var address: String { (family == .ipv4 ? "127.0.0.1:" : "[::1]:") + "\(port)" }

  /// `0.0.0.0:0` or `[::]:0`.
  var unspecified: String { family == .ipv4 ? "0.0.0.0:0" : "[::]:0" }

  private static func opened(_ family: Family) throws -> TCPSocket {
    let domain = family == .ipv4 ? AF_INET : AF_INET6
    // Whatever the test starts must not inherit it, or it would have two owners.
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    return try TCPSocket(socket(domain, type, 0), family)
  }

  private func withLoopback(
    port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Void
  ) throws {
    func pass<Address>(_ address: Address) throws {
      try withUnsafePointer(to: address) { pointer in
        try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          try body($0, socklen_t(MemoryLayout<Address>.size))
        }
      }
    }
    switch family {
    case .ipv4:
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
      try pass(address)
    case .ipv6:
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      address.sin6_addr = in6addr_loopback
      try pass(address)
    }
  }

  private static func check(_ result: Int32, _ operation: String) throws {
    if result < 0 { throw Failure(operation: operation, number: errno) }
  }

  struct Failure: Error {
    var operation: String
    var number: Int32
  }
}
