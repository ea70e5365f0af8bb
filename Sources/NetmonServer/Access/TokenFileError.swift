import Glibc

/// What is wrong with a file of tokens; `description` is one line: what, where, what to do.
public enum TokenFileError: Error, Hashable, Sendable {
  /// A line, counted from 1, is no token.
  case damaged(path: String, line: Int, reason: String)
  case cannotRead(path: String, errno: Int32)
  case cannotWrite(path: String, errno: Int32)
  /// It is a directory or a device.
  case notAFile(path: String)
  /// Whoever may write to it may let themselves in.
  case writableByOthers(path: String)
  /// It is not written through a link, which would be replaced, or lead elsewhere.
  case symbolicLink(path: String)
  /// It is larger than any that netmon would write.
  case tooLarge(path: String)
  /// There is no room for another token.
  case full(path: String)
}

extension TokenFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .damaged(let path, let line, let reason):
      "the token file \(path) is damaged in line \(line): \(reason); mend or remove that line"
    case .cannotRead(let path, let errno):
      "cannot read the token file \(path): \(String(cString: strerror(errno)))"
    case .cannotWrite(let path, let errno):
      "cannot write the token file \(path): \(String(cString: strerror(errno)))"
    case .notAFile(let path):
      "\(path) is no regular file, and so no token file"
    case .writableByOthers(let path):
      "others may write to the token file \(path), and let themselves in: chmod 600 \(path)"
    case .symbolicLink(let path):
      "the token file \(path) is a symbolic link: name the file that it leads to"
    case .tooLarge(let path):
      "the token file \(path) is larger than \(TokenFile.maximumSize) bytes: \(Self.remedy)"
    case .full(let path):
      "the token file \(path) has no room for another token: \(Self.remedy)"
    }
  }

  private static var remedy: String {
    "remove lines of tokens that have been revoked or have expired from it"
  }
}
