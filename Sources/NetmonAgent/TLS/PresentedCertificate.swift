import NIOSSL
import NetmonCore

/// What a server's certificate says of itself.
struct PresentedCertificate: Hashable, Sendable {
  /// Names and addresses that it is for.
  var names: [String]
  var validity: Range<Timestamp>

  init(names: [String], validity: Range<Timestamp>) {
    self.names = names
    self.validity = validity
  }

  init(_ certificate: NIOSSLCertificate) {
    names = certificate._subjectAlternativeNames().compactMap(Self.name)
    let begin = Timestamp(microseconds: Int64(certificate.notValidBefore) * 1_000_000)
    let end = Timestamp(microseconds: Int64(certificate.notValidAfter) * 1_000_000)
    validity = begin..<max(begin, end)
  }

  /// Others than host names and addresses (RFC 5280 §4.2.1.6) are no servers'.
  private static func name(_ name: _SubjectAlternativeName) -> String? {
    let bytes = Array(name.contents)
    switch name.nameType {
    case .dnsName:
      return terminalSafe(String(decoding: bytes, as: UTF8.self))
    case .ipAddress where bytes.count == 4:
      return bytes.map(String.init).joined(separator: ".")
    case .ipAddress where bytes.count == 16:
      let halves = stride(from: 0, to: 16, by: 8).map { start in
        bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      }
      return IPAddress(high: halves[0], low: halves[1]).description
    default:
      return nil
    }
  }
}

extension [PresentedCertificate] {
  /// Why a chain, the server's own certificate first, is not accepted though its names are right.
  ///
  /// `authorities` is the file with the CAs that are trusted; nil are the system's.
  func refusal(at now: Timestamp, authorities: String?) -> String {
    if let expired = first(where: { $0.validity.upperBound <= now }) {
      return "its certificate expired at \(expired.validity.upperBound)"
    }
    if let future = first(where: { $0.validity.lowerBound > now }) {
      return """
        its certificate is not valid before \(future.validity.lowerBound); is this machine's clock \
        right?
        """
    }
    if let authorities {
      return "its certificate is not signed by a CA in '\(authorities)'"
    }
    return """
      its certificate is not signed by a CA that this machine trusts; --tls-ca FILE names one that \
      should be
      """
  }

  /// Why a chain is not accepted for this host.
  func mismatch(with host: String) -> String {
    let names = first?.names ?? []
    // A certificate can have thousands.
    let known = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
    return "its certificate is for \(known.isEmpty ? "no host" : known), not for '\(host)'"
  }
}
