import Arguments
import NetmonAgent
import NetmonCore

/// A command that could not do its work: one line for standard error and an exit status.
struct CommandError: Error {
  /// The program, and the command if it is about that one's arguments.
  let subject: String
  /// Can be shown on a terminal whatever it quotes.
  let reason: String
  let code: ExitCode

  /// Begins with the subject.
  var message: String { "\(subject): \(reason)" }

  init(_ message: String, _ code: ExitCode = .failure) {
    subject = "netmon"
    reason = terminalSafe(message)
    self.code = code
  }

  /// A mistake in the arguments of a command.
  init(usage message: String, of command: String) {
    subject = "netmon \(command)"
    reason = terminalSafe(message)
    code = .usage
  }

  private init(subject: String, reason: String, code: ExitCode) {
    self.subject = subject
    self.reason = reason
    self.code = code
  }

  /// Puts any error into words.
  init(_ error: any Error) {
    switch error {
    case let error as CommandError:
      self = error
    case let error as UsageError:
      self.init(subject: error.command, reason: error.message, code: .usage)
    case let error as RESTError:
      self.init("\(error)", error.exitCode)
    default:
      self.init("\(error)")
    }
  }
}

extension RESTError {
  fileprivate var exitCode: ExitCode {
    switch self {
    case .invalidURL: .usage
    case .unreachable, .notSecure, .notNetmon, .unavailable: .unreachable
    case .notAuthorised, .forbidden: .notAuthorised
    case .refused: .failure
    }
  }
}
