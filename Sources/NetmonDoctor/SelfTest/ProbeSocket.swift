internal import CLinux
internal import Glibc
internal import NetmonCore
internal import NetmonKernel

/// A socket that provokes something; it closes itself.
final class ProbeSocket: Sendable {
  /// A family of addresses on the wire, and of the socket: an IPv6 socket may speak IPv4.
  enum Family: String, CaseIterable, Sendable {
    case ipv4, ipv6, mapped

    var loopback: IPAddress {
      self == .ipv6 ? IPAddress(high: 0, low: 1) : IPAddress(ipv4: INADDR_LOOPBACK)
    }
  }

  enum Kind: Sendable {
    case stream, datagram
  }

  let family: Family
  private let descriptor: Descriptor

  /// Waits within calls end after this, in seconds, so that nothing hangs.
  private static let patience = 8

  convenience init(_ family: Family, _ kind: Kind = .stream, isBlocking: Bool = true)
    throws(Provocation.Obstacle)
  {
    let type = kind == .stream ? SOCK_STREAM : SOCK_DGRAM
    let blocking = isBlocking ? 0 : SOCK_NONBLOCK.rawValue
    let domain = family == .ipv4 ? AF_INET : AF_INET6
    try self.init(
      family, socket(domain, Int32(type.rawValue | SOCK_CLOEXEC.rawValue | blocking), 0))
  }

  private init(_ family: Family, _ number: Int32) throws(Provocation.Obstacle) {
    self.family = family
    do throws(KernelError) {
      descriptor = try Descriptor(number, .socket, "probe")
    } catch {
      throw .kernel(error)
    }
    var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(
        number, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  /// Listens on loopback, at a free port.
  static func listening(_ family: Family) throws(Provocation.Obstacle) -> ProbeSocket {
    let socket = try ProbeSocket(family)
    try socket.listen(at: Endpoint(family.loopback, 0))
    return socket
  }

  func listen(at end: Endpoint) throws(Provocation.Obstacle) {
    try bind(to: end)
    guard Glibc.listen(descriptor.number, 16) == 0 else {
      throw .kernel(.system(.listen, subject: "\(end)", errno: errno))
    }
  }

  /// Has a free port of loopback to itself, at which nothing listens.
  static func bound(_ family: Family, _ kind: Kind = .stream) throws(Provocation.Obstacle)
    -> ProbeSocket
  {
    let socket = try ProbeSocket(family, kind)
    try socket.bind(to: Endpoint(family.loopback, 0))
    return socket
  }

  func bind(to end: Endpoint) throws(Provocation.Obstacle) {
    let result = Self.withAddress(end, family) { Glibc.bind(descriptor.number, $0, $1) }
    guard result == 0 else { throw .kernel(.system(.bind, subject: "\(end)", errno: errno)) }
  }

  /// Returns 0 or the errno of connect(2).
  func connect(to end: Endpoint) -> Int32 {
    while true {
      let result = Self.withAddress(end, family) { Glibc.connect(descriptor.number, $0, $1) }
      if result == 0 { return 0 }
      // Swift's runtime and the embedding program may use signals.
      guard errno == EINTR else { return errno }
      return awaitConnection()
    }
  }

  /// Waits for the end of an attempt that goes on: 0 or its errno.
  func awaitConnection() -> Int32 {
    guard isReady(for: POLLOUT) else { return ETIMEDOUT }
    return pendingError
  }

  func accept() throws(Provocation.Obstacle) -> ProbeSocket {
    guard isReady(for: POLLIN) else {
      throw .kernel(.system(.poll, subject: "listener", errno: ETIMEDOUT))
    }
    let accepted = try ProbeSocket(family, Glibc.accept(descriptor.number, nil, nil))
    _ = fcntl(accepted.descriptor.number, F_SETFD, FD_CLOEXEC)
    return accepted
  }

  /// Sends one byte; returns 0 or the errno of send(2).
  func sendByte() -> Int32 {
    Glibc.send(descriptor.number, "x", 1, Int32(MSG_NOSIGNAL)) == 1 ? 0 : errno
  }

  /// Waits for a byte; returns how many came, 0 at the end of the stream, or -errno.
  func receiveByte() -> Int {
    var byte: UInt8 = 0
    let count = recv(descriptor.number, &byte, 1, 0)
    return count >= 0 ? count : -Int(errno)
  }

  /// `SO_ERROR`: what the socket failed with, taken out; 0 for nothing.
  var pendingError: Int32 {
    var error: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor.number, SOL_SOCKET, SO_ERROR, &error, &length)
    return error
  }

  /// Makes closing reset the connection (socket(7), `SO_LINGER`).
  func resetOnClose() {
    var reset = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor.number, SOL_SOCKET, SO_LINGER, &reset, socklen_t(MemoryLayout<linger>.size))
  }

  /// Sets an integer option, and says whether the kernel took it.
  func set(_ option: Int32, level: Int32, to value: Int32) -> Bool {
    var value = value
    return setsockopt(
      descriptor.number, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
  }

  /// Waits until there is something to read or to write (poll(2)), or it failed; false when the
  /// time is up.
  func isReady(for event: Int32, milliseconds: Int32 = Int32(patience * 1000)) -> Bool {
    var entry = pollfd(fd: descriptor.number, events: Int16(event), revents: 0)
    return poll(&entry, 1, milliseconds) > 0
  }

  /// This end's address and port.
  var local: Endpoint {
    get throws(Provocation.Obstacle) {
      var storage = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let result = withUnsafeMutablePointer(to: &storage) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          getsockname(descriptor.number, $0, &length)
        }
      }
      guard result == 0 else {
        throw .kernel(.system(.getsockname, subject: "probe", errno: errno))
      }
      return withUnsafeBytes(of: storage) { Endpoint(bytes: $0) }
    }
  }

  static func withAddress<Result>(
    _ end: Endpoint, _ family: Family, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    func pass<Address>(_ address: Address) -> Result {
      withUnsafePointer(to: address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          body($0, socklen_t(MemoryLayout<Address>.size))
        }
      }
    }
    if family == .ipv4 {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = end.port.bigEndian
      address.sin_addr.s_addr = UInt32(truncatingIfNeeded: end.address.low).bigEndian
      return pass(address)
    }
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = end.port.bigEndian
    let prefix: [UInt8] =
      end.address.family == .ipv4 ? Array(repeating: 0, count: 10) + [0xFF, 0xFF] : []
    withUnsafeMutableBytes(of: &address.sin6_addr) {
      $0.copyBytes(from: prefix + end.address.bytes)
    }
    return pass(address)
  }
}

extension Endpoint {
  /// From a `sockaddr_in` or `sockaddr_in6` (ip(7), ipv6(7)).
  fileprivate init(bytes: UnsafeRawBufferPointer) {
    let isIPv6 = Int32(bytes.loadUnaligned(as: sa_family_t.self)) == AF_INET6
    let port = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
    func word(_ offset: Int) -> UInt64 {
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    let address =
      isIPv6
      ? IPAddress(high: word(8), low: word(16))
      : IPAddress(
        ipv4: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
    self.init(address, port)
  }
}

/// The name of an errno, or "success".
func errnoName(_ number: Int32) -> String {
  number == 0 ? "success" : ConnectionError(number: number)?.name ?? "errno \(number)"
}
