internal import Glibc

/// An open directory that closes itself.
struct OpenDirectory: ~Copyable {
  private let stream: OpaquePointer
  private let path: String

  /// Opens `path`, which is relative to `directory` unless it begins with `/`.
  init(_ path: String, in directory: Int32 = AT_FDCWD) throws(ProcError) {
    let descriptor = openat(directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(.open, path: path, errno: errno) }
    guard let stream = fdopendir(descriptor) else {
      let error = errno
      close(descriptor)
      throw .system(.open, path: path, errno: error)
    }
    self.stream = stream
    self.path = path
  }

  deinit { closedir(stream) }

  /// For the `…at` family of calls; -1 never occurs, as the stream is open.
  var descriptor: Int32 { dirfd(stream) }

  /// Hands out the names of the entries, `.` and `..` too (readdir(3)).
  func forEachName(_ body: (UnsafePointer<CChar>) -> Void) throws(ProcError) {
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw .system(.list, path: path, errno: errno) }
        return
      }
      withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: name.pointee)) {
          body($0)
        }
      }
    }
  }
}
