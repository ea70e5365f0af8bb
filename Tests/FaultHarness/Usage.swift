import Foundation

/// What a process has taken up (proc(5)).
struct Usage {
  /// VmRSS, in kB.
  var memory: Int
  /// VmHWM, the most of it since ``resetPeak(of:)``, in kB.
  var peak: Int
  /// CPU time of all its threads.
  var time: Duration

  init(of process: pid_t) throws {
    let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    func size(_ name: String) -> Int {
      let line = status.split(separator: "\n").first { $0.hasPrefix("\(name):") }
      return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
    let stat = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    // utime and stime, the 14th and 15th; the second may have blanks in it.
    let fields =
      stat.split(separator: ")").last?.split(separator: " ").dropFirst(11).prefix(2) ?? []
    let ticks = fields.compactMap { Int($0) }.reduce(0, +)
    (memory, peak) = (size("VmRSS"), size("VmHWM"))
    time = .seconds(1) * ticks / sysconf(Int32(_SC_CLK_TCK))
  }

  /// Forgets what was the most that a process has taken up.
  static func resetPeak(of process: pid_t) {
    // What its owner may not write stays as it is, and the peak counts from the process's beginning.
    try? Data("5".utf8).write(to: URL(filePath: "/proc/\(process)/clear_refs"))
  }

  /// A process and all that descend from it.
  static func family(of process: pid_t) throws -> [pid_t] {
    var all = [process]
    var index = 0
    while index < all.count {
      let path = "/proc/\(all[index])/task"
      for thread in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
        let children = try? String(contentsOfFile: "\(path)/\(thread)/children", encoding: .utf8)
        all += (children ?? "").split(separator: " ").compactMap { pid_t($0) }
      }
      index += 1
    }
    return all
  }

  /// How many files a process has open.
  static func descriptors(of process: pid_t) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
  }
}
