import Arguments
import Logging

/// What services say of themselves, and how: what `collect` and `serve` have in common.
struct LogOptions: Sendable {
  var level: Logger.Level?
  var format = LogFormat.text
  var isVerbose = false

  static func declarations<Root>(_ part: Property<Root, LogOptions>) -> Group<Root> {
    Group(part) {
      Group("Log") {
        Option(
          "log-level", \.level,
          help: """
            say on standard error what is at least this urgent; by default notice; the first line, \
            which tells what runs, is said in any case
            """)
        Option(
          "log-format", \.format,
          help: "lines of text, or JSON objects with time, level, message and metadata")
        Flag("verbose", short: "v", \.isVerbose, help: "the same as --log-level debug")
        Exclusive("log-level", "verbose")
      }
    }
  }

  /// Runs `body` where messages are as these options want them; the error that ends it, too.
  func withLogger(
    _ invocation: Invocation, _ body: (Invocation, Logger) async throws -> Void
  ) async throws {
    var invocation = invocation
    invocation.console.messages.format = format
    let console = invocation.console
    let level = level ?? (isVerbose ? .debug : .notice)
    let logger = Logger(label: "netmon") { _ in StatusLogHandler(console: console, level: level) }
    do {
      try await body(invocation, logger)
    } catch {
      let failure = CommandError(error)
      console.report(failure)
      throw ToldError(code: failure.code)
    }
  }
}

/// An error of which the user knows already.
struct ToldError: Error {
  let code: ExitCode
}

extension Logger.Level: ArgumentValue {
  package static var placeholder: String { "LEVEL" }
  package static var expectation: String { "a level" }
}
