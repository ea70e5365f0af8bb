internal import Glibc

/// The names of users from `/etc/passwd` (passwd(5)).
///
/// Not getpwuid(3), which may ask a directory server and block for as long as that is away.
public struct UserNames: Sendable {
  private let path: String
  private var names: [UInt32: String] = [:]
  private var version: Version?

  /// What changes when the file is replaced or edited.
  private struct Version: Equatable {
    var inode: UInt64
    var size: Int64
    var seconds: Int
    var nanoseconds: Int
  }

  public init(path: String = "/etc/passwd") {
    self.path = path
  }

  /// The name of the user, or nil if the file has none for that id or cannot be read. The file is
  /// read again when it has changed.
  public mutating func name(of userID: UInt32) -> String? {
    let current = currentVersion()
    if current != version || current == nil {
      version = current
      load()
    }
    return names[userID]
  }

  private func currentVersion() -> Version? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Version(
      inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: status.st_mtim.tv_sec,
      nanoseconds: status.st_mtim.tv_nsec)
  }

  private mutating func load() {
    var loaded: [UInt32: String] = [:]
    if version != nil {
      try? OpenFile(path).readLines { text in
        var index = 0
        while let line = text.line(at: &index) {
          guard let (name, userID) = Self.parse(text.extracting(line)) else { continue }
          // As in getpwuid(3), the first line of an id counts.
          if loaded[userID] == nil { loaded[userID] = name }
        }
      }
    }
    names = loaded
  }

  /// `name:password:UID:…`
  private static func parse(_ line: Span<UInt8>) -> (name: String, userID: UInt32)? {
    var index = 0
    func field() -> Range<Int> {
      let start = index
      while index < line.count, line[index] != UInt8(ascii: ":") { index += 1 }
      return start..<index
    }
    let name = field()
    index += 1
    _ = field()
    index += 1
    guard !name.isEmpty, line[name.lowerBound] != UInt8(ascii: "#"),
      let userID = line.decimal(at: &index).flatMap(UInt32.init(exactly:)),
      line.skip(":", at: &index)
    else { return nil }
    return (line.string(in: name), userID)
  }
}
