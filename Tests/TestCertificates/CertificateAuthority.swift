import Crypto
import Foundation
import SwiftASN1
import X509

/// Signs certificates for tests; nobody else knows it.
package struct CertificateAuthority: Sendable {
  private let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
  private let name: DistinguishedName
  /// Its own certificate, for those who are to trust it.
  package let pem: String

  package init() throws {
    // Of two with one name, a client would try the key of either.
    name = try DistinguishedName { CommonName("Test CA \(UUID().uuidString)") }
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
      notValidBefore: .now - 86_400, notValidAfter: .now + 86_400, issuer: name,
      subject: name,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
        Critical(KeyUsage(keyCertSign: true))
      }, issuerPrivateKey: key)
    pem = try certificate.serializeAsPEM().pemString + "\n"
  }

  /// A certificate for a server, and its key, both as PEM.
  package struct Issued {
    package let certificate: String
    package let key: String
  }

  /// Signs a certificate for names and IPv4 addresses; `validity` is in seconds from now.
  package func issue(
    for names: [String] = ["localhost", "127.0.0.1"],
    validity: Range<Double> = -3600..<86_400
  ) throws -> Issued {
    let key = P256.Signing.PrivateKey()
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(),
      publicKey: Certificate.PublicKey(key.publicKey),
      notValidBefore: .now + validity.lowerBound, notValidAfter: .now + validity.upperBound,
      issuer: name, subject: try DistinguishedName { CommonName("server") },
      extensions: Certificate.Extensions {
        SubjectAlternativeNames(names.map(Self.generalName))
        try ExtendedKeyUsage([.serverAuth])
      }, issuerPrivateKey: self.key)
    return Issued(
      certificate: try certificate.serializeAsPEM().pemString + "\n", key: key.pemRepresentation)
  }

  private static func generalName(_ name: String) -> GeneralName {
    let numbers = name.split(separator: ".").compactMap { UInt8($0) }
    return numbers.count == 4
      ? .ipAddress(ASN1OctetString(contentBytes: numbers[...])) : .dnsName(name)
  }
}
