import Arguments
import Foundation
import NetmonCore

/// The program: finds the command, runs it, and turns what went wrong into a line and a status.
@main
struct Netmon {
  static let version = Release.version
  /// When that version was made, for the manual page.
  static let released = "November 23, 2026"

  /// What a command does once its arguments are understood.
  typealias Action = @Sendable (Invocation) async throws -> Void

  static let command: Command<Action> = Command(
    "netmon",
    summary: "What connected to what, which process did it, and why did it fail",
    discussion: """
      netmon records every network connection of this machine with its process and its error, \
      keeps the records in SQLite, serves them over HTTP with a live page, and answers questions.
      """,
    examples: [
      Example("netmon query --live", "the sockets of this machine, now"),
      Example("sudo netmon serve --collect", "record this machine, and see it on a page"),
      Example("netmon errors --since 1h", "what failed in the last hour"),
    ],
    version: version,
    commands: [
      ServeCommand.declaration, CollectCommand.declaration, QueryCommand.declaration,
      ErrorsCommand.declaration, ProcCommand.declaration, TokenCommand.declaration,
      DoctorCommand.declaration,
      CompletionsCommand.declaration, ManualCommand.declaration,
    ])

  static func main() async {
    // A peer or reader that goes away is an error of that write, not the end of the program.
    signal(SIGPIPE, SIG_IGN)
    let environment = ProcessInfo.processInfo.environment
    let console = Console(environment: environment, now: now) {
      terminalWidth(of: STDOUT_FILENO, environment: environment)
    }
    let action: Action
    do throws(UsageError) {
      let arguments = Array(CommandLine.arguments.dropFirst())
      switch try command.parse(arguments, environment: environment, width: console.width) {
      case .print(let text):
        console.write(text)
        return
      case .run(let found):
        action = found
      }
    } catch {
      if let help = error.help { console.complain(help) }
      console.report(CommandError(error))
      exit(ExitCode.usage.rawValue)
    }
    guard OpenFileLimit.raise() >= OpenFileLimit.minimum else {
      console.report(
        CommandError("\(OpenFileLimit.minimum) open files must be allowed at least (ulimit -n)"))
      exit(ExitCode.failure.rawValue)
    }
    do {
      try await action(Invocation(console: console, environment: environment, now: now))
    } catch let told as ToldError {
      exit(told.code.rawValue)
    } catch {
      let failure = CommandError(error)
      console.report(failure)
      exit(failure.code.rawValue)
    }
  }

  /// The wall clock, to the microsecond until the year 2255.
  @Sendable private static func now() -> Timestamp {
    Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
  }
}

/// What a command finds around it.
struct Invocation: Sendable {
  var console: Console
  let environment: [String: String]
  /// The wall clock.
  let now: @Sendable () -> Timestamp
}
