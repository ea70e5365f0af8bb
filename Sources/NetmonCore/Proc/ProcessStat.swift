internal import Glibc

/// What netmon needs of `/proc/PID/stat` (proc_pid_stat(5)).
package struct ProcessStat: Equatable {
  package var identity: ProcessIdentity
  /// The process's `comm`: chosen by the process, repaired where it is not UTF-8.
  var name: String
  var parentID: Int32
  var isKernelThread: Bool
  /// Whether it has ended, and its parent has not asked how.
  var isZombie: Bool

  /// Parses the one line of the file; nil when it is not as documented.
  ///
  /// The name stands in parentheses and may itself hold parentheses, spaces and newlines, so it
  /// ends at the last `)`: only numbers and the state follow.
  package init?(_ text: Span<UInt8>) {
    var index = 0
    guard let pid = text.decimal(at: &index).flatMap(Int32.init(exactly:)),
      text.skip(" ", at: &index), text.skip("(", at: &index),
      let end = text.indices.last(where: { text[$0] == UInt8(ascii: ")") }), end >= index
    else { return nil }
    name = text.string(in: index..<end)
    index = end + 1
    guard let state = text.word(at: &index),  // (3)
      let parent = Self.field(text, at: &index).flatMap(Int32.init(exactly:))  // (4)
    else { return nil }
    for _ in 5...8 where text.word(at: &index) == nil { return nil }
    guard let flags = Self.field(text, at: &index) else { return nil }  // (9)
    for _ in 10...21 where text.word(at: &index) == nil { return nil }
    guard let startTime = Self.field(text, at: &index), text.skip(" ", at: &index)  // (22)
    else { return nil }
    identity = ProcessIdentity(pid: pid, startTime: startTime)
    parentID = parent
    isZombie = ["Z", "X"].contains(text.string(in: state))
    isKernelThread = flags & Self.PF_KTHREAD != 0
  }

  private static func field(_ text: Span<UInt8>, at index: inout Int) -> UInt64? {
    text.skipBlanks(at: &index)
    return text.decimal(at: &index)
  }

  /// `include/linux/sched.h`
  private static let PF_KTHREAD: UInt64 = 0x0020_0000
}

extension ProcFS {
  /// Reads `/proc/PID/stat`.
  func processStat(_ pid: Int32) throws(ProcError) -> ProcessStat {
    let path = "\(pid)/stat"
    guard let stat = try parse(path, limit: 4096, ProcessStat.init) else {
      throw .malformed(path: path)
    }
    return stat
  }

  /// The process that asks, as this `/proc` numbers it.
  package func ownIdentity() throws(ProcError) -> ProcessIdentity {
    guard let stat = try parse("self/stat", limit: 4096, ProcessStat.init) else {
      throw .malformed(path: "self/stat")
    }
    return stat.identity
  }

  /// Whether that very process still runs, and not another one that has its number.
  package func isRunning(_ process: ProcessIdentity) -> Bool {
    guard let stat = try? processStat(process.pid) else { return false }
    return stat.identity == process && !stat.isZombie
  }

  /// Whether processes have the same numbers here as in the kernel's events (pid_namespaces(7)).
  package var isInInitialPIDNamespace: Bool {
    // `PROC_PID_INIT_INO` in `include/linux/proc_ns.h`.
    (try? status(of: "self/ns/pid")).map { $0.st_ino == 0xEFFF_FFFC } ?? true
  }
}
