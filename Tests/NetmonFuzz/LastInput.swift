import Glibc

/// A file that always holds the input being parsed: what is in it after a crash has caused that.
///
/// It is memory shared with the file, so that to keep an input costs a copy and no system call, and
/// the kernel keeps it however the process ends.
final class LastInput {
  private let path: String
  private let memory: UnsafeMutableRawPointer
  private static let capacity = 1 << 16

  /// Throws `CorpusError` if the file cannot be made.
  init(path: String) throws(CorpusError) {
    self.path = path
    let file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0, ftruncate(file, off_t(Self.length(Self.capacity))) == 0 else {
      throw CorpusError(path: path, errno: errno)
    }
    defer { close(file) }
    let memory = mmap(
      nil, Self.length(Self.capacity), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
    guard let memory, memory != MAP_FAILED else { throw CorpusError(path: path, errno: errno) }
    self.memory = memory
  }

  /// After an orderly end there is nothing to be kept.
  deinit {
    munmap(memory, Self.length(Self.capacity))
    unlink(path)
  }

  private static func length(_ count: Int) -> Int { MemoryLayout<UInt32>.size + count }

  /// Keeps an input, of which nothing behind 64 KiB.
  func keep(_ input: [UInt8]) {
    let count = min(input.count, Self.capacity)
    input.withUnsafeBytes {
      (memory + MemoryLayout<UInt32>.size).copyMemory(
        from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: count)
    }
    memory.storeBytes(of: UInt32(count), as: UInt32.self)
  }

  /// The input that such a file holds.
  static func input(of path: String) throws(CorpusError) -> [UInt8] {
    let bytes = try Corpus.contents(path)
    let count = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard count <= bytes.count - 4 else { throw CorpusError(path: path, errno: EINVAL) }
    return Array(bytes[4..<4 + count])
  }
}
