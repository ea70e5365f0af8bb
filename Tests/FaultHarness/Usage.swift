import Foundation

/// What a process has taken up (proc(5)).
struct Usage {
  /// VmRSS, in kB.
  var memory: Int
  /// CPU time of all its threads.
  var time: Duration

  init(of process: pid_t) throws {
    let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    let stat = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    // utime and stime, the 14th and 15th; the second may have blanks in it.
    let fields =
      stat.split(separator: ")").last?.split(separator: " ").dropFirst(11).prefix(2) ?? []
    let ticks = fields.compactMap { Int($0) }.reduce(0, +)
    memory = line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    time = .seconds(1) * ticks / sysconf(Int32(_SC_CLK_TCK))
  }
}
