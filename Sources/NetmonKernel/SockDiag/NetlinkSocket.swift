internal import CLinux
internal import Glibc

/// What carries netlink datagrams, so that tests can replay the kernel's.
package protocol NetlinkTransport: Sendable {
  func send(_ request: [UInt8]) throws(KernelError)
  /// The next datagram's bytes, written to the front of `buffer`; nil if there is none yet.
  func receive(into buffer: inout [UInt8]) throws(KernelError) -> Int?
}

/// A netlink socket (netlink(7)). It belongs to the network namespace in which it was made, and
/// keeps that alive.
final class NetlinkSocket: NetlinkTransport {
  let descriptor: Descriptor

  /// Opens a socket of a family such as `NETLINK_SOCK_DIAG`, in our own network namespace or in
  /// `network`, an open `/proc/PID/ns/net`. A blocking one waits for answers, at most 5 s for each.
  ///
  /// Throws `KernelError.system`: EPERM for another namespace without CAP_SYS_ADMIN.
  convenience init(
    family: Int32, in network: Descriptor? = nil, isBlocking: Bool
  ) throws(KernelError) {
    let blocking = isBlocking ? 0 : SOCK_NONBLOCK.rawValue
    let type = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | blocking)
    let number =
      if let network {
        linux_socket_in_namespace(network.number, AF_NETLINK, type, family)
      } else {
        socket(AF_NETLINK, type, family)
      }
    try self.init(number)
  }

  /// One for sock_diag in `network` that a janitor opens, where this process may not.
  convenience init(diagIn network: Descriptor, by janitor: Janitor) throws(KernelError) {
    try self.init(janitor.openDiagSocket(in: network))
  }

  /// Takes over what a call returned, or its errno.
  private init(_ number: Int32) throws(KernelError) {
    descriptor = try Descriptor(number, .socket, "netlink")
    var timeout = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(
      descriptor.number, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
  }

  /// Joins multicast groups, a mask of their numbers minus one.
  func join(groups: UInt32) throws(KernelError) {
    var address = sockaddr_nl()
    address.nl_family = sa_family_t(AF_NETLINK)
    address.nl_groups = groups
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor.number, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
      }
    }
    guard result == 0 else { throw .system(.bind, subject: "netlink groups", errno: errno) }
  }

  /// Sets an integer option, and says whether the kernel took it.
  @discardableResult
  func set(_ option: Int32, level: Int32, to value: Int32) -> Bool {
    var value = value
    return setsockopt(
      descriptor.number, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
  }

  func send(_ request: [UInt8]) throws(KernelError) {
    _ = try descriptor.take(.send, "netlink") {
      request.withUnsafeBytes { Glibc.send(descriptor.number, $0.baseAddress, $0.count, 0) }
    }
  }

  func receive(into buffer: inout [UInt8]) throws(KernelError) -> Int? {
    try descriptor.take(.receive, "netlink") {
      buffer.withUnsafeMutableBytes { recv(descriptor.number, $0.baseAddress, $0.count, 0) }
    }
  }
}

extension NetlinkSocket {
  /// Sends a request that asks for an acknowledgement (NLM_F_ACK), and waits for that.
  ///
  /// Throws `KernelError.system` with the errno it tells, ETIMEDOUT if none comes.
  func sendAcknowledged(_ request: [UInt8], _ subject: String) throws(KernelError) {
    var buffer = [UInt8](repeating: 0, count: 4096)
    try send(request)
    guard let count = try receive(into: &buffer) else {
      throw .system(.receive, subject: subject, errno: ETIMEDOUT)
    }
    var result: Int32?
    let datagram = buffer.span.bytes.extracting(0..<count)
    let isWhole = NetlinkMessage.forEach(in: datagram) { header, payload in
      if Int32(header.nlmsg_type) == NLMSG_ERROR { result = payload.value(0) }
    }
    guard isWhole, let result else { throw .malformed(subject) }
    guard result == 0 else { throw .system(.send, subject: subject, errno: -result) }
  }
}
