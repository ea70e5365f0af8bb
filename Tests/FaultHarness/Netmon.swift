import Foundation

/// The netmon under test, and how it is started.
struct Netmon: Sendable {
  var path: String
  /// How soon a start must have led to something that works.
  var readiness: Duration

  /// The path of a program that was built together with this one.
  static func built(_ name: String) throws -> String {
    guard let own = realpath("/proc/self/exe", nil) else {
      throw FaultError.system("realpath", errno: errno)
    }
    defer { free(own) }
    return (String(cString: own) as NSString).deletingLastPathComponent + "/" + name
  }

  func serve(
    _ database: String, port: UInt16, _ options: [String] = [], messages: String,
    tracer: Tracer? = nil
  ) throws -> Child {
    try Child(
      (tracer?.command ?? []) + [path, "serve", "--db", database, "--port", "\(port)"] + options,
      messages: messages)
  }

  /// A collector that delivers to a server on `port`, and looks at the sockets once in an hour
  /// unless told otherwise, so that it records what is written into its database by others.
  func collect(
    _ database: String, port: UInt16, _ options: [String] = ["--interval", "3600s"],
    messages: String, tracer: Tracer? = nil
  ) throws -> Child {
    try Child(
      (tracer?.command ?? []) + [
        path, "collect", "--db", database, "--server", "http://127.0.0.1:\(port)", "--source",
        "proc",
      ] + options, messages: messages)
  }

  /// Delivers all there is, after one look at the sockets; returns the exit status.
  func deliver(
    _ database: String, port: UInt16, messages: String, tracer: Tracer? = nil
  ) throws -> Int32 {
    try collect(database, port: port, ["--once"], messages: messages, tracer: tracer)
      .wait(within: .seconds(120))
  }

  /// Waits until a server can store records. Returns how long that took from its start.
  func awaitReady(_ server: Child, port: UInt16) throws -> Duration {
    try startingTime(of: server, "a server that is ready") {
      (try? HTTP.get("/readyz", port: port, timeout: readiness))?.status == 200
    }
  }

  /// Waits until a collector has said that it collects. Returns how long that took.
  func awaitCollecting(_ collector: Child) throws -> Duration {
    try startingTime(of: collector, "a collector that collects") {
      collector.said.contains("collecting into")
    }
  }

  private func startingTime(
    of child: Child, _ what: String, _ condition: () throws -> Bool
  ) throws -> Duration {
    try eventually(what, within: max(readiness, .seconds(30))) {
      try child.expectRunning()
      return try condition()
    }
    let time = child.start.duration(to: .now)
    guard time <= readiness else {
      throw FaultError.broken("\(what) took \(time.text)")
    }
    return time
  }
}

/// How `fault-tracer` strikes at a program.
struct Tracer {
  enum Fault: String {
    case kill, EIO, ENOSPC
  }

  var fault: Fault
  /// Strikes at this call of those that change files; 0 only counts.
  var call: Int
  /// How many calls in a row fail.
  var times = 1
  /// Only system calls of this name count.
  var name: String?
  /// Counts only after ``Child/send(_:)`` of SIGUSR1.
  var waits = false
  /// Only files whose paths begin so count.
  var directory: String
  /// The tracer writes here what it did.
  var report: String
  var program: String

  init(_ fault: Fault, call: Int, below directory: String, report: String) throws {
    self.fault = fault
    self.call = call
    self.directory = directory
    self.report = report
    program = try Netmon.built("fault-tracer")
    unlink(report)
  }

  /// What stands before the command that is traced.
  fileprivate var command: [String] {
    var command = [program, "-f", fault.rawValue, "-n", "\(call)", "-t", "\(times)"]
    if let name { command += ["-c", name] }
    if waits { command.append("-w") }
    return command + ["-d", directory, "-r", report]
  }

  /// How many calls there were, and how many were struck at; after the program's end.
  func result() throws -> (calls: Int, strikes: Int) {
    let text = try String(contentsOfFile: report, encoding: .utf8)
    let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
    guard numbers.count == 2 else { throw FaultError.broken("fault-tracer reported \(text)") }
    return (numbers[0], numbers[1])
  }
}
