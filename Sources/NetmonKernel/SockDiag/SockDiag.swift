internal import CLinux
internal import Glibc
package import NetmonCore

/// Lists the sockets of a network namespace (sock_diag(7)). Needs no privilege.
package struct SockDiag<Transport: NetlinkTransport>: Sendable {
  private let transport: Transport
  private var sequence: UInt32 = 0
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)

  package init(_ transport: Transport) {
    self.transport = transport
  }

  /// Hands out all sockets of one protocol and family.
  ///
  /// With `figures`, TCP sockets come with bytes, round-trip time and retransmits; listeners and
  /// drops are always counted.
  ///
  /// Throws `KernelError`: ENOENT if the kernel has no such table.
  /// Returns the number of messages that are not as documented.
  package mutating func dump(
    _ socketTransport: TransportProtocol, _ family: IPAddress.Family, networkNamespace: UInt64,
    figures: Bool, _ body: (SocketEntry) -> Void
  ) throws(KernelError) -> Int {
    var request = inet_diag_req_v2()
    request.sdiag_family = UInt8(family == .ipv4 ? AF_INET : AF_INET6)
    request.sdiag_protocol = socketTransport.rawValue
    request.idiag_states = Self.allStates
    if figures, socketTransport == .tcp { request.idiag_ext |= 1 << (INET_DIAG_INFO - 1) }
    request.idiag_ext |= 1 << (INET_DIAG_SKMEMINFO - 1)
    sequence &+= 1
    try transport.send(
      NetlinkMessage.request(
        type: SOCK_DIAG_BY_FAMILY, flags: NLM_F_REQUEST | NLM_F_DUMP, sequence: sequence, request))
    var malformed = 0
    var end: End?
    while end == nil {
      guard let count = try transport.receive(into: &buffer) else {
        throw .system(.receive, subject: "sock_diag", errno: ETIMEDOUT)
      }
      let datagram = buffer.span.bytes.extracting(0..<count)
      let isWhole = NetlinkMessage.forEach(in: datagram) { header, payload in
        // What is left of a dump that ended early.
        guard header.nlmsg_seq == sequence else { return }
        if let found = Self.end(header, payload) {
          end = found
        } else if let message = DiagMessage(
          payload, socketTransport, networkNamespace: networkNamespace)
        {
          body(message.entry)
        } else {
          malformed += 1
        }
      }
      if !isWhole { malformed += 1 }
    }
    if case .failed(let errno) = end {
      throw .system(.receive, subject: "sock_diag", errno: errno)
    }
    return malformed
  }

  private enum End {
    case done
    case failed(errno: Int32)
  }

  /// Both kinds of end begin with 0 or a negative errno.
  private static func end(_ header: nlmsghdr, _ payload: RawSpan) -> End? {
    let type = Int32(header.nlmsg_type)
    guard type == NLMSG_DONE || type == NLMSG_ERROR else { return nil }
    let result: Int32 = payload.value(0) ?? 0
    guard result < 0 else { return .done }
    return .failed(errno: result == .min ? EIO : -result)
  }

  /// `TCPF_ALL` (`include/net/tcp_states.h`): every state from ESTABLISHED to CLOSING.
  private static var allStates: UInt32 { 0xFFF }
}
