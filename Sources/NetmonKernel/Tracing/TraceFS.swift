internal import CLinux
internal import Glibc

/// The tracing file system (`Documentation/trace/ftrace.rst`). All paths are relative to its root.
package final class TraceFS: Sendable {
  /// Where it was found; nil when this process mounted it for itself alone.
  package let mountPoint: String?
  private let root: Descriptor

  /// Where it is mounted as a rule; the second is an automount of debugfs.
  package static let usualPlaces = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"]

  /// Opens the file system where it is mounted, or else mounts it where nobody sees it: that mount
  /// ends with this object.
  ///
  /// Throws `KernelError.system`: EPERM or EACCES without privilege (CAP_SYS_ADMIN to mount),
  /// ENODEV if the kernel was built without it, ENOSYS to mount it before Linux 5.2.
  package init(places: [String] = TraceFS.usualPlaces) throws(KernelError) {
    for place in places {
      guard let root = Self.openRoot(place) else { continue }
      self.root = root
      mountPoint = place
      // Seeing the root is allowed to everybody; without AT_EACCESS the capabilities of a user that is
      // not root do not count (access(2)).
      guard faccessat(root.number, "instances", W_OK | X_OK, AT_EACCESS) == 0 else {
        throw .system(.open, subject: "\(place)/instances", errno: errno)
      }
      return
    }
    root = try Descriptor(linux_mount_detached("tracefs"), .mount, "tracefs")
    mountPoint = nil
  }

  private static func openRoot(_ place: String) -> Descriptor? {
    let number = Glibc.open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0, let root = try? Descriptor(number, .open, place) else { return nil }
    var status = statfs()
    guard fstatfs(number, &status) == 0, Int(status.f_type) == Int(TRACEFS_MAGIC) else {
      return nil
    }
    return root
  }

  // MARK: - Files

  func open(_ path: String, _ flags: Int32 = O_RDONLY) throws(KernelError) -> Descriptor {
    try Descriptor(openat(root.number, path, flags | O_CLOEXEC), .open, path)
  }

  /// The text of a small file.
  package func text(of path: String) throws(KernelError) -> String {
    let file = try open(path)
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while let count = try file.read(into: &buffer, path), count > 0 {
      text += buffer[..<count]
    }
    return String(decoding: text, as: UTF8.self)
  }

  func write(_ text: String, to path: String) throws(KernelError) {
    let file = try open(path, O_WRONLY | O_TRUNC)
    var text = text
    _ = try file.take(.write, path) {
      text.withUTF8 { Glibc.write(file.number, $0.baseAddress, $0.count) }
    }
  }

  /// Whether there is such a file or directory.
  func exists(_ path: String) -> Bool { faccessat(root.number, path, F_OK, 0) == 0 }

  func makeDirectory(_ path: String) throws(KernelError) {
    guard mkdirat(root.number, path, 0o700) == 0 else {
      throw .system(.mkdir, subject: path, errno: errno)
    }
  }

  func removeDirectory(_ path: String) throws(KernelError) {
    guard unlinkat(root.number, path, AT_REMOVEDIR) == 0 else {
      throw .system(.rmdir, subject: path, errno: errno)
    }
  }

  /// The names in a directory, in no order, without `.` and `..`.
  package func names(in path: String) throws(KernelError) -> [String] {
    let number = openat(root.number, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0, let stream = fdopendir(number) else {
      throw .system(.list, subject: path, errno: errno)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}

// MARK: - Formats

extension TraceFS {
  package func format(of tracepoint: Tracepoint) throws(KernelError) -> TracepointFormat {
    try TracepointFormat(text(of: "\(tracepoint.directory)/format"))
  }

  package func subBufferFormat() throws(KernelError) -> SubBufferFormat {
    try SubBufferFormat(headerPage: text(of: "events/header_page"))
  }
}
