/// Where a server's certificate is, and the private key that belongs to it.
public struct TLSFiles: Hashable, Sendable {
  /// A file with certificates as PEM, the server's own first, then those that lead to its CA.
  public var certificate: String
  /// A file with one private key as PEM, not encrypted.
  public var key: String

  public init(certificate: String, key: String) {
    self.certificate = certificate
    self.key = key
  }
}
