/// A shell that can complete the arguments of a program.
package enum Shell: String, CaseIterable, ArgumentValue {
  case bash, zsh, fish

  package static var placeholder: String { "SHELL" }
}

extension Command {
  /// The script that teaches a shell to complete the arguments of the program.
  ///
  /// Bash and fish read it by `source`; for zsh it is a file named `_` and the program's name in a
  /// directory of `fpath`.
  package func completionScript(for shell: Shell) -> String {
    let manual = manual(path: [name])
    return switch shell {
    case .bash: BashCompletion(manual).script
    case .zsh: ZshCompletion(manual).script
    case .fish: FishCompletion(manual).script
    }
  }
}

extension Manual {
  /// The command and all below it, parents before their children.
  var all: [Manual] { [self] + commands.flatMap(\.all) }

  /// The options that take a value, of all commands.
  var valuedOptions: [String] {
    Set(all.flatMap(\.options).filter(\.isOption).flatMap(\.spellings)).sorted()
  }

  /// The program's name as part of a shell function's name.
  var identifier: String {
    String(path.joined(separator: "_").map { $0.isLetter || $0.isASCIIDigit ? $0 : "_" })
  }

  /// What operands may start with, the names of commands included.
  var operandWords: [String] {
    commands.map(\.name) + operands.flatMap(\.completion.words)
  }

  /// The terms that operands may be, if they are such.
  var terms: [String] {
    operands.flatMap { operand -> [String] in
      guard case .terms(let words) = operand.completion else { return [] }
      return words
    }
  }

  var takesPaths: Bool { operands.contains { $0.completion == .path } }
}

extension String {
  /// Whether every shell reads the text as a word that means itself.
  var isPlainWord: Bool {
    !isEmpty && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:".contains($0)) }
  }

  /// The text as a word of bash and zsh, between single quotes unless it needs none.
  var shellQuoted: String {
    if isPlainWord { return self }
    return "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }

  /// The text with a backslash before each of some characters.
  func escaping(_ characters: String) -> String {
    reduce(into: "") { $0 += characters.contains($1) ? "\\\($1)" : String($1) }
  }
}
