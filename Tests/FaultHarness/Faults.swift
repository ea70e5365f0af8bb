import Arguments
import Foundation

/// Breaks netmon on purpose, and looks whether anything was lost or came twice.
@main
struct Faults {
  typealias Action = @Sendable () throws -> Void

  static let command = Command<Action>(
    "faults",
    summary: "Prove that nothing is lost and nothing comes twice",
    discussion: """
      Each command starts netmon, breaks something many times, and compares what was committed \
      with what is there at the end. Exit status 1, with the files kept, if anything does not hold.
      """,
    commands: [
      KillCommand.declaration, StepsCommand.declaration, ProxyCommand.declaration,
      DiskCommand.declaration, CorruptCommand.declaration, StreamCommand.declaration,
      SlowCommand.declaration, SoakCommand.declaration, FeedCommand.declaration,
    ])

  static func main() {
    // A peer that is killed is no reason to end.
    signal(SIGPIPE, SIG_IGN)
    for name in ["NETMON_DB", "NETMON_SERVER"] { unsetenv(name) }
    do {
      switch try command.parse(Array(CommandLine.arguments.dropFirst())) {
      case .print(let text): print(text, terminator: "")
      case .run(let action): try action()
      }
    } catch let error as UsageError {
      say("\(error)")
      exit(2)
    } catch {
      say("faults: \(error)")
      exit(1)
    }
  }

  /// Writes a line to standard error.
  static func say(_ message: String) {
    FileHandle.standardError.write(Data("\(message)\n".utf8))
  }
}

/// Why a run ended early.
enum FaultError: Error, CustomStringConvertible {
  /// A system call failed (errno(3)).
  case system(String, errno: Int32)
  /// Something did not come in time.
  case late(String)
  /// Something that netmon promises does not hold.
  case broken(String)
  /// This machine lacks something.
  case missing(String)

  var description: String {
    switch self {
    case .system(let operation, let errno): "\(operation): \(String(cString: strerror(errno)))"
    case .late(let what): "\(what) did not come in time"
    case .broken(let what): what
    case .missing(let what): what
    }
  }
}
