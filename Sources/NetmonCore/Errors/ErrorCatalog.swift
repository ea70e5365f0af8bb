/// What an operator needs to know of an error: what it means, what usually brings it about, and
/// what to look at next. The one source of `docs/errors.md` and `netmon errors --explain`.
public struct ErrorExplanation: Hashable, Sendable {
  public var error: ConnectionError
  /// What happened, in one sentence.
  public var summary: String
  /// What the kernel saw, and what that proves.
  public var meaning: String
  /// The usual causes, the most usual first.
  public var causes: [String]
  public var steps: [Step]
  /// What the kernel itself cannot tell apart, or where netmon concludes; nil when nothing.
  public var limits: String?

  /// Something to look at next.
  public struct Step: Hashable, Sendable {
    public var text: String
    /// A command line to begin with; capital words stand for what the record says.
    public var command: String?

    init(_ text: String, _ command: String? = nil) {
      self.text = text
      self.command = command
    }
  }
}

/// The explanations of all errors that connections meet.
public enum ErrorCatalog {
  /// The six that matter most, then the others.
  public static let all: [ErrorExplanation] = common + local

  /// The explanation of an error, or nil if it is none that connections usually meet.
  public static func explanation(of error: ConnectionError) -> ErrorExplanation? {
    all.first { $0.error == error }
  }
}

extension ErrorExplanation: CustomStringConvertible {
  /// Plain text for a terminal.
  public var description: String {
    var lines = ["\(error.name) (errno \(error.number)): \(summary)", "", meaning, ""]
    lines.append("Usual causes:")
    lines += causes.map { "  - \($0)" }
    lines += ["", "Look at:"]
    for step in steps {
      lines.append("  - \(step.text)")
      if let command = step.command { lines.append("      \(command)") }
    }
    if let limits { lines += ["", "Limits: \(limits)"] }
    return lines.joined(separator: "\n")
  }

  /// One section of `docs/errors.md`.
  public var markdown: String {
    var lines = ["## \(error.name)", "", "*errno \(error.number).* \(summary)", "", meaning, ""]
    lines += ["**Usual causes**", ""]
    lines += causes.map { "- \($0)" }
    lines += ["", "**Look at**", ""]
    for step in steps {
      lines.append("- \(step.text)" + (step.command.map { ": `\($0)`" } ?? ""))
    }
    if let limits { lines += ["", "**Limits.** \(limits)"] }
    return lines.joined(separator: "\n") + "\n"
  }
}
