import Foundation
import Testing

/// Who a thread is and what it may do: the lines of `/proc/PID/task/TID/status` (proc_pid_status(5)).
struct ThreadStatus: Hashable {
  /// Real, effective, saved, file system.
  var uids: [String]
  var groups: [String]
  /// Bit masks in hexadecimal digits.
  var permitted: String
  var effective: String
  var inheritable: String
  var bounding: String
  var ambient: String
  var hasNoNewPrivileges: Bool
  /// 2 is a filter of system calls.
  var seccomp: String

  private init(_ text: String) {
    var fields: [String: [String]] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      fields[String(parts[0])] = parts[1].split(whereSeparator: \.isWhitespace).map(String.init)
    }
    func one(_ name: String) -> String { fields[name]?.first ?? "" }
    (uids, groups) = (fields["Uid"] ?? [], fields["Groups"] ?? [])
    (permitted, effective, inheritable) = (one("CapPrm"), one("CapEff"), one("CapInh"))
    (bounding, ambient) = (one("CapBnd"), one("CapAmb"))
    hasNoNewPrivileges = one("NoNewPrivs") == "1"
    seccomp = one("Seccomp")
  }

  /// Of every thread of a process; and how many there are.
  static func all(of process: Int32) throws -> (different: Set<ThreadStatus>, count: Int) {
    let directory = "/proc/\(process)/task"
    let threads = try FileManager.default.contentsOfDirectory(atPath: directory)
    // One may end meanwhile.
    let texts = threads.compactMap {
      try? String(contentsOfFile: "\(directory)/\($0)/status", encoding: .utf8)
    }
    return (Set(texts.map(ThreadStatus.init)), texts.count)
  }
}

extension ThreadStatus {
  /// Capabilities as the kernel prints them: a mask in hexadecimal digits.
  struct Mask: Hashable {
    var text: String

    init(_ text: String) {
      self.text = text
    }

    static let none = Mask("0000000000000000")
    /// CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE.
    static let polling = Mask("0000000000080004")
    /// With CAP_NET_ADMIN and CAP_PERFMON.
    static let tracing = Mask("0000004000081004")
    /// CAP_SYS_ADMIN.
    static let entering = Mask("0000000000200000")
  }

  /// Every thread of a process is this user, with these capabilities, and can gain nothing.
  static func expectAll(
    of process: Int32, uid: String, capabilities: Mask, atLeast threads: Int = 2,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let status = try all(of: process)
    let one = try #require(status.different.first, sourceLocation: sourceLocation)
    #expect(status.different.count == 1, "\(status.different)", sourceLocation: sourceLocation)
    #expect(status.count >= threads, sourceLocation: sourceLocation)
    #expect(one.uids == [uid, uid, uid, uid], sourceLocation: sourceLocation)
    #expect(one.permitted == capabilities.text, sourceLocation: sourceLocation)
    #expect(one.effective == capabilities.text, sourceLocation: sourceLocation)
    #expect(one.inheritable == Mask.none.text, sourceLocation: sourceLocation)
    #expect(one.bounding == capabilities.text, sourceLocation: sourceLocation)
    #expect(one.ambient == Mask.none.text, sourceLocation: sourceLocation)
    #expect(one.hasNoNewPrivileges && one.seccomp == "2", sourceLocation: sourceLocation)
    if uid != "0" { #expect(!one.groups.contains("0"), sourceLocation: sourceLocation) }
  }
}

/// Processes that descend from another.
enum Descendants {
  static func all(of process: Int32) -> [Int32] {
    let directory = "/proc/\(process)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    let children = threads.flatMap { thread -> [Int32] in
      let text = try? String(contentsOfFile: "\(directory)/\(thread)/children", encoding: .utf8)
      return (text ?? "").split(separator: " ").compactMap { Int32($0) }
    }
    return children + children.flatMap(all(of:))
  }

  /// The one of that name (proc_pid_comm(5)).
  static func first(named name: String, of process: Int32) -> Int32? {
    all(of: process).first {
      (try? String(contentsOfFile: "/proc/\($0)/comm", encoding: .utf8)) == name + "\n"
    }
  }
}
