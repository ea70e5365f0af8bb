import NetmonCore

/// A table whose last column is prose: on a terminal it goes on in further lines, so that none of it
/// is cut; on a pipe each row is one line.
struct WrappingTable {
  private var columns: [Table.Column]
  private let lastTitle: String
  private var rows: [(cells: [Table.Cell], text: String)] = []

  /// Prose is not squeezed into fewer columns than this; others are dropped first.
  private static let minimum = 32

  /// The columns before the last; those with a drop order give way to the prose.
  init(_ columns: [Table.Column], last: String) {
    self.columns = columns
    lastTitle = last
  }

  mutating func add(_ cells: [Table.Cell], _ text: String) {
    rows.append((cells, terminalSafe(text)))
  }

  func render(for console: Console) -> String {
    var shown = Array(columns.indices)
    if console.isTerminal {
      let droppable = shown.filter { columns[$0].dropOrder != nil }
        .sorted { columns[$0].dropOrder ?? 0 < columns[$1].dropOrder ?? 0 }
      for column in droppable where room(beside: shown, console) < Self.minimum {
        shown.removeAll { $0 == column }
      }
    }
    var table = Table(shown.map { columns[$0] } + [.init(title: lastTitle)])
    table.staysInColumns = true
    let width = console.isTerminal ? max(room(beside: shown, console), 1) : .max
    for row in rows {
      let lines = Self.wrapped(row.text, columns: width)
      table.add(shown.map { row.cells[$0] } + [.init(lines.first ?? "")])
      for line in lines.dropFirst() { table.add(shown.map { _ in "" } + [.init(line)]) }
    }
    return table.render(for: console)
  }

  /// The columns of the terminal that these leave.
  private func room(beside shown: [Int], _ console: Console) -> Int {
    shown.reduce(console.width) { rest, column in
      let widths = rows.map { displayWidth($0.cells[column].text) }
      return rest - 2 - max(widths.max() ?? 0, displayWidth(columns[column].title))
    }
  }

  /// Breaks at blanks; a word that is too long stays whole.
  static func wrapped(_ text: String, columns: Int) -> [String] {
    var lines: [String] = []
    var width = 0
    for word in text.split(separator: " ") {
      let added = displayWidth(String(word))
      if let last = lines.last, width + 1 + added <= columns {
        lines[lines.count - 1] = "\(last) \(word)"
        width += 1 + added
      } else {
        lines.append(String(word))
        width = added
      }
    }
    return lines
  }
}
