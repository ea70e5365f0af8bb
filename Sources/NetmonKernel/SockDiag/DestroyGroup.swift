internal import CLinux
internal import Glibc
package import NetmonCore

/// Hears of every TCP socket that is destroyed, with its final figures: the multicast groups
/// `SKNLGRP_INET_TCP_DESTROY` and `SKNLGRP_INET6_TCP_DESTROY` of sock_diag (`net/core/sock_diag.c`).
package final class DestroyGroup {
  private let socket: NetlinkSocket
  /// By which other namespaces are heard; nil where none may be.
  let numbers: NamespaceNumbers?
  private var buffer = [UInt8](repeating: 0, count: 1 << 14)

  var descriptor: Descriptor { socket.descriptor }

  /// Joins the groups, in this namespace and all that have a number here (ip-netns(8), nsid). So
  /// many bytes may wait to be read; more than `rmem_max` take CAP_NET_ADMIN.
  ///
  /// Throws `KernelError.system` if there are no such groups.
  init(bytes: Int32 = 8 << 20) throws(KernelError) {
    socket = try NetlinkSocket(family: NETLINK_SOCK_DIAG, isBlocking: false)
    if !socket.set(SO_RCVBUFFORCE, level: SOL_SOCKET, to: bytes) {
      socket.set(SO_RCVBUF, level: SOL_SOCKET, to: bytes)
    }
    // A number cannot be taken back, so none is given for nothing.
    let hearsAll = socket.set(NETLINK_LISTEN_ALL_NSID, level: SOL_NETLINK, to: 1)
    numbers = hearsAll ? try? NamespaceNumbers() : nil
    try socket.join(
      groups: Self.groups.reduce(0) { $0 | 1 << ($1 - 1) })
  }

  private static let groups = [
    UInt32(SKNLGRP_INET_TCP_DESTROY.rawValue), UInt32(SKNLGRP_INET6_TCP_DESTROY.rawValue),
  ]

  /// Whether the kernel makes messages for us.
  var isJoined = true {
    didSet {
      guard isJoined != oldValue else { return }
      let option = isJoined ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP
      for group in Self.groups {
        socket.set(option, level: SOL_NETLINK, to: Int32(group))
      }
    }
  }

  /// Takes out what has come. The messages have no time: that of the events is read from `clock`
  /// once they are here, so that none comes before the end of its socket.
  ///
  /// Returns why no more could be read, if that was so: what was lost by it is told as well.
  func drain(clock: () -> UInt64, _ body: (SocketEvent) -> Void) -> KernelError? {
    while true {
      do throws(KernelError) {
        guard let count = try socket.receive(into: &buffer) else { return nil }
        Self.decode(buffer.span.bytes.extracting(0..<count), time: clock(), body)
      } catch {
        let time = clock()
        body(Self.event(.lost(.sock_diag, count: 0, until: time), time))
        // When the buffer was full, what follows is there.
        guard error.errno == ENOBUFS else { return error }
      }
    }
  }

  private static func event(_ kind: SocketEvent.Kind, _ time: UInt64) -> SocketEvent {
    SocketEvent(time: time, cpu: 0, thread: 0, isInterrupt: true, kind: kind)
  }

  /// The events of one datagram; what is not as documented is passed over.
  package static func decode(_ datagram: RawSpan, time: UInt64, _ body: (SocketEvent) -> Void) {
    _ = NetlinkMessage.forEach(in: datagram) { header, payload in
      guard Int32(header.nlmsg_type) == SOCK_DIAG_BY_FAMILY,
        let entry = DiagMessage(payload, .tcp, networkNamespace: 0)?.entry,
        entry.transport == .tcp, let figures = entry.figures
      else { return }
      body(event(.figures(cookie: entry.cookie, figures), time))
    }
  }
}
