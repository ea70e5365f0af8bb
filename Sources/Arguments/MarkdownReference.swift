extension Command {
  /// The reference for the program and all its commands as GitHub-flavoured Markdown, with
  /// `appendices` at its end.
  package func markdownReference(appendices: [Appendix] = []) -> String {
    MarkdownReference(manual(path: [name]), appendices).text
  }
}

/// A page with a section for every command.
private struct MarkdownReference {
  private let root: Manual
  private let appendices: [Appendix]

  init(_ root: Manual, _ appendices: [Appendix]) {
    self.root = root
    self.appendices = appendices
  }

  var text: String {
    let note = "<!-- Generated from the program's own declarations; do not edit. -->"
    return ([note] + blocks(for: root) + appendices.flatMap(blocks(for:))).joined(separator: "\n\n")
      + "\n"
  }

  private func blocks(for manual: Manual) -> [String] {
    let level = manual.path.count == 1 ? "#" : "##"
    let commands = manual.commands.filter { $0.name != "help" }
    var blocks = ["\(level) \(escaped(manual.invocation))", escaped(manual.summary) + "."]
    blocks.append(listing(([manual.invocation] + manual.synopsis).joined(separator: " ")))
    if !manual.discussion.isEmpty {
      blocks += manual.discussion.split(separator: "\n").map { escaped(String($0)) }
    }
    blocks += table(
      "Command", "Purpose", commands.map { (link(to: $0), escaped($0.summary)) })
    blocks += table(
      "Argument", "Meaning", manual.operands.map { (code($0.synopsis), details(of: $0)) })
    for (title, options) in manual.sections {
      // Every command has these, so the program's own section tells of them for all.
      let told = manual.path.count == 1 ? options : options.filter { !$0.isCommon }
      blocks += table(
        title, "Meaning",
        told.map { option in
          (
            (option.short.map { code("-\($0)") + ", " } ?? "") + code(option.synopsis),
            details(of: option)
          )
        })
    }
    if !manual.examples.isEmpty {
      let lines = manual.examples.map { example in
        (example.meaning.isEmpty ? "" : "# \(example.meaning)\n") + example.line
      }
      blocks += ["Examples:", listing(lines.joined(separator: "\n"), language: "sh")]
    }
    return blocks + commands.flatMap(blocks(for:))
  }

  private func blocks(for appendix: Appendix) -> [String] {
    ["## \(escaped(appendix.title))"]
      + appendix.text.split(separator: "\n").map { escaped(String($0)) }
      + table("Term", "Meaning", appendix.entries.map { (code($0.term), escaped($0.meaning)) })
  }

  /// A table in a block of its own, or nothing if it has no rows.
  private func table(_ left: String, _ right: String, _ rows: [(String, String)]) -> [String] {
    if rows.isEmpty { return [] }
    let lines = [(escaped(left), right), ("---", "---")] + rows
    return [lines.map { "| \($0.0) | \($0.1) |" }.joined(separator: "\n")]
  }

  private func link(to manual: Manual) -> String {
    "[\(code(manual.invocation))](#\(manual.path.joined(separator: "-").lowercased()))"
  }

  private func details(of parameter: Parameter) -> String {
    let notes = parameter.notes.map { name, value in
      name.isEmpty ? escaped(value) : "\(name): \(code(value))"
    }
    return escaped(parameter.help) + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))")
  }

  private func listing(_ text: String, language: String = "") -> String {
    "```\(language)\n\(text)\n```"
  }
}

extension Parameter {
  fileprivate var isCommon: Bool { [Parameter.help, .version].contains { $0.label == label } }
}

/// The text with every character escaped that Markdown or HTML gives a meaning.
private func escaped(_ text: String) -> String {
  var result = ""
  for character in printable(text) {
    switch character {
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "&": result += "&amp;"
    case "\\", "`", "*", "_", "[", "]", "|": result += "\\\(character)"
    default: result.append(character)
    }
  }
  return result
}

/// The text as code, which can stand in a table.
private func code(_ text: String) -> String {
  // A table splits cells before it looks for code, so a bar is escaped even there.
  let text = printable(text).split(separator: "|", omittingEmptySubsequences: false)
    .joined(separator: "\\|")
  return text.contains("`") ? "`` \(text) ``" : "`\(text)`"
}
