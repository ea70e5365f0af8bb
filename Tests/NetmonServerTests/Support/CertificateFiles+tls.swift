import NIOSSL
import NetmonServer
import TestCertificates

extension CertificateFiles {
  /// What a server is given.
  var tls: TLSFiles { TLSFiles(certificate: certificate, key: key) }

  /// A client that trusts the CA, and offers this version of TLS at most.
  func client(upTo version: TLSVersion? = nil) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .certificates(
      try NIOSSLCertificate.fromPEMBytes(Array(issuer.pem.utf8)))
    configuration.minimumTLSVersion = .tlsv1
    configuration.maximumTLSVersion = version
    return try NIOSSLContext(configuration: configuration)
  }
}
