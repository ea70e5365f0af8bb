import Glibc
import NetmonCore

/// Where the fixtures are that are the same for all tests.
func procFixture(_ name: String) -> String {
  let here = String(#filePath)
  return here.prefix(upTo: here.lastIndex(of: "/") ?? here.startIndex) + "/Fixtures/proc/" + name
}

/// A made-up `/proc` in a temporary directory, removed at the end of its life.
final class ProcTree {
  let root: String

  init() throws {
    var template = Array("/tmp/netmon-proc-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Errno(errno) }
    root = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    mkdir("\(root)/namespaces", 0o755)
  }

  deinit { remove(root) }

  struct Errno: Error {
    let number: Int32
    init(_ number: Int32) { self.number = number }
  }

  func write(_ path: String, _ bytes: [UInt8]) {
    makeParents(of: path)
    let file = open("\(root)/\(path)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    _ = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
    close(file)
  }

  func write(_ path: String, _ text: String) { write(path, Array(text.utf8)) }

  func link(_ path: String, to target: String) {
    makeParents(of: path)
    unlink("\(root)/\(path)")
    symlink(target, "\(root)/\(path)")
  }

  func remove(process pid: Int32) { remove("\(root)/\(pid)") }

  /// A process with these sockets open, in a namespace of that name.
  func process(
    _ pid: Int32, name: String = "test", start: UInt64, parent: Int32 = 1,
    sockets: [UInt64] = [], namespace: String = "a"
  ) {
    remove(process: pid)
    write("\(pid)/stat", Self.statLine(pid, name: name, start: start, parent: parent))
    link("\(pid)/exe", to: "/usr/bin/\(name)")
    write("\(pid)/cgroup", "0::/system.slice/\(name).service\n")
    link("\(pid)/fd/0", to: "/dev/null")
    for (number, inode) in sockets.enumerated() {
      link("\(pid)/fd/\(number + 3)", to: "socket:[\(inode)]")
    }
    write("namespaces/\(namespace)", "")
    link("\(pid)/ns/net", to: "\(root)/namespaces/\(namespace)")
    mkdir("\(root)/net-\(namespace)", 0o755)
    link("\(pid)/net", to: "../net-\(namespace)")
  }

  /// `/proc/PID/net/tcp` of the namespace: one connection per inode, on local ports from 4096 on.
  func tcp(_ inodes: [UInt64], namespace: String = "a") {
    var text = "  sl  local_address rem_address   st …\n"
    for (row, inode) in inodes.enumerated() {
      let port = String(4096 + row, radix: 16, uppercase: true)
      text += "  \(row): 0100007F:\(port) 0200007F:0050 01 00000000:00000000 00:00000000 00000000 "
      text += "  33        0 \(inode) 1 0 20 4 0 10 -1\n"
    }
    write("net-\(namespace)/tcp", text)
  }

  func inode(ofNamespace name: String) -> UInt64 {
    var status = stat()
    stat("\(root)/namespaces/\(name)", &status)
    return UInt64(status.st_ino)
  }

  static func statLine(
    _ pid: Int32, name: String, state: String = "S", start: UInt64, parent: Int32 = 1,
    flags: UInt64 = 0x40_0100
  ) -> String {
    "\(pid) (\(name)) \(state) \(parent) 5 5 0 -1 \(flags) 1 0 0 0 1 2 0 0 20 0 1 0 \(start) 9 9 9\n"
  }

  private func makeParents(of path: String) {
    var directory = root
    for part in path.split(separator: "/").dropLast() {
      directory += "/\(part)"
      mkdir(directory, 0o755)
    }
  }

  private func remove(_ path: String) {
    if let stream = opendir(path) {
      var names: [String] = []
      while let entry = readdir(stream) {
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { names.append(String(cString: $0)) }
        }
      }
      closedir(stream)
      for name in names where name != "." && name != ".." {
        var status = stat()
        let child = "\(path)/\(name)"
        let isDirectory = lstat(child, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        if isDirectory { remove(child) } else { unlink(child) }
      }
    }
    rmdir(path)
  }
}
