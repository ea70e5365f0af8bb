import NetmonCore

/// Why a server does not start.
public enum ServerError: Error, Hashable, Sendable {
  /// Others could reach the address, and there is no authentication yet to keep them out.
  case notLoopback(host: String)
  /// The socket could not be bound to the address; the errno is bind(2)'s.
  case cannotBind(host: String, port: Int, errno: Int32)
}

extension ServerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notLoopback(let host):
      """
      refusing to listen on '\(host)': this version has no authentication yet, so it listens on \
      loopback only (127.0.0.1, ::1 or localhost)
      """
    case .cannotBind(let host, let port, let errno):
      "cannot listen on \(Server.ListeningAddress(host: host, port: port).authority): "
        + Self.reason(errno)
    }
  }

  private static func reason(_ errno: Int32) -> String {
    switch ConnectionError(number: errno) {
    case .EADDRINUSE: "the port is in use by another process"
    case .EACCES: "ports below 1024 need privilege (CAP_NET_BIND_SERVICE)"
    case .EADDRNOTAVAIL: "this machine has no such address"
    case let other: "\(other?.name ?? "errno \(errno)")"
    }
  }
}
