internal import Glibc

/// The network namespaces that have a process, from the links `/proc/PID/ns/net`
/// (network_namespaces(7), namespaces(7)).
///
/// Namespaces that only a mount or a file descriptor keeps are not found, as `/proc` has no path
/// to their tables.
struct NetworkNamespaces {
  /// One namespace and where its `net` directory can be read, the best place first.
  struct Namespace {
    /// The inode of the namespace, which is its identity within a boot; 0 when unknown.
    var inode: UInt64
    /// Processes in it, any of which may vanish at any time.
    var processes: [Int32]
  }

  private(set) var all: [Namespace] = []

  /// Lists the processes and asks each for its namespace, which takes the right to ptrace it
  /// (ptrace(2)): without privilege only one's own processes answer.
  ///
  /// Throws `ProcError` if the processes cannot be listed.
  init(_ fs: ProcFS, skipped: inout SkipCounts) throws(ProcError) {
    var positions: [UInt64: Int] = [:]
    for pid in try fs.processIDs() {
      do {
        let inode = try fs.networkNamespace(of: pid)
        if let position = positions[inode] {
          all[position].processes.append(pid)
        } else {
          positions[inode] = all.count
          all.append(Namespace(inode: inode, processes: [pid]))
        }
      } catch {
        skipped.count(error)
      }
    }
  }
}

extension ProcFS {
  /// The inode of the network namespace that the process is in.
  package func networkNamespace(of pid: Int32) throws(ProcError) -> UInt64 {
    UInt64(try status(of: "\(pid)/ns/net").st_ino)
  }
}
