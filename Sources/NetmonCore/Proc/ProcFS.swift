internal import Glibc

/// A mounted procfs (proc(5), `Documentation/filesystems/proc.rst`).
///
/// The root can be another directory, so that a host's `/proc` mounted into a container can be
/// read, and tests can run on a tree of fixtures. All paths are relative to that root.
public final class ProcFS: Sendable {
  public let root: String
  private let directory: OpenFile

  /// Throws `ProcError` if `root` is not a directory that can be opened.
  public init(root: String = "/proc") throws(ProcError) {
    self.root = root
    directory = try OpenFile(root, flags: O_RDONLY | O_DIRECTORY)
  }

  // MARK: - Files

  /// The whole of a small file, cut at `limit` bytes.
  package func contents(of path: String, limit: Int = 1 << 20) throws(ProcError) -> [UInt8] {
    try OpenFile(path, in: directory.descriptor).contents(limit: limit)
  }

  /// Reads the whole of a small file, cut at `limit` bytes, and makes something of it.
  func parse<Result>(
    _ path: String, limit: Int = 1 << 20, _ body: (Span<UInt8>) -> Result
  ) throws(ProcError) -> Result {
    let bytes = try contents(of: path, limit: limit)
    return body(bytes.span)
  }

  /// The text of a file of one line, without the newline; invalid UTF-8 is repaired.
  package func line(of path: String) throws(ProcError) -> String {
    let bytes = try contents(of: path, limit: 4096)
    return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// Hands out a file of any size in pieces of whole lines.
  package func readLines(
    of path: String, _ body: (Span<UInt8>) -> Void
  ) throws(ProcError) {
    try OpenFile(path, in: directory.descriptor).readLines(body)
  }

  /// Where a symbolic link leads; bytes that are no UTF-8 are kept.
  package func target(of path: String) throws(ProcError) -> String {
    let target = Self.readLink(path, in: directory.descriptor, capacity: Int(PATH_MAX)) {
      $0.string(in: 0..<$0.count)
    }
    guard let target else { throw .system(.readlink, path: path, errno: errno) }
    return target
  }

  /// Hands out the first `capacity` bytes of where a link leads (readlinkat(2)); nil, with errno
  /// set, when it cannot be read.
  static func readLink<Result>(
    _ name: UnsafePointer<CChar>, in directory: Int32, capacity: Int,
    _ body: (Span<UInt8>) -> Result
  ) -> Result? {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { buffer in
      guard let start = buffer.baseAddress else { return nil }
      let length = readlinkat(directory, name, start, capacity)
      guard length >= 0 else { return nil }
      return body(Span(_unsafeStart: start, count: length))
    }
  }

  /// The status of what a path leads to, links followed (fstatat(2)).
  func status(of path: String) throws(ProcError) -> stat {
    var status = stat()
    guard fstatat(directory.descriptor, path, &status, 0) == 0 else {
      throw .system(.stat, path: path, errno: errno)
    }
    return status
  }

  // MARK: - Processes

  func openDirectory(_ path: String) throws(ProcError) -> OpenDirectory {
    try OpenDirectory(path, in: directory.descriptor)
  }

  /// The ids of all processes that are visible here, in no order: in a pid namespace those of the
  /// namespace, with `hidepid=2` only one's own.
  package func processIDs() throws(ProcError) -> [Int32] {
    var ids: [Int32] = []
    try openDirectory(".").forEachName { name in
      if let id = processID(name) { ids.append(id) }
    }
    return ids
  }

  /// The ids of a process's threads.
  package func threadIDs(of pid: Int32) throws(ProcError) -> [Int32] {
    try threadIDs(in: "\(pid)/task")
  }

  /// The ids of the threads of the process that asks.
  package func ownThreadIDs() throws(ProcError) -> [Int32] {
    try threadIDs(in: "self/task")
  }

  private func threadIDs(in path: String) throws(ProcError) -> [Int32] {
    var ids: [Int32] = []
    try openDirectory(path).forEachName { name in
      if let id = processID(name) { ids.append(id) }
    }
    return ids
  }

  /// The number that a directory entry's name stands for, or nil if it is not a process.
  private func processID(_ name: UnsafePointer<CChar>) -> Int32? {
    var id: Int32 = 0
    var index = 0
    while name[index] != 0 {
      // Pids end at 2²² (`PID_MAX_LIMIT`): 7 digits.
      guard (48...57).contains(name[index]), index < 7 else { return nil }
      id = id * 10 + Int32(name[index] - 48)
      index += 1
    }
    return index > 0 ? id : nil
  }
}
