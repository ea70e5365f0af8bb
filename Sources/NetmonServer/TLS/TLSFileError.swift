import Glibc
import NetmonCore

/// Why a certificate and its key cannot be used: what is wrong, with which file, and what to do.
public enum TLSFileError: Error, Hashable, Sendable {
  /// A file could not be read (open(2), read(2)).
  case unreadable(path: String, errno: Int32)
  /// A directory, a FIFO or the like, which cannot be looked at again later.
  case notAFile(path: String)
  case tooLarge(path: String, limit: Int)
  /// There is no certificate in the file, or one is damaged.
  case noCertificate(path: String)
  /// There is no private key in the file, or it is damaged.
  case noKey(path: String)
  /// The key wants a passphrase, which a service has nobody to ask for.
  case encryptedKey(path: String)
  /// The key is not that of the first certificate.
  case mismatch(TLSFiles)
  /// Both can be read, but not used (BoringSSL's words).
  case unusable(TLSFiles, reason: String)
}

extension TLSFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let errno):
      "cannot read '\(path)': \(String(cString: strerror(errno)))" + Self.remedy(errno)
    case .notAFile(let path):
      "'\(path)' is not a regular file"
    case .tooLarge(let path, let limit):
      "'\(path)' is larger than \(limit) bytes: it cannot be what --tls-cert or --tls-key want"
    case .noCertificate(let path):
      "'\(path)' holds no certificate that can be read: --tls-cert wants PEM, the server's own first"
    case .noKey(let path):
      "'\(path)' holds no private key that can be read: --tls-key wants one as PEM"
    case .encryptedKey(let path):
      """
      the key in '\(path)' is encrypted, and nobody is there to be asked for the passphrase: \
      'openssl pkey -in FILE -out PLAIN' writes it without
      """
    case .mismatch(let files):
      """
      the key in '\(files.key)' does not belong to the first certificate in \
      '\(files.certificate)': both must come from the same request
      """
    case .unusable(let files, let reason):
      "cannot use '\(files.certificate)' with '\(files.key)': \(terminalSafe(reason))"
    }
  }

  private static func remedy(_ errno: Int32) -> String {
    errno == EACCES ? "; the user that the server runs as must be able to read it" : ""
  }
}
