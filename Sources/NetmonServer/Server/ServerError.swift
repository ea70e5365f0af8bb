import NetmonCore

/// Why a server does not start.
public enum ServerError: Error, Hashable, Sendable {
  /// Others could reach the address, and there is no authentication yet to keep them out.
  case notLoopback(host: String)
  /// Others could reach the address, and what crosses the network could be read by anybody.
  case plaintextExposed(host: String)
  /// The certificate or its key cannot be used.
  case tls(TLSFileError)
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
    case .plaintextExposed(let host):
      """
      refusing to listen on '\(host)' without TLS, as tokens and records would cross the network \
      readable by anybody: give --tls-cert and --tls-key, or --insecure-plaintext where something \
      else protects them
      """
    case .tls(let error):
      "TLS: \(error)"
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
