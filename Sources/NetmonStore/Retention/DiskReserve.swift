import Glibc

/// Bytes kept back on the disk: opening a store and removing records have to write first, for which
/// a full disk has no room without it.
struct DiskReserve {
  let path: String

  init(ofStoreAt path: String) {
    self.path = path + "-reserve"
  }

  /// Takes the bytes, or less where there are not many: a quarter of what is free. What cannot be had
  /// is done without, and what there is too much of is given back.
  func take(_ bytes: Int64) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let size = min(bytes, self.size + freeOnDisk / 4)
    if size > self.size, posix_fallocate(descriptor, 0, off_t(size)) != 0 { release() }
    if size < self.size { ftruncate(descriptor, off_t(size)) }
  }

  /// What it has, in bytes.
  var size: Int64 {
    var file = stat()
    return stat(path, &file) == 0 ? Int64(file.st_size) : 0
  }

  /// What else the disk has for us, in bytes.
  var freeOnDisk: Int64 {
    var disk = statvfs()
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    guard statvfs(directory, &disk) == 0 else { return 0 }
    return Int64(clamping: disk.f_bavail) * Int64(clamping: disk.f_frsize)
  }

  /// Gives them back; false if there were none.
  @discardableResult
  func release() -> Bool {
    let hadSome = size > 0
    return unlink(path) == 0 && hadSome
  }
}
