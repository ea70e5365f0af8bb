extension Command {
  /// The manual page for the program and all its commands, in the language of mdoc(7).
  ///
  /// `date` is when the program was released, such as `November 23, 2026`; the sections of
  /// `appendices` come after those of the commands.
  package func manualPage(date: String, appendices: [Appendix] = []) -> String {
    var page = ManualPage()
    page.write(manual(path: [name]), date: date, appendices)
    return page.text
  }
}

/// Writes a page line by line.
///
/// `mandoc -Tlint` asks for short lines, each sentence on a new one, and no paragraph where there is
/// one anyway.
private struct ManualPage {
  private var lines = [#".\" Generated from the program's own declarations; do not edit."#]

  var text: String { lines.joined(separator: "\n") + "\n" }

  private static let width = 78

  mutating func write(_ root: Manual, date: String, _ appendices: [Appendix]) {
    lines += [
      ".Dd \(date)", ".Dt \(root.name.uppercased()) 1", ".Os", ".Sh NAME", ".Nm \(root.name)",
      ".Nd \(Roff.escaped(root.summary.lowercasedAtStart))", ".Sh SYNOPSIS", ".Nm",
      ".Ar command", ".Op Ar option ...", ".Sh DESCRIPTION",
    ]
    write(root.discussion.isEmpty ? root.summary + "." : root.discussion)
    let commands = root.commands.flatMap(\.all).filter { $0.name != "help" }
    lines += [".Pp", "The commands are:"]
    list(commands.map { ($0.path.dropFirst().joined(separator: " "), [], $0.summary + ".") })
    let common = root.options
    if !common.isEmpty {
      lines += [".Pp", "Every command has these options:"]
      list(common.map(item))
    }
    lines.append(".Sh COMMANDS")
    for command in commands { section(command, without: common) }
    writeEnvironment(commands)
    for appendix in appendices { section(appendix) }
    let examples = (commands + [root]).flatMap(\.examples)
    if !examples.isEmpty {
      lines.append(".Sh EXAMPLES")
      for (index, example) in examples.enumerated() { write(example, isFirst: index == 0) }
    }
  }

  // MARK: - Sections

  private mutating func section(_ manual: Manual, without common: [Parameter]) {
    lines.append(".Ss \(Roff.escaped(manual.invocation))")
    lines.append(".Nm \"\(Roff.escaped(manual.invocation))\"")
    for part in manual.synopsis { lines.append(Roff.line(part)) }
    lines.append(".Pp")
    write(manual.summary + ".")
    if !manual.discussion.isEmpty {
      lines.append(".Pp")
      write(manual.discussion)
    }
    let labels = Set(common.map(\.label))
    list((manual.operands + manual.options.filter { !labels.contains($0.label) }).map(item))
  }

  private mutating func section(_ appendix: Appendix) {
    lines.append(".Sh \(Roff.escaped(appendix.title.uppercased()))")
    write(appendix.text)
    list(appendix.entries.map { ($0.term, [], $0.meaning.sentence) })
  }

  private mutating func writeEnvironment(_ commands: [Manual]) {
    var meanings: [(String, String)] = []
    for option in commands.flatMap(\.options) {
      guard let name = option.environment, !meanings.contains(where: { $0.0 == name })
      else { continue }
      meanings.append((name, "The value of \(option.label) where that is not given."))
    }
    guard !meanings.isEmpty else { return }
    lines.append(".Sh ENVIRONMENT")
    list(meanings.map { ($0.0, [], $0.1) })
  }

  private mutating func write(_ example: Example, isFirst: Bool) {
    if !isFirst { lines.append(".Pp") }
    if !example.meaning.isEmpty {
      write(example.meaning.capitalizedAtStart + ":")
    }
    lines += [".Dl \(Roff.escaped(example.line))"]
  }

  // MARK: - Pieces

  private typealias Item = (tag: String, notes: [String], text: String)

  private func item(_ parameter: Parameter) -> Item {
    let short = parameter.short.map { "-\($0), " } ?? ""
    let notes = parameter.notes.map { name, value in name.isEmpty ? value : "\(name): \(value)" }
    return (short + parameter.synopsis, notes, parameter.help.sentence)
  }

  private mutating func list(_ items: [Item]) {
    if items.isEmpty { return }
    lines.append(".Bl -tag -width Ds")
    for item in items {
      // A macro's argument could be the name of another macro, hence the zero-width space.
      lines.append(".It Cm \"\\&\(Roff.escaped(item.tag))\"")
      write(item.text)
      if !item.notes.isEmpty { write("(\(item.notes.joined(separator: "; ")))") }
    }
    lines.append(".El")
  }

  /// Paragraphs, each sentence on a line of its own or several.
  private mutating func write(_ text: String) {
    for (index, paragraph) in text.split(separator: "\n").enumerated() {
      if index > 0 { lines.append(".Pp") }
      var line: [Substring] = []
      var length = 0
      for word in paragraph.split(separator: " ") {
        // As roff(7) writes it, which is longer.
        let size = Roff.escaped(String(word)).count + 1
        if length + size > Self.width + 1, !line.isEmpty {
          lines.append(Roff.line(line.joined(separator: " ")))
          line = []
          length = 0
        }
        line.append(word)
        length += size
        if word.endsSentence {
          lines.append(Roff.line(line.joined(separator: " ")))
          line = []
          length = 0
        }
      }
      if !line.isEmpty { lines.append(Roff.line(line.joined(separator: " "))) }
    }
  }
}

/// Text that roff(7) takes for nothing but text.
private enum Roff {
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in printable(text) {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "\"": result += "\\(dq"
      case "'": result += "\\(aq"
      case "`": result += "\\(ga"
      case "^": result += "\\(ha"
      case "~": result += "\\(ti"
      default: result.append(character)
      }
    }
    return result
  }

  /// A line of text, which must not look like a request.
  static func line(_ text: String) -> String {
    let escaped = escaped(text)
    return escaped.hasPrefix(".") ? "\\&" + escaped : escaped
  }
}

extension String {
  /// With a full stop and a capital letter, unless it is a list of names.
  fileprivate var sentence: String { capitalizedAtStart + "." }

  fileprivate var capitalizedAtStart: String { prefix(1).uppercased() + dropFirst() }
  fileprivate var lowercasedAtStart: String { prefix(1).lowercased() + dropFirst() }
}

extension Substring {
  fileprivate var endsSentence: Bool { last.map { ".!?".contains($0) } ?? false }
}
