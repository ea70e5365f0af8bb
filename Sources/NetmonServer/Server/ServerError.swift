import NetmonCore

/// Why a server does not start.
public enum ServerError: Error, Hashable, Sendable {
  /// It is no address to listen on.
  case notAnAddress(host: String)
  /// Others could reach the address, and there is no token for them, so that nobody or everybody
  /// would be let in.
  case needsToken(host: String, tokenFile: TokenFile?)
  case tokenFile(TokenFileError)
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
    case .notAnAddress(let host):
      "'\(host)' is no address to listen on, such as 127.0.0.1 and ::1 (loopback), or 0.0.0.0 and ::"
    case .needsToken(let host, let file):
      """
      refusing to listen on '\(host)', which is not loopback, without a token that lets anybody in: \
      make one with 'netmon token create\(file.map { " --tokens \($0.path)" } ?? "")'
      """
    case .tokenFile(let error): "\(error)"
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
