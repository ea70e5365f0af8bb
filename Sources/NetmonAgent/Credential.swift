import Glibc
import NetmonCore
import Synchronization

/// The token that a server asks for, from the file that holds it.
public final class Credential: Sendable {
  public let path: String
  /// Whether anybody on this machine may read the file.
  public let isReadableByAnybody: Bool
  private let secret: Mutex<TokenSecret>

  /// Reads the token; white space around it does no harm.
  public init(path: String) throws(CredentialError) {
    let (secret, mode) = try Self.read(path)
    self.path = path
    isReadableByAnybody = mode & S_IROTH != 0
    self.secret = Mutex(secret)
  }

  /// The value of the field `Authorization`.
  var authorization: String { "Bearer " + secret.withLock { $0.text } }

  /// Reads the file anew; false if it holds the same token as before, or none now.
  func reload() -> Bool {
    guard let (new, _) = try? Self.read(path) else { return false }
    return secret.withLock { secret in
      defer { secret = new }
      return secret.text != new.text
    }
  }

  /// How long a pipe may take to say something, in ms.
  private static let patience: Int32 = 5000
  /// Bytes of a file that could be one.
  private static let maximumSize = 4096

  private static func read(
    _ path: String
  ) throws(CredentialError) -> (secret: TokenSecret, mode: mode_t) {
    // To open a FIFO would wait for a writer, for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .cannotRead(path: path, errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .cannotRead(path: path, errno: errno) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: maximumSize)
    // A pipe gives what it has bit by bit.
    while bytes.count <= maximumSize {
      let count = Glibc.read(descriptor, &part, part.count)
      if count == 0 { break }
      if count < 0, errno == EAGAIN {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, patience) > 0 else { throw .cannotRead(path: path, errno: ETIMEDOUT) }
        continue
      }
      guard count > 0 else { throw .cannotRead(path: path, errno: errno) }
      bytes += part[..<count]
    }
    let isBlank: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    let end = bytes.lastIndex { !isBlank($0) }
    guard let end else { throw .empty(path: path) }
    let text = bytes[...end].drop(while: isBlank)
    guard let secret = TokenSecret(String(decoding: text, as: UTF8.self)) else {
      throw .malformed(path: path)
    }
    return (secret, status.st_mode)
  }
}

/// Why a file gives no token.
public enum CredentialError: Error, Hashable, Sendable {
  case cannotRead(path: String, errno: Int32)
  case empty(path: String)
  /// It holds something else; what that is may be a secret too.
  case malformed(path: String)
}

extension CredentialError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotRead(let path, let errno):
      "cannot read the token file \(path): \(String(cString: strerror(errno)))"
    case .empty(let path):
      "the token file \(path) is empty: it has to hold what 'netmon token create' printed"
    case .malformed(let path):
      """
      the token file \(path) holds no token: 'netmon token create' prints one, which begins with \
      netmon_
      """
    }
  }
}
