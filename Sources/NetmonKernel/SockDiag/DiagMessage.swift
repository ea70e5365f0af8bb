internal import CLinux
internal import Glibc
internal import NetmonCore

/// One socket as sock_diag tells it: `struct inet_diag_msg` and attributes (sock_diag(7),
/// `include/uapi/linux/inet_diag.h`).
struct DiagMessage {
  /// The socket, with figures if they were asked for.
  var entry: SocketEntry

  /// Reads a payload of the protocol that was asked for; messages of multicast groups say it
  /// themselves. Nil if it is cut short, or of a family, protocol or state that netmon does not know.
  init?(_ payload: RawSpan, _ transport: TransportProtocol, networkNamespace: UInt64) {
    guard let message = payload.value(0, as: inet_diag_msg.self),
      let state = TCPState(kernel: message.idiag_state)
    else { return nil }
    let ports = message.id
    let isIPv6 = Int32(message.idiag_family) == AF_INET6
    guard isIPv6 || Int32(message.idiag_family) == AF_INET else { return nil }
    func address(_ offset: Int) -> IPAddress {
      isIPv6 ? payload.ipv6(offset) : payload.ipv4(offset)
    }
    entry = SocketEntry(
      networkNamespace: networkNamespace, transport: transport, state: state,
      local: Endpoint(address(Self.source), UInt16(bigEndian: ports.idiag_sport)),
      remote: Endpoint(address(Self.destination), UInt16(bigEndian: ports.idiag_dport)),
      inode: UInt64(message.idiag_inode), userID: message.idiag_uid,
      retransmits: UInt32(message.idiag_retrans))
    entry.cookie = UInt64(ports.idiag_cookie.1) << 32 | UInt64(ports.idiag_cookie.0)
    var drops: UInt32?
    var isUnknown = false
    NetlinkMessage.forEachAttribute(in: payload, from: MemoryLayout<inet_diag_msg>.size) {
      type, value in
      switch type {
      case INET_DIAG_INFO: entry.figures = SocketFigures(tcpInfo: value)
      case INET_DIAG_SKMEMINFO: drops = value.value(4 * Int(SK_MEMINFO_DROPS))
      case INET_DIAG_PROTOCOL:
        guard let number = value.value(0, as: UInt8.self),
          let known = TransportProtocol(rawValue: number)
        else { return isUnknown = true }
        entry.transport = known
      default: break
      }
    }
    if isUnknown { return nil }
    if state == .LISTEN {
      entry.listenQueue = ListenQueue(length: message.idiag_rqueue, limit: message.idiag_wqueue)
    }
    if state == .LISTEN || entry.transport == .udp { entry.drops = drops }
  }

  private static let id = MemoryLayout<inet_diag_msg>.offset(of: \.id) ?? 4
  private static let source = id + (MemoryLayout<inet_diag_sockid>.offset(of: \.idiag_src) ?? 4)
  private static let destination =
    id + (MemoryLayout<inet_diag_sockid>.offset(of: \.idiag_dst) ?? 20)
}

extension SocketFigures {
  /// From a `struct tcp_info`; nil if the kernel's has no byte counters.
  fileprivate init?(tcpInfo: RawSpan) {
    var figures = linux_tcp_figures()
    let isRead = tcpInfo.withUnsafeBytes { bytes in
      bytes.baseAddress.map { linux_read_tcp_info($0, bytes.count, &figures) } ?? false
    }
    guard isRead else { return nil }
    self.init(
      bytesSent: figures.bytes_sent, bytesReceived: figures.bytes_received, rtt: figures.rtt_us,
      retransmits: figures.total_retrans)
  }
}
