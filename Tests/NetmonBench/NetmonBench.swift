import Arguments
import Glibc

/// Measures netmon against its peers in the same run.
@main
struct NetmonBench {
  typealias Action = @Sendable () async throws -> Void

  static let command = Command<Action>(
    "netmon-bench",
    summary: "Measure netmon against its peers",
    commands: [
      ProcCommand.declaration, ScanCommand.declaration, CaptureCommand.declaration,
      StoreCommand.declaration, IngestCommand.declaration, PageCommand.declaration,
    ])

  static func main() async {
    do {
      switch try command.parse(Array(CommandLine.arguments.dropFirst())) {
      case .print(let text): print(text, terminator: "")
      case .run(let action): try await action()
      }
    } catch let error as UsageError {
      if let help = error.help { say(help) }
      say("\(error)\n")
      exit(2)
    } catch {
      say("netmon-bench: \(error)\n")
      exit(1)
    }
  }

  /// Writes to standard error.
  static func say(_ message: String) {
    _ = message.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }
}

/// Why a measurement could not be made.
enum BenchError: Error, CustomStringConvertible {
  /// A system call failed (errno(3)).
  case system(String, errno: Int32)
  /// A program said something else than expected, or ended too early.
  case unexpected(String, from: String)

  var description: String {
    switch self {
    case .system(let operation, let errno): "\(operation): \(String(cString: strerror(errno)))"
    case .unexpected(let output, let program): "\(program) answered '\(output)'"
    }
  }
}
