import Glibc

/// Why the CAs that a client should trust cannot be read.
public enum TrustError: Error, Hashable, Sendable {
  /// The file could not be read (open(2), read(2)).
  case unreadable(path: String, errno: Int32)
  /// There is no certificate in the file, or one is damaged.
  case noCertificate(path: String)
}

extension TrustError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let errno):
      "cannot read '\(path)': \(String(cString: strerror(errno)))"
    case .noCertificate(let path): "'\(path)' holds no certificate that can be read as PEM"
    }
  }
}
