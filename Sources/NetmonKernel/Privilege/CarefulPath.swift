internal import CLinux
internal import Glibc

/// The way to a directory for a process that is about to change something there with root's rights.
///
/// A symbolic link is followed only where nobody but root could have put it; of a link in a directory
/// of another user nobody knows where it leads by the time it is followed.
struct CarefulPath {
  private let path: String
  private var rest: [Substring]
  private var here: Descriptor
  private var linksLeft = 40  // As the kernel has it (path_resolution(7)).

  /// Opens a directory, and makes it with what is missing above it: all of root's, with mode 755.
  ///
  /// Throws ``PrivilegeError/untrustedLink(path:)``, or `open` or `mkdir` with errno.
  static func openDirectory(_ path: String) throws(PrivilegeError) -> Descriptor {
    var walk = try CarefulPath(path)
    while let name = walk.rest.popLast() { try walk.step(to: String(name)) }
    return walk.here
  }

  private init(_ path: String) throws(PrivilegeError) {
    self.path = path
    here = try Self.open(path.hasPrefix("/") ? "/" : ".", in: AT_FDCWD)
    rest = path.split(separator: "/").reversed()
  }

  private mutating func step(to name: String) throws(PrivilegeError) {
    let next: Descriptor
    do {
      next = try Self.open(name, in: here.number)
    } catch .system(.open, ENOENT) {
      guard mkdirat(here.number, name, 0o755) == 0 else { throw .system(.mkdir, errno: errno) }
      next = try Self.open(name, in: here.number)
      // Whoever may write here could have put another one in its place.
      guard try Self.status(of: next).st_uid == geteuid() else { throw .untrustedLink(path: path) }
    }
    guard try Self.status(of: next).st_mode & S_IFMT == S_IFLNK else {
      here = next
      return
    }
    linksLeft -= 1
    guard linksLeft >= 0, try Self.isRootsAlone(here) else { throw .untrustedLink(path: path) }
    let target = try Self.target(of: next)
    if target.hasPrefix("/") { here = try Self.open("/", in: AT_FDCWD) }
    rest += target.split(separator: "/").reversed()
  }

  /// Whether nobody but root can put anything there.
  private static func isRootsAlone(_ directory: Descriptor) throws(PrivilegeError) -> Bool {
    let status = try status(of: directory)
    return status.st_uid == 0 && status.st_mode & 0o022 == 0
  }

  private static func open(_ name: String, in directory: Int32) throws(PrivilegeError) -> Descriptor
  {
    let number = linux_open_place(directory, name)
    guard number >= 0, let descriptor = try? Descriptor(number, .open, name) else {
      throw .system(.open, errno: errno)
    }
    return descriptor
  }

  static func status(of file: Descriptor) throws(PrivilegeError) -> stat {
    var status = stat()
    guard fstat(file.number, &status) == 0 else { throw .system(.open, errno: errno) }
    return status
  }

  private static func target(of link: Descriptor) throws(PrivilegeError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    // The empty path is the link itself (readlinkat(2)).
    let count = readlinkat(link.number, "", &buffer, Int(PATH_MAX))
    guard count >= 0 else { throw .system(.readlink, errno: errno) }
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
