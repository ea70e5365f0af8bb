internal import Glibc

/// Reads what there is to know of a process from `/proc/PID` (proc_pid(5)), with or without
/// sockets.
public struct ProcessReader: Sendable {
  private let fs: ProcFS
  private var users: UserNames
  /// Whether to read command lines, which may hold secrets.
  private let includeCommand: Bool

  public init(_ fs: ProcFS, users: UserNames = UserNames(), includeCommand: Bool = false) {
    self.fs = fs
    self.users = users
    self.includeCommand = includeCommand
  }

  /// The process of that id. What this user may not read of it is left out.
  ///
  /// Throws `ProcError`, with `isVanished` if there is no such process.
  public mutating func process(pid: Int32) throws(ProcError) -> ProcessDetails {
    details(of: try fs.processStat(pid))
  }

  /// All processes named so, oldest first: by `comm`, or by the last part of the executable's
  /// path, as `comm` is cut to 15 bytes. Those that vanish meanwhile are left out.
  ///
  /// Throws `ProcError` if the processes cannot be listed.
  public mutating func processes(named name: String) throws(ProcError) -> [ProcessDetails] {
    var found: [ProcessDetails] = []
    for pid in try fs.processIDs() {
      guard let stat = try? fs.processStat(pid) else { continue }
      if stat.name == name
        || executable(of: pid).split(separator: "/").last.map(String.init) == name
      {
        found.append(details(of: stat))
      }
    }
    return found.sorted { $0.identity.isOlder(than: $1.identity) }
  }

  /// The details of the process whose `stat` was just read.
  mutating func details(of stat: ProcessStat) -> ProcessDetails {
    let pid = stat.identity.pid
    var details = ProcessDetails(identity: stat.identity, name: stat.name)
    details.path = executable(of: pid)
    // The directory belongs to the effective user, even when the process is not dumpable
    // (`task_dump_owner` in `fs/proc/base.c`).
    details.userID = (try? fs.status(of: "\(pid)"))?.st_uid
    details.user = details.userID.flatMap { users.name(of: $0) }
    if let cgroup = try? fs.parse("\(pid)/cgroup", ProcessCgroup.init) {
      details.unit = cgroup.unit
      details.container = cgroup.container
    }
    if stat.parentID > 0 {
      details.parentID = stat.parentID
      details.parentName = (try? fs.processStat(stat.parentID))?.name
    }
    details.command = includeCommand ? command(of: pid) : nil
    return details
  }

  /// `/proc/PID/exe`: the path of the executable, or "" for a kernel thread and when denied.
  private func executable(of pid: Int32) -> String {
    let link = "\(pid)/exe"
    let deleted = " (deleted)"
    guard let path = try? fs.target(of: link) else { return "" }
    guard path.hasSuffix(deleted) else { return path }
    // The kernel adds the words when the file was unlinked. A file that has links has them in
    // its name.
    if let status = try? fs.status(of: link), status.st_nlink > 0 { return path }
    return String(path.dropLast(deleted.count))
  }

  /// `/proc/PID/cmdline`: the arguments, each ended by a NUL, joined by spaces; cut at 4 KiB. Nil
  /// for a kernel thread and when denied.
  private func command(of pid: Int32) -> String? {
    guard var bytes = try? fs.contents(of: "\(pid)/cmdline", limit: 4096), !bytes.isEmpty else {
      return nil
    }
    while bytes.last == 0 { bytes.removeLast() }
    for index in bytes.indices where bytes[index] == 0 { bytes[index] = UInt8(ascii: " ") }
    return bytes.withUnsafeBufferPointer { String(keeping: $0) }
  }
}

extension ProcessIdentity {
  /// Whether this process started before `other`; of two in one clock tick the lower pid counts as
  /// the older.
  func isOlder(than other: Self) -> Bool {
    (startTime, pid) < (other.startTime, other.pid)
  }
}
