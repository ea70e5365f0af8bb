/// The help for a command, laid out for a terminal.
struct HelpText {
  private let manual: Manual
  private let width: Int

  /// Help that fills the columns of a width; less than 20 count as 20.
  init(_ manual: Manual, width: Int) {
    self.manual = manual
    self.width = max(width, 20)
  }

  /// The whole help, with its final newline.
  var text: String {
    var blocks = [usage, wrapped(manual.summary + ".", width: width)]
    if !manual.discussion.isEmpty { blocks.append(wrapped(manual.discussion, width: width)) }
    var tables: [(title: String, rows: [Row])] = [
      ("Commands", manual.commands.map { Row(term: $0.name, detail: $0.summary) }),
      ("Arguments", manual.operands.map { Row($0, term: $0.synopsis) }),
    ]
    tables += manual.sections.map { title, options in
      (title, options.map { Row($0, term: ($0.short.map { "-\($0), " } ?? "    ") + $0.synopsis) })
    }
    tables.removeAll(where: \.rows.isEmpty)
    let column = column(for: tables.flatMap(\.rows))
    blocks += tables.map { title, rows in
      ["\(title):"] + rows.flatMap { $0.lines(detailColumn: column, width: width) }
    }
    if !manual.examples.isEmpty { blocks.append(["Examples:"] + manual.examples.flatMap(lines)) }
    return blocks.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  private var usage: [String] {
    let head = "Usage: \(manual.invocation)"
    let indent = head.count < width / 3 ? head.count + 1 : 4
    return wrapped([head] + manual.synopsis, width: width, hangingIndent: indent)
  }

  /// Where details start: right of most terms, or below all of them when that leaves too little.
  private func column(for rows: [Row]) -> Int {
    let widest = rows.map(\.term.count).filter { $0 <= 28 }.max() ?? 0
    return width < 60 ? 8 : widest + 4
  }

  private func lines(of example: Example) -> [String] {
    // A command line is left whole, so that it can be copied.
    ["  \(example.line)"]
      + (example.meaning.isEmpty ? [] : wrapped(example.meaning, width: width, indent: 6))
  }
}

/// A term and what it means.
private struct Row {
  let term: String
  let detail: String

  /// The lines of the row, with the term on a line of its own if it reaches into the details.
  func lines(detailColumn column: Int, width: Int) -> [String] {
    var lines = wrapped(detail, width: width, indent: column)
    let head = "  \(term)"
    guard head.count + 2 <= column, let first = lines.first else { return [head] + lines }
    lines[0] = head + first.dropFirst(head.count)
    return lines
  }
}

extension Row {
  fileprivate init(_ parameter: Parameter, term: String) {
    let notes = parameter.notes.map { name, value in name.isEmpty ? value : "\(name): \(value)" }
    let suffix = notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"
    self.init(term: term, detail: parameter.help + suffix)
  }
}
