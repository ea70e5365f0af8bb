import Foundation

/// Who a thread is and what it may do: the lines of `/proc/PID/task/TID/status` (proc_pid_status(5)).
struct ThreadStatus: Hashable {
  /// Real, effective, saved, file system.
  var uids: [String]
  var gids: [String]
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
    (uids, gids, groups) = (fields["Uid"] ?? [], fields["Gid"] ?? [], fields["Groups"] ?? [])
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
