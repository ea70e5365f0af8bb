import AsyncHTTPClient
import Foundation
import Glibc
import NetmonCore
import NetmonServer
import TestCertificates
import Testing

@testable import NetmonAgent

/// Whom a client speaks to, and what it says when it does not.
@Suite struct SecureClientTests {
  private let stores = TestStores()

  /// What a client says that asks a server with such a certificate; nil if it gets its answer.
  private func complaint(
    of files: CertificateFiles, trusting: String?, url: (RunningServer) -> String = \.secureURL
  ) async throws -> String? {
    let server = try await RunningServer.start(
      try stores.store("\(UUID().uuidString).db"),
      tls: TLSFiles(certificate: files.certificate, key: files.key))
    let complaint = try await complaint(of: url(server), trusting: trusting)
    try await server.stop()
    return complaint
  }

  private func complaint(of url: String, trusting: String?) async throws -> String? {
    let configuration = try RESTClient.configuration(trusting: trusting)
    return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
      let client = try RESTClient(server: url, client: client, authorities: trusting)
      do throws(RESTError) {
        _ = try await client.identify()
        return nil
      } catch {
        guard case .notSecure = error else { return "another kind: \(error)" }
        return "\(error)"
      }
    }
  }

  @Test func aCertificateOfATrustedCAIsAccepted() async throws {
    let files = try CertificateFiles()
    #expect(try await complaint(of: files, trusting: files.authority) == nil)
    // By its address as well, as that is in the certificate.
    let byAddress = try await complaint(of: files, trusting: files.authority) {
      "https://127.0.0.1:\($0.port)/"
    }
    #expect(byAddress == nil)
  }

  @Test func anUnknownCAIsNotAccepted() async throws {
    let files = try CertificateFiles()
    #expect(try await complaint(of: files, trusting: nil)?.contains("--tls-ca FILE") == true)
    let other = try CertificateFiles()
    let text = try await complaint(of: files, trusting: other.authority)
    #expect(text?.contains("not signed by a CA in '\(other.authority)'") == true, "\(text ?? "")")
  }

  @Test func anotherNameIsNotAccepted() async throws {
    let files = try CertificateFiles(for: ["other.example", "192.0.2.1"])
    let text = try await complaint(of: files, trusting: files.authority)
    #expect(
      text?.hasSuffix("its certificate is for other.example, 192.0.2.1, not for 'localhost'")
        == true,
      "\(text ?? "")")
    let byAddress = try await complaint(of: files, trusting: files.authority) {
      "https://127.0.0.1:\($0.port)"
    }
    #expect(byAddress?.hasSuffix("not for '127.0.0.1'") == true, "\(byAddress ?? "")")
  }

  @Test func anExpiredOneIsNotAccepted() async throws {
    let files = try CertificateFiles(validity: -1000 ..< -10)
    let text = try await complaint(of: files, trusting: files.authority)
    #expect(text?.contains("its certificate expired at 20") == true, "\(text ?? "")")
    let future = try CertificateFiles(validity: 1000..<2000)
    let other = try await complaint(of: future, trusting: future.authority)
    #expect(other?.contains("is not valid before 20") == true, "\(other ?? "")")
  }

  @Test func aServerWithoutTLSIsTold() async throws {
    let server = try await RunningServer.start(try stores.store("plain.db"))
    let text = try await complaint(of: server.secureURL, trusting: nil)
    #expect(text?.contains("it does not speak TLS") == true, "\(text ?? "")")
    try await server.stop()
  }

  @Test func plaintextToTLSIsTold() async throws {
    let files = try CertificateFiles()
    let text = try await complaint(of: files, trusting: nil) { $0.url }
    #expect(text?.contains("it speaks TLS: https:// is meant") == true, "\(text ?? "")")
  }

  @Test(arguments: ["", "no certificate"])
  func filesWithoutACertificateAreRefused(text: String) throws {
    let files = try CertificateFiles()
    try files.write(text, to: files.authority)
    #expect(throws: TrustError.noCertificate(path: files.authority)) {
      try RESTClient.configuration(trusting: files.authority)
    }
    #expect(throws: TrustError.unreadable(path: "/", errno: EISDIR)) {
      try RESTClient.configuration(trusting: "/")
    }
    #expect(throws: TrustError.unreadable(path: "/nowhere", errno: ENOENT)) {
      try RESTClient.configuration(trusting: "/nowhere")
    }
  }
}
