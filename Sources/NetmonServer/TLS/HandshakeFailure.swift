import NIOSSL
import NetmonCore

/// Why a handshake failed, as far as BoringSSL tells.
struct HandshakeFailure: Hashable, CustomStringConvertible {
  let description: String
  /// Whether the client has looked at the server's certificate and does not accept it.
  let refusesCertificate: Bool

  /// The client closed the connection. AsyncHTTPClient does so when it misses the name.
  static let left = HandshakeFailure(
    "the client left, as those do that miss their name in the certificate",
    refusesCertificate: false)

  private init(_ description: String, refusesCertificate: Bool) {
    self.description = description
    self.refusesCertificate = refusesCertificate
  }

  init(_ error: any Error) {
    guard case NIOSSLError.handshakeFailed(.sslError(let stack))? = error as? NIOSSLError else {
      self.init(terminalSafe("\(error)"), refusesCertificate: false)
      return
    }
    if stack.contains(.eofDuringHandshake) {
      self = .left
      return
    }
    let text = stack.map(\.description).joined(separator: "; ")
    if let (_, meaning) = Self.alerts.first(where: { text.contains($0.name) }) {
      self.init(meaning, refusesCertificate: true)
    } else if let (_, meaning) = Self.mistakes.first(where: { text.contains($0.name) }) {
      self.init(meaning, refusesCertificate: false)
    } else {
      let names = stack.map { Self.reason($0.description) }
      self.init(names.joined(separator: ", "), refusesCertificate: false)
    }
  }

  /// The name in `Error: … error:1000…:SSL routines:OPENSSL_internal:NAME at FILE:LINE`, which is all
  /// that there is of an error, in words.
  private static func reason(_ text: String) -> String {
    let name = text.split(separator: ":").last { $0.contains(" at ") }?.split(separator: " ").first
    return terminalSafe(name?.lowercased().replacing("_", with: " ") ?? String(text.prefix(100)))
  }

  /// What a client says of a certificate (RFC 8446 §6.2), by BoringSSL's names.
  private static let alerts = [
    (name: "ALERT_CERTIFICATE_EXPIRED", "it says that the certificate has expired"),
    (name: "ALERT_UNKNOWN_CA", "it does not know the certificate's CA"),
    (name: "ALERT_BAD_CERTIFICATE", "it does not accept the certificate, or not for this name"),
    (name: "ALERT_CERTIFICATE_UNKNOWN", "it does not accept the certificate"),
    (name: "ALERT_DECRYPT_ERROR", "it finds the certificate's signature wrong"),
    (name: "ALERT_CERTIFICATE_REVOKED", "it says that the certificate was revoked"),
    (name: "ALERT_UNSUPPORTED_CERTIFICATE", "it does not understand the certificate"),
  ]

  private static let mistakes = [
    (name: "UNSUPPORTED_PROTOCOL", "the client offers only versions before TLS 1.2"),
    (name: "NO_SHARED_CIPHER", "the client offers no cipher that the server has"),
    (name: "WRONG_VERSION_NUMBER", "what the client sends is not TLS"),
  ]
}
