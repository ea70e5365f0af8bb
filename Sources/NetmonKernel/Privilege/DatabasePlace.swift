internal import CLinux
internal import Glibc

/// Where a database is, and who may write there: what root sees to before it becomes another user.
public struct DatabasePlace: Sendable {
  private let directory: String
  private let names: [String]
  /// Of files that are given away with the others, but written by others than the user.
  private let otherNames: [String]
  /// What the names of all its files begin with.
  private let stem: String

  /// `files` are the paths of the database and of what stands beside it, all in one directory, and
  /// `others` are what the user only reads there; they need not exist.
  public init(files: [String], others: [String] = []) {
    let path = files.first ?? ""
    let slash = path.lastIndex(of: "/")
    directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    names = files.map(Self.name)
    otherNames = others.map(Self.name)
    let name = names.first ?? ""
    let extensionStart = name.dropFirst().lastIndex(of: ".")
    stem = extensionStart.map { String(name[..<$0]) } ?? name
  }

  /// The last component of a path.
  private static func name(of path: String) -> String {
    String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
  }

  /// Gives what is root's there to a user: the database's files, and the directory, if it holds
  /// nothing else. A directory that is missing is made.
  ///
  /// Only regular files with one name are given away, and none where others than root and the user
  /// could have put them; a link is not followed. What is no database stays with all that is beside it.
  public func give(to account: Account) throws(PrivilegeError) {
    guard let name = names.first, !["", ".", ".."].contains(name) else { return }
    let directory = try CarefulPath.openDirectory(self.directory)
    guard Self.mayBeDatabase(name, in: directory) else { return }
    let status = try CarefulPath.status(of: directory)
    let isShared = status.st_mode & 0o022 != 0 && status.st_mode & S_ISVTX == 0
    guard [0, account.uid].contains(status.st_uid), !isShared else { return }
    for name in names + otherNames { try giveFile(name, in: directory, to: account) }
    if status.st_uid == 0, status.st_mode & 0o022 == 0, try holdsNothingElse(directory) {
      try Self.change(directory, to: account)
    }
  }

  /// Whether there is a database of that name, an empty file that may become one, or nothing.
  private static func mayBeDatabase(_ name: String, in directory: Descriptor) -> Bool {
    let number = openat(directory.number, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard number >= 0, let file = try? Descriptor(number, .open, name) else {
      return errno == ENOENT
    }
    var status = stat()
    guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    // https://www.sqlite.org/fileformat.html, section 1.3.
    let header = Array("SQLite format 3".utf8) + [0]
    var beginning = [UInt8](repeating: 0, count: header.count)
    let count = read(file.number, &beginning, beginning.count)
    return count == 0 || beginning == header
  }

  private func giveFile(
    _ name: String, in directory: Descriptor, to account: Account
  ) throws(PrivilegeError) {
    let number = linux_open_place(directory.number, name)
    guard number >= 0, let file = try? Descriptor(number, .open, name) else {
      if errno == ENOENT { return }
      throw .system(.open, errno: errno)
    }
    let status = try CarefulPath.status(of: file)
    // A second name may be that of a file of the system (`fs.protected_hardlinks`).
    guard status.st_uid == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else {
      return
    }
    try Self.change(file, to: account)
  }

  private static func change(_ file: Descriptor, to account: Account) throws(PrivilegeError) {
    guard linux_change_owner(file.number, account.uid, account.gid) == 0 else {
      throw .system(.chown, errno: errno)
    }
  }

  private func holdsNothingElse(_ directory: Descriptor) throws(PrivilegeError) -> Bool {
    let number = openat(directory.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0, let stream = fdopendir(number) else {
      throw .system(.list, errno: errno)
    }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != "..", !name.hasPrefix(stem) { return false }
    }
    return true
  }

  // MARK: - As who this process is now

  private var paths: [String] { names.map { directory == "/" ? "/\($0)" : "\(directory)/\($0)" } }

  /// Throws ``PrivilegeError/cannotWrite(path:user:)`` if this process, as its user alone, may not
  /// write there (access(2)).
  public func checkWritable() throws(PrivilegeError) {
    let closed =
      access(directory, W_OK | X_OK) != 0
      ? directory : paths.first { access($0, R_OK | W_OK) != 0 && errno != ENOENT }
    if let closed {
      throw .cannotWrite(path: closed, user: Account(uid: getuid()).name)
    }
  }

  /// Whether root needs CAP_DAC_OVERRIDE to write there: as it is somebody else's, or by its mode.
  public var isClosedToRoot: Bool {
    var place = directory
    while access(place, F_OK) != 0, let slash = place.lastIndex(of: "/") {
      place = slash == place.startIndex ? "/" : String(place[..<slash])
    }
    return Self.isClosed(place, S_IWUSR | S_IXUSR)
      || paths.contains { Self.isClosed($0, S_IRUSR | S_IWUSR) }
  }

  private static func isClosed(_ path: String, _ mode: mode_t) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return status.st_uid != 0 || status.st_mode & mode != mode
  }
}
