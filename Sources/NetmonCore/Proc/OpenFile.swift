internal import Glibc

/// An open file descriptor that closes itself.
struct OpenFile: ~Copyable, Sendable {
  let descriptor: Int32
  private let path: String

  /// Opens `path`, which is relative to `directory` unless it begins with `/` (openat(2)).
  init(
    _ path: String, in directory: Int32 = AT_FDCWD, flags: Int32 = O_RDONLY
  ) throws(ProcError) {
    descriptor = openat(directory, path, flags | O_CLOEXEC)
    self.path = path
    guard descriptor >= 0 else { throw .system(.open, path: path, errno: errno) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Reads at the file's position into `buffer` from `offset` on; 0 at the end of the file.
  func read(into buffer: inout [UInt8], at offset: Int) throws(ProcError) -> Int {
    while true {
      let count = buffer.withUnsafeMutableBytes { bytes in
        Glibc.read(descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
      }
      if count >= 0 { return count }
      guard errno == EINTR else { throw .system(.read, path: path, errno: errno) }
    }
  }

  /// All of the file, or its first `limit` bytes.
  func contents(limit: Int) throws(ProcError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: min(limit, 4096))
    var filled = 0
    while true {
      let count = try read(into: &buffer, at: filled)
      filled += count
      if count == 0 || filled == limit { break }
      if filled == buffer.count {
        buffer.append(contentsOf: repeatElement(0, count: min(filled, limit - filled)))
      }
    }
    buffer.removeLast(buffer.count - filled)
    return buffer
  }

  /// Hands out the file in pieces of whole lines, so that memory does not grow with the file.
  ///
  /// seq_file (`fs/seq_file.c`) gives out a page of whole lines per read(2), however large the
  /// buffer. A line that does not fit into the buffer comes in several pieces.
  func readLines(_ body: (Span<UInt8>) -> Void) throws(ProcError) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var filled = 0
    while true {
      let count = try read(into: &buffer, at: filled)
      filled += count
      var whole = filled
      if count > 0, filled < buffer.count {
        while whole > 0, buffer[whole - 1] != UInt8(ascii: "\n") { whole -= 1 }
      }
      if whole > 0 { body(buffer.span.extracting(0..<whole)) }
      if count == 0 { return }
      for index in whole..<filled { buffer[index - whole] = buffer[index] }
      filled -= whole
    }
  }
}
