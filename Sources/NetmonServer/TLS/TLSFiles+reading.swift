import Glibc

extension TLSFiles {
  /// What a look tells of the files; another state means other contents. A file that was replaced in
  /// the same moment by one of the same size has another inode (stat(2)).
  struct State: Hashable {
    private let marks: [[Int]]

    /// A file that is not there has a state too. Links are followed, as tools that renew certificates
    /// change where they lead.
    init(of files: TLSFiles) {
      marks = [files.certificate, files.key].map { path in
        var status = stat()
        guard stat(path, &status) == 0 else { return [] }
        return [
          Int(status.st_dev), Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec,
          status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
      }
    }
  }

  /// Whether the mode of the key's file lets everybody read it; no if nothing can be told.
  var keyIsReadableByAnybody: Bool {
    var status = stat()
    return stat(key, &status) == 0 && status.st_mode & S_IROTH != 0
  }

  /// Chains of certificates are a few kilobytes.
  private static let largestFile = 1 << 20

  /// The bytes of a regular file.
  static func read(_ path: String) throws(TLSFileError) -> [UInt8] {
    // Without O_NONBLOCK a FIFO would be waited for.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw .unreadable(path: path, errno: errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .unreadable(path: path, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0 { throw .unreadable(path: path, errno: errno) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      if bytes.count > largestFile { throw .tooLarge(path: path, limit: largestFile) }
    }
  }
}
