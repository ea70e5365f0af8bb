/// What the arguments of a program ask for.
package enum Outcome<Action: Sendable>: Sendable {
  /// To run a command.
  case run(Action)

  /// To print help or the version, given here with its final newline, and to exit with status 0.
  case print(String)
}

/// Arguments that cannot be understood; the program exits with status 2.
package struct UsageError: Error, CustomStringConvertible, Sendable {
  /// The command with its parents, such as `netmon token create`.
  package let command: String

  /// What is wrong, in one printable line.
  package let message: String

  /// The help to print below the message when the arguments name no command.
  package let help: String?

  init(command: String, message: String, help: String? = nil) {
    self.command = command
    self.message = printable(message)
    self.help = help
  }

  /// One line for standard error: `netmon query: unknown option '--limt'; …`.
  package var description: String { "\(command): \(message)" }
}
