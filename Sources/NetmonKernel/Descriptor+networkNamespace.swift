internal import Glibc

extension Descriptor {
  /// Opens the network namespace of a process or thread, if it is that one, by inode. Open, it stays
  /// the same one, and alive, when they end or move on.
  ///
  /// Throws `KernelError.system`: ESRCH if they are in another one by now.
  convenience init(
    networkNamespace inode: UInt64, of thread: Int32, root: String = "/proc"
  ) throws(KernelError) {
    let path = "\(root)/\(thread)/ns/net"
    try self.init(open(path, O_RDONLY | O_CLOEXEC), .open, path)
    guard try self.inode == inode else { throw .system(.stat, subject: path, errno: ESRCH) }
  }

  /// The inode, which for a namespace is its identity while it lives.
  var inode: UInt64 {
    get throws(KernelError) {
      var status = stat()
      guard fstat(number, &status) == 0 else {
        throw .system(.stat, subject: "descriptor \(number)", errno: errno)
      }
      return UInt64(status.st_ino)
    }
  }
}
