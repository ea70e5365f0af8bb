import Foundation
import Glibc

extension TokenFile {
  /// Changes what the file says, or makes it: whole or not at all, and after the changes that others
  /// are making.
  ///
  /// A file made by root belongs to whom the database belongs, or the directory where there is none
  /// yet: who serves it must read it. `database` is the one that it is beside, if that is known.
  public func edit<Value>(
    besides database: String?, _ change: (inout TokenList) -> Value
  ) throws(TokenFileError) -> Value {
    let url = URL(fileURLWithPath: path)
    let directory = url.deletingLastPathComponent().path
    try? FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o755])
    let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw .cannotWrite(path: path, errno: errno) }
    defer { close(folder) }
    // The directory is what stays: the file itself is replaced.
    guard flock(folder, LOCK_EX) == 0 else { throw .cannotWrite(path: path, errno: errno) }
    let name = url.lastPathComponent
    let before = try read(name, in: folder)
    var list = before ?? TokenList()
    let value = change(&list)
    if list != before {
      let bytes = list.bytes
      guard bytes.count <= Self.room || list.tokens.count <= before?.tokens.count ?? 0 else {
        throw .full(path: path)
      }
      try replace(
        name, in: folder, by: bytes, owner: owner(name, in: folder, database: database))
    }
    return value
  }

  private func read(_ name: String, in folder: Int32) throws(TokenFileError) -> TokenList? {
    let descriptor = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT: return nil
      case ELOOP: throw .symbolicLink(path: path)
      default: throw .cannotRead(path: path, errno: errno)
      }
    }
    defer { close(descriptor) }
    return try read(descriptor)
  }

  private func owner(_ name: String, in folder: Int32, database: String?) -> (uid_t, gid_t)? {
    var status = stat()
    let isFound =
      fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0
      || database.map { lstat($0, &status) == 0 } ?? false || fstat(folder, &status) == 0
    return isFound ? (status.st_uid, status.st_gid) : nil
  }

  private func replace(
    _ name: String, in folder: Int32, by bytes: [UInt8], owner: (uid_t, gid_t)?
  ) throws(TokenFileError) {
    let temporary = name + ".new"
    // What a killed netmon has left; the lock says that nobody else is at work on it.
    unlinkat(folder, temporary, 0)
    let descriptor = openat(
      folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, errno: errno) }
    defer { close(descriptor) }
    var isOwned = true
    if geteuid() == 0, let (user, group) = owner {
      isOwned = fchown(descriptor, user, group) == 0
    }
    guard isOwned, write(bytes, to: descriptor), fsync(descriptor) == 0,
      renameat(folder, temporary, folder, name) == 0, fsync(folder) == 0
    else {
      let error = errno
      unlinkat(folder, temporary, 0)
      throw .cannotWrite(path: path, errno: error)
    }
  }

  /// Whether all of it was written.
  private func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
