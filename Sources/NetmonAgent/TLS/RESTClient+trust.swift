public import AsyncHTTPClient
import Foundation
import Glibc
import NIOSSL

extension RESTClient {
  /// How the HTTP client should behave, and whose certificates it accepts: those signed by the CAs in
  /// a PEM file, or without one by the system's.
  public static func configuration(
    trusting path: String?
  ) throws(TrustError) -> HTTPClient.Configuration {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    if let path { tls.trustRoots = .certificates(try authorities(path)) }
    var configuration = Self.configuration
    configuration.tlsConfiguration = tls
    return configuration
  }

  private static func authorities(_ path: String) throws(TrustError) -> [NIOSSLCertificate] {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      let reason = (error as? CocoaError)?.underlying as? POSIXError
      throw .unreadable(path: path, errno: reason?.code.rawValue ?? EIO)
    }
    guard let certificates = try? NIOSSLCertificate.fromPEMBytes(Array(bytes)) else {
      throw .noCertificate(path: path)
    }
    return certificates
  }
}
