import Foundation
import NetmonCore
import TestCertificates
import Testing

@testable import NetmonServer

@Suite struct ServerIdentityTests {
  private let files: CertificateFiles

  init() throws {
    files = try CertificateFiles()
  }

  private func error() -> TLSFileError? {
    do throws(TLSFileError) {
      _ = try ServerIdentity(files.tls)
      return nil
    } catch {
      return error
    }
  }

  @Test func aChainIsValidWhileAllOfItIs() throws {
    let identity = try ServerIdentity(files.tls)
    let own = identity.validity
    let short = try files.issuer.issue(for: ["intermediate"], validity: -60..<60)
    let chain = try String(contentsOfFile: files.certificate, encoding: .utf8) + short.certificate
    try files.write(chain, to: files.certificate)
    let validity = try ServerIdentity(files.tls).validity
    #expect(own.lowerBound < validity.lowerBound)
    #expect(validity.upperBound < own.upperBound)
  }

  @Test func whatIsExpiredOrFutureIsTold() throws {
    let validity = try ServerIdentity(files.tls).validity
    let identity = try ServerIdentity(files.tls)
    #expect(identity.flaw(at: validity.lowerBound) == nil)
    #expect(
      identity.flaw(at: validity.upperBound) == "expired at \(validity.upperBound)")
    let before = validity.lowerBound.advanced(byMicroseconds: -1)
    #expect(identity.flaw(at: before) == "is not valid before \(validity.lowerBound)")
  }

  @Test func aKeyOfAnotherCertificateIsRefused() throws {
    try files.write(files.issuer.issue().key, to: files.key)
    #expect(error() == .mismatch(files.tls))
  }

  @Test(arguments: ["ENCRYPTED PRIVATE KEY", "Proc-Type: 4,ENCRYPTED"])
  func anEncryptedKeyIsNamedAsSuch(mark: String) throws {
    try files.write("-----BEGIN \(mark)-----\nAAAA\n", to: files.key)
    #expect(error() == .encryptedKey(path: files.key))
  }

  @Test(arguments: ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
  func whatIsNoCertificateOrKeyIsNamed(text: String) throws {
    let good = try String(contentsOfFile: files.certificate, encoding: .utf8)
    try files.write(text, to: files.certificate)
    #expect(error() == .noCertificate(path: files.certificate))
    try files.write(good, to: files.certificate)
    try files.write(text, to: files.key)
    #expect(error() == .noKey(path: files.key))
  }

  @Test func aDamagedCertificateAfterAGoodOneIsNotOverlooked() throws {
    let good = try String(contentsOfFile: files.certificate, encoding: .utf8)
    try files.write(
      good + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      to: files.certificate)
    #expect(error() == .noCertificate(path: files.certificate))
  }

  @Test func whatCannotBeReadIsNamed() throws {
    try FileManager.default.removeItem(atPath: files.key)
    #expect(error() == .unreadable(path: files.key, errno: ENOENT))
    try #require(mkfifo(files.key, 0o600) == 0)
    #expect(error() == .notAFile(path: files.key))
    try FileManager.default.removeItem(atPath: files.key)
    try FileManager.default.createDirectory(
      atPath: files.key, withIntermediateDirectories: false)
    #expect(error() == .notAFile(path: files.key))
    try files.write(String(repeating: "a", count: 2 << 20), to: files.certificate)
    #expect(error() == .tooLarge(path: files.certificate, limit: 1 << 20))
  }

  @Test func everyErrorNamesItsFile() throws {
    let errors: [TLSFileError] = [
      .unreadable(path: "f", errno: EACCES), .notAFile(path: "f"), .tooLarge(path: "f", limit: 1),
      .noCertificate(path: "f"), .noKey(path: "f"), .encryptedKey(path: "f"),
      .mismatch(TLSFiles(certificate: "f", key: "f")),
      .unusable(TLSFiles(certificate: "f", key: "f"), reason: "r"),
    ]
    for error in errors {
      #expect("\(error)".contains("'f'"), "\(error)")
      #expect(!"\(error)".contains("\n"), "\(error)")
    }
  }
}
