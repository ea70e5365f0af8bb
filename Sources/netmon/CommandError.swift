import NetmonAgent
import NetmonCore

/// A command that could not do its work: one line for standard error and an exit status.
struct CommandError: Error {
  /// Begins with the program's name, and can be shown on a terminal whatever it quotes.
  let message: String
  let code: ExitCode

  init(_ message: String, _ code: ExitCode = .failure) {
    self.message = "netmon: " + terminalSafe(message)
    self.code = code
  }

  /// A mistake in the arguments of a command.
  init(usage message: String, of command: String) {
    self.message = "netmon \(command): " + terminalSafe(message)
    code = .usage
  }

  /// Puts any error into words.
  init(_ error: any Error) {
    switch error {
    case let error as CommandError:
      self = error
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
    case .unreachable, .notNetmon, .unavailable: .unreachable
    case .notAuthorised, .forbidden: .notAuthorised
    case .refused: .failure
    }
  }
}
