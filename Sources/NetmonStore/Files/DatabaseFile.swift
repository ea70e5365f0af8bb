import Glibc
import NetmonCore

/// What can be said of a database file without SQLite, from its header and from what stands beside
/// it.
struct DatabaseFile {
  let path: String
  /// Nil if there is no file.
  let identity: FileIdentity?
  /// The first hundred bytes, or as many as there are (https://sqlite.org/fileformat2.html).
  private let header: [UInt8]
  /// What a running or killed netmon, or one that has ended, leaves beside it.
  private let companions: [String]
  /// Bytes in the write-ahead log; 0 after a clean end.
  let logSize: Int64
  /// When the file or its log was last written to, in microseconds since 1970; nil without either.
  let lastWritten: Timestamp?

  init(path: String) {
    self.path = path
    identity = FileIdentity(path: path)
    header = Self.beginning(of: path)
    companions = Self.suffixes.map { path + $0 }.filter { access($0, F_OK) == 0 }
    let log = Self.status(of: path + "-wal")
    logSize = log.map { Int64($0.st_size) } ?? 0
    lastWritten = [Self.status(of: path), log].compactMap { $0?.modified }.max()
  }

  private static let logSuffixes = ["-wal", "-shm"]
  static let suffixes = logSuffixes + ["-collector", "-reserve"]

  /// Whether it is netmon's, or was before something befell it. A file that never was is none of
  /// our business, whatever is wrong with it.
  var isOurs: Bool { isMarked || !companions.isEmpty }

  /// Whether there was a whole file here once.
  var hasReserve: Bool { companions.contains(path + "-reserve") }

  /// Whether its header says so.
  var isMarked: Bool { isSQLite && number(at: 68) == Schema.applicationID }

  var isSQLite: Bool { header.starts(with: Array("SQLite format 3\0".utf8)) }

  /// What is wrong with it as far as that can be seen; nil may still be damaged.
  ///
  /// SQLite would take an empty file for a new one, drop its log and say nothing, where a log or the
  /// reserve, which is made last, shows that it was not; with a log that fits it, it would write into
  /// any file; and some flipped bits would make it refuse to write, or read all texts as UTF-16.
  var fault: String? {
    if header.isEmpty {
      guard identity != nil else { return logSize > 0 ? "only its log is left" : nil }
      return logSize > 0 || hasReserve ? "it is empty" : nil
    }
    guard isSQLite, header.count == 100 else { return "its header is not that of a database" }
    let isReadable =
      header[18...19].allSatisfy { (1...2).contains($0) } && number(at: 44) <= 4
      && number(at: 56) <= 1
    return isReadable ? nil : "its header is damaged"
  }

  private func number(at offset: Int) -> UInt32 {
    guard header.count >= offset + 4 else { return 0 }
    return header[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Gives the file and its log names that nobody else uses.
  ///
  /// Of several processes that find it damaged at once, one does so: the directory is locked.
  ///
  /// - Returns: the new path of the file, or of its log if that is all there is; nil if it is not the
  ///   file any more that was looked at.
  /// - Throws: ``StoreError/cannotOpen(path:reason:)`` if it cannot be renamed.
  func setAside(at time: Timestamp) throws(StoreError) -> String? {
    let directory = open(Self.directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(directory) }
    guard directory >= 0, flock(directory, LOCK_EX) == 0 else {
      throw .cannotOpen(path: path, reason: "it is damaged, and its directory cannot be locked")
    }
    guard FileIdentity(path: path) == identity else { return nil }
    let new = Self.unusedPath(path + ".corrupt-" + time.compact)
    for suffix in [""] + Self.logSuffixes where access(path + suffix, F_OK) == 0 {
      guard rename(path + suffix, new + suffix) == 0 else {
        throw .cannotOpen(
          path: path,
          reason: "it is damaged and cannot be renamed: \(String(cString: strerror(errno)))")
      }
    }
    fsync(directory)
    return identity == nil ? new + "-wal" : new
  }
}

extension DatabaseFile {
  private static func beginning(of path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return Array(bytes.prefix(max(count, 0)))
  }

  private static func status(of path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func unusedPath(_ path: String) -> String {
    var candidate = path
    var number = 2
    while ([""] + logSuffixes).contains(where: { access(candidate + $0, F_OK) == 0 }) {
      candidate = "\(path)-\(number)"
      number += 1
    }
    return candidate
  }
}

extension stat {
  fileprivate var modified: Timestamp {
    Timestamp(microseconds: Int64(st_mtim.tv_sec) * 1_000_000 + Int64(st_mtim.tv_nsec) / 1000)
  }
}

extension Timestamp {
  /// As `20261122T214500Z`, for names of files.
  fileprivate var compact: String {
    description.prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" } + "Z"
  }
}
