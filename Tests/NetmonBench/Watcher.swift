import Glibc
import NetmonCore

/// A program that watches connections in the background, and what it costs.
///
/// It is ended with SIGTERM, at the latest with its owner.
final class Watcher {
  typealias Lines = ((String) throws(BenchError) -> Void) throws(BenchError) -> Void

  private let name: String
  private let pid: pid_t
  private let output: Descriptor
  private let read: (Lines) throws(BenchError) -> WatcherResult
  private var isRunning = true

  /// Starts it. `read` makes out of what it has printed what it saw.
  init(
    _ name: String, _ program: Program,
    read: @escaping (Lines) throws(BenchError) -> WatcherResult = { _ in WatcherResult() }
  ) throws(BenchError) {
    self.name = name
    self.read = read
    let null = try Descriptor.null()
    output = try Descriptor.scratch()
    pid = try program.spawn(input: null.number, output: output.number)
  }

  deinit { end() }

  private func end() {
    guard isRunning else { return }
    isRunning = false
    kill(pid, SIGTERM)
    waitpid(pid, nil, 0)
  }

  /// Ends it and returns what it saw.
  func finish() throws(BenchError) -> WatcherResult {
    end()
    output.rewind()
    return try read { body throws(BenchError) in
      try output.readLines { line throws(BenchError) in
        try body(line)
        return true
      }
    }
  }

  /// Lets it take in what has happened.
  func settle() throws(BenchError) {
    usleep(2_000_000)
    if waitpid(pid, nil, WNOHANG) != 0 {
      isRunning = false
      throw .unexpected("an early end", from: name)
    }
  }

  /// What it has used so far (`utime` and `stime` in proc_pid_stat(5), in clock ticks), with the
  /// children that it has waited for.
  func cpu() throws(BenchError) -> Duration {
    let ticks = try stat(14) + stat(15) + stat(16) + stat(17)
    return .milliseconds(1000 * ticks / Int64(sysconf(Int32(_SC_CLK_TCK))))
  }

  /// Its anonymous memory in bytes (`RssAnon` in proc_pid_status(5)).
  func anonymousMemory() throws(BenchError) -> Int {
    let lines = try text("status").split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix("RssAnon:") }),
      let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({
        Int($0)
      })
    else { throw .unexpected("no RssAnon", from: name) }
    return kilobytes * 1024
  }

  /// A field of proc_pid_stat(5), where it is counted from 1. The name before the third may hold
  /// anything.
  private func stat(_ field: Int) throws(BenchError) -> Int64 {
    let text = try text("stat")
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    guard fields.count > field - 2, let value = Int64(fields[field - 2]) else {
      throw .unexpected(text, from: name)
    }
    return value
  }

  private func text(_ file: String) throws(BenchError) -> String {
    do {
      return String(decoding: try ProcFS().contents(of: "\(pid)/\(file)"), as: UTF8.self)
    } catch {
      throw .unexpected("an early end", from: name)
    }
  }
}
