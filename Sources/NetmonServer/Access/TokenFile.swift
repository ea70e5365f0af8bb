import Foundation
import Glibc

/// A file of tokens, apart from the database: one that is damaged and set aside shuts nobody out.
public struct TokenFile: Hashable, Sendable {
  public let path: String

  /// Bytes up to which tokens are added: some 5,000.
  static let room = 1 << 20
  /// More than that can become by revoking them.
  static let maximumSize = 2 * room

  public init(path: String) {
    self.path = path
  }

  /// The file that belongs to a database: beside it, with `.tokens` in the place of the extension.
  public init(besides database: String) {
    let url = URL(fileURLWithPath: database)
    path = url.deletingPathExtension().path + ".tokens"
  }

  /// What the file says; nil where there is none.
  public func read() throws(TokenFileError) -> TokenList? {
    // Opening a FIFO would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw .cannotRead(path: path, errno: errno)
    }
    defer { close(descriptor) }
    return try read(descriptor)
  }

  func read(_ descriptor: Int32) throws(TokenFileError) -> TokenList {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .cannotRead(path: path, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    guard status.st_mode & 0o022 == 0 else { throw .writableByOthers(path: path) }
    guard status.st_size <= Self.maximumSize else { throw .tooLarge(path: path) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &part, part.count)
      if count == 0 { break }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw .cannotRead(path: path, errno: errno)
      }
      bytes += part[..<count]
      guard bytes.count <= Self.maximumSize else { throw .tooLarge(path: path) }
    }
    do throws(TokenList.Damage) {
      return try TokenList(bytes)
    } catch {
      throw .damaged(path: path, line: error.line, reason: error.reason)
    }
  }

  /// Tells one version of a file from the next.
  struct Stamp: Hashable, Sendable {
    private let numbers: [Int]

    /// Of the file at a path; nil where nothing can be told of it.
    init?(path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      numbers = [
        Int(status.st_dev), Int(status.st_ino), Int(status.st_size), Int(status.st_mode),
        Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec), Int(status.st_ctim.tv_sec),
        Int(status.st_ctim.tv_nsec),
      ]
    }
  }
}
