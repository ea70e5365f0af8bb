import Foundation
import Glibc
import Synchronization

/// A program that a test started; killed at the end of this object's life, or of its own lifetime,
/// so that waiting for its output or its end always ends too.
///
/// Foundation's `Process` now and then misses an end when several run at a time.
final class ChildProcess: Sendable {
  let pid: Int32
  let output: ChildOutput
  let errors: ChildOutput
  private let input: FileHandle
  private let exit: Exit

  /// Starts the program at `path`, or the one of that name in `PATH`, with an open standard input.
  /// `environment` is added to this process's.
  init(
    _ path: String, _ arguments: [String] = [], environment: [String: String] = [:],
    lifetime: Duration = .seconds(60)
  ) throws {
    let environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let started = try Self.spawn([path] + arguments, environment)
    pid = started.pid
    input = started.input
    output = ChildOutput(started.output)
    errors = ChildOutput(started.errors)
    exit = Exit(of: pid)
    let end = DispatchTime.now() + lifetime / .seconds(1)
    DispatchQueue.global().asyncAfter(deadline: end) { [weak exit] in exit?.send(SIGKILL) }
  }

  deinit { send(SIGKILL) }

  func send(_ signal: Int32) {
    exit.send(signal)
  }

  func closeInput() {
    try? input.close()
  }

  /// Waits for the end of the process: its exit status, or 128 and the signal that killed it.
  var status: Int32 {
    get async { await exit.status.value }
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

  /// The path of a program that is installed.
  static func find(_ name: String) -> String? {
    let directories = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return directories.map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}

extension ChildProcess {
  /// The end of a process, awaited on a thread of its own.
  private final class Exit: Sendable {
    let status: Task<Int32, Never>
    private let pid: pid_t
    /// Once a process was waited for, its pid may be another one's.
    private let isReaped = Mutex(false)

    init(of pid: pid_t) {
      self.pid = pid
      let (ends, end) = AsyncStream<Int32>.makeStream()
      status = Task { await ends.first { _ in true } ?? -1 }
      Thread.detachNewThread { [self] in
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        var status: Int32 = 0
        isReaped.withLock {
          waitpid(pid, &status, 0)
          $0 = true
        }
        // `WIFEXITED` and its kin are macros (wait(2)): the signal is in the low 7 bits.
        let signal = status & 0x7F
        end.yield(signal == 0 ? status >> 8 & 0xFF : 128 + signal)
        end.finish()
      }
    }

    func send(_ signal: Int32) {
      isReaped.withLock { isReaped in
        if !isReaped { kill(pid, signal) }
      }
    }
  }
}
