import Foundation

/// A program that a test started; killed at the end of this object's life, or of its own lifetime,
/// so that waiting for its output or its end always ends too.
final class ChildProcess: Sendable {
  let output: ChildOutput
  let errors: ChildOutput
  private let process: Process
  private let input: FileHandle
  private let exit: Task<Int32, Never>

  /// Starts the program at `path`, or the one of that name in `PATH`, with an open standard input.
  init(
    _ path: String, _ arguments: [String] = [], environment: [String: String] = [:],
    lifetime: Duration = .seconds(60)
  ) throws {
    let pipes = (input: Pipe(), output: Pipe(), errors: Pipe())
    let (exits, exited) = AsyncStream<Int32>.makeStream()
    process = Process()
    process.executableURL = URL(fileURLWithPath: Self.find(path) ?? path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = pipes.input
    process.standardOutput = pipes.output
    process.standardError = pipes.errors
    process.terminationHandler = { process in
      let wasKilled = process.terminationReason == .uncaughtSignal
      exited.yield(process.terminationStatus + (wasKilled ? 128 : 0))
      exited.finish()
    }
    try process.run()
    input = pipes.input.fileHandleForWriting
    output = ChildOutput(pipes.output.fileHandleForReading)
    errors = ChildOutput(pipes.errors.fileHandleForReading)
    exit = Task { await exits.first { _ in true } ?? -1 }
    let end = DispatchTime.now() + lifetime / .seconds(1)
    DispatchQueue.global().asyncAfter(deadline: end) { [weak self] in self?.send(SIGKILL) }
  }

  deinit { send(SIGKILL) }

  var pid: Int32 { process.processIdentifier }

  func send(_ signal: Int32) {
    if process.isRunning { kill(pid, signal) }
  }

  func closeInput() {
    try? input.close()
  }

  /// Waits for the end of the process: its exit status, or 128 and the signal that killed it.
  var status: Int32 {
    get async { await exit.value }
  }
}

extension ChildProcess {
  /// What a program that ran to its end left behind.
  struct Result: Sendable {
    var status: Int32
    var output: String
    var errors: String
  }

  /// Runs a program to its end, without anything to read.
  static func run(
    _ path: String, _ arguments: [String] = [], environment: [String: String] = [:],
    lifetime: Duration = .seconds(60)
  ) async throws -> Result {
    let child = try ChildProcess(
      path, arguments, environment: environment, lifetime: lifetime)
    child.closeInput()
    let (output, errors) = (await child.output.rest(), await child.errors.rest())
    return Result(status: await child.status, output: output, errors: errors)
  }

  /// The path of a program that is installed, or of one that is given by its path.
  static func find(_ name: String) -> String? {
    if name.contains("/") { return name }
    let directories = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return directories.map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
