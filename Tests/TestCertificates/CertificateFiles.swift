import Foundation

/// The files that a server and its clients are given, in a directory that goes with its owner.
package final class CertificateFiles: Sendable {
  package let directory: String
  package var certificate: String { directory + "/server.pem" }
  package var key: String { directory + "/server.key" }
  package var authority: String { directory + "/ca.pem" }
  package let issuer: CertificateAuthority

  /// Makes a CA, and a certificate for these names that it has signed.
  package init(
    for names: [String] = ["localhost", "127.0.0.1"],
    validity: Range<Double> = -3600..<86_400
  ) throws {
    directory = FileManager.default.temporaryDirectory.path + "/netmon-tls-\(UUID().uuidString)"
    issuer = try CertificateAuthority()
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try write(issuer.pem, to: authority)
    try replace(with: issuer.issue(for: names, validity: validity))
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// Puts another certificate and its key in place of those that are there.
  package func replace(with issued: CertificateAuthority.Issued) throws {
    try write(issued.certificate, to: certificate)
    try write(issued.key, to: key)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
  }

  package func write(_ text: String, to path: String) throws {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// The options with which `netmon serve` uses them.
  package var options: [String] { ["--tls-cert", certificate, "--tls-key", key] }
}
