import AsyncHTTPClient
import Foundation
import NIOSSL
import NetmonCore

extension RESTClient {
  /// What it means that TLS did not come about; nil for any other error.
  func tlsError(_ error: any Error) async -> RESTError? {
    guard let reason = await tlsReason(error) else { return nil }
    return .notSecure(server: server, reason: reason)
  }

  private func tlsReason(_ error: any Error) async -> String? {
    switch error {
    case let error as HTTPClientError where error == .tlsHandshakeTimeout:
      return "it did not finish the TLS handshake in time"
    case let error as NIOSSLExtraError where error == .failedToValidateHostname:
      return await shownCertificates.mismatch(with: host)
    case NIOSSLError.handshakeFailed(.sslError(let stack)):
      if stack.contains(.eofDuringHandshake) {
        return "it closed the connection during the TLS handshake"
      }
      // `error:1000…:SSL routines:OPENSSL_internal:NAME at FILE:LINE` is all that there is of it.
      let text = stack.map(\.description).joined(separator: "; ")
      if text.contains("CERTIFICATE_VERIFY_FAILED") {
        return await shownCertificates.refusal(at: Self.now, authorities: authorities)
      }
      if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
        return "it does not speak TLS; is http:// meant?"
      }
      return "the TLS handshake failed: \(terminalSafe(String(text.prefix(200))))"
    case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
      return "TLS failed: \(terminalSafe(String("\(error)".prefix(200))))"
    default:
      return nil
    }
  }

  private var shownCertificates: [PresentedCertificate] {
    get async {
      await CertificateProbe.chain(host: host, port: port, group: client.eventLoopGroup)
    }
  }

  /// What certificates are judged by, as in BoringSSL: the wall clock.
  private static var now: Timestamp {
    Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
  }
}
