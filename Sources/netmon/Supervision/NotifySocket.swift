import Glibc

/// The socket on which a service manager listens to what its services say of themselves
/// (sd_notify(3), `NOTIFY_SOCKET`): datagrams of lines such as `READY=1`.
final class NotifySocket: Sendable {
  /// How long to wait for a manager that takes nothing in.
  private static let patience = timeval(tv_sec: 5, tv_usec: 0)

  private let descriptor: Int32
  /// As sun_path of unix(7) has it, the final NUL of a path left out.
  private let address: [UInt8]

  /// `name` is a path, or `@` and the name of an abstract socket. Nil for anything else, for a name
  /// too long to be one, and where there are no sockets left.
  ///
  /// The path need not be there yet, and nothing is kept of it but the name: a manager may have
  /// begun again meanwhile.
  init?(_ name: String) {
    var address = Array(name.utf8)
    guard address.count > 1, address.count < Self.pathSize else { return nil }
    switch name.first {
    case "/": break
    case "@": address[0] = 0
    default: return nil
    }
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    self.address = address
    guard descriptor >= 0 else { return nil }
    var patience = Self.patience
    setsockopt(
      descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Sends lines, each `NAME=VALUE`, in one datagram. That nobody takes it is no error: netmon works
  /// on, and the manager draws its own conclusions.
  func send(_ lines: String...) {
    let message = Array(lines.joined(separator: "\n").utf8)
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: address) }
    // The NUL after a path may be counted or not; that of an abstract name would be part of it.
    let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + address.count
    withUnsafePointer(to: target) { target in
      target.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
        _ = sendto(
          descriptor, message, message.count, Int32(MSG_NOSIGNAL), target,
          socklen_t(length))
      }
    }
  }

  private static let pathSize = MemoryLayout.size(ofValue: sockaddr_un().sun_path)
}
