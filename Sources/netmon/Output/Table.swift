import NetmonCore

/// Lines up text in columns.
///
/// On a terminal the columns are fitted to its width: those that may shrink do, the widest first.
/// On a pipe nothing is cut, so that `awk` and `grep` see everything.
struct Table {
  struct Column {
    var title: String
    var alignment = Alignment.left
    /// Columns it may be cut to on a narrow terminal; nil is never cut.
    var minimum: Int?
    /// Dropped on a narrow terminal, lowest first; nil is always shown.
    var dropOrder: Int?
  }

  enum Alignment {
    case left, right
  }

  struct Cell: ExpressibleByStringInterpolation {
    var text: String
    var style: Style

    init(_ text: String, _ style: Style = .plain) {
      self.text = terminalSafe(text)
      self.style = style
    }

    init(stringLiteral text: String) {
      self.init(text)
    }
  }

  enum Style: String {
    case plain = ""
    case dim = "\u{1b}[2m"
    case good = "\u{1b}[32m"
    case warning = "\u{1b}[33m"
    case bad = "\u{1b}[1;31m"
    case title = "\u{1b}[1m"
  }

  private static let gap = "  "

  var columns: [Column]
  private(set) var rows: [[Cell]] = []

  init(_ columns: [Column]) {
    self.columns = columns
  }

  mutating func add(_ row: [Cell]) {
    rows.append(row)
  }

  /// The table as text, a line a row, with its titles unless `titled` is false.
  func render(for console: Console, titled: Bool = true) -> String {
    let (shown, widths) = layout(console)
    var text = ""
    if titled {
      line(columns.map { Cell($0.title, .title) }, shown, widths, console, into: &text)
    }
    for row in rows { line(row, shown, widths, console, into: &text) }
    return text
  }

  private func layout(_ console: Console) -> (shown: [Int], widths: [Int]) {
    var widths = columns.indices.map { column in
      rows.reduce(displayWidth(columns[column].title)) {
        max($0, displayWidth($1[column].text))
      }
    }
    var shown = Array(columns.indices)
    guard console.isTerminal else { return (shown, widths) }
    func excess() -> Int {
      shown.reduce(0) { $0 + widths[$1] } + Self.gap.count * (shown.count - 1) - console.width
    }
    func shrink() {
      while excess() > 0 {
        let candidates = shown.filter { widths[$0] > columns[$0].minimum ?? .max }
        guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
        widths[widest] -= 1
      }
    }
    shrink()
    while excess() > 0 {
      let droppable = shown.filter { columns[$0].dropOrder != nil }
      guard
        let next = droppable.min(by: { columns[$0].dropOrder ?? 0 < columns[$1].dropOrder ?? 0 })
      else { break }
      shown.removeAll { $0 == next }
    }
    return (shown, widths)
  }

  private func line(
    _ cells: [Cell], _ shown: [Int], _ widths: [Int], _ console: Console, into text: inout String
  ) {
    for (position, column) in shown.enumerated() {
      let cell = cells[column]
      let content =
        console.isTerminal ? truncated(cell.text, columns: widths[column]) : cell.text
      let padding = String(repeating: " ", count: max(0, widths[column] - displayWidth(content)))
      let isLast = position == shown.count - 1
      let styled =
        console.hasColor && cell.style != .plain
        ? cell.style.rawValue + content + "\u{1b}[0m" : content
      switch columns[column].alignment {
      case .right: text += padding + styled
      case .left: text += styled + (isLast ? "" : padding)
      }
      if !isLast { text += Self.gap }
    }
    text += "\n"
  }
}
