import NetmonCore

/// Lines up text in columns.
///
/// On a terminal the columns are fitted to its width: the least important ones are left out, then
/// those that may shrink do, the widest first. Where not even that is enough, each row is a record
/// of several lines. On a pipe nothing is cut, so that `awk` and `grep` see everything.
struct Table {
  struct Column {
    var title: String
    var alignment = Alignment.left
    /// Columns it may be cut to on a narrow terminal; nil is never cut.
    var minimum: Int?
    /// Dropped on a narrow terminal, lowest first; nil is always shown.
    var dropOrder: Int?
    /// Where a text that is too long is cut.
    var cut = Cut.end
    /// Left out, except on a pipe, where no row has anything in it.
    var hidesWhenEmpty = false
  }

  enum Alignment {
    case left, right
  }

  enum Cut {
    case start, middle, end
  }

  struct Cell: ExpressibleByStringInterpolation {
    var text: String
    var style: Style

    /// What stands for nothing.
    static let nothing = Cell("-", .dim)

    init(_ text: String, _ style: Style = .plain) {
      self.text = terminalSafe(text)
      self.style = style
    }

    init(stringLiteral text: String) {
      self.init(text)
    }

    fileprivate var isNothing: Bool { text.isEmpty || text == "-" }
  }

  enum Style: String {
    case plain = ""
    case dim = "\u{1b}[2m"
    case good = "\u{1b}[32m"
    case warning = "\u{1b}[33m"
    case bad = "\u{1b}[1;31m"
    case title = "\u{1b}[1m"
  }

  static let gap = "  "

  var columns: [Column]
  /// Rather goes beyond the terminal's width than becomes records of several lines.
  var staysInColumns = false
  private(set) var rows: [[Cell]] = []
  /// Of the rows that were printed before these, so that columns stay in their places.
  private let before: Shape?

  /// What rows need, column by column.
  struct Shape {
    /// Columns of the terminal, if nothing were cut.
    var widths: [Int]
    /// Whether there is anything in a column.
    var isFilled: [Bool]
  }

  init(_ columns: [Column], after before: Shape? = nil) {
    self.columns = columns
    self.before = before
  }

  /// Of these rows and those before.
  var shape: Shape {
    var shape =
      before
      ?? Shape(
        widths: columns.map { displayWidth($0.title) }, isFilled: columns.map { _ in false })
    for row in rows {
      for (column, cell) in row.enumerated() {
        shape.widths[column] = max(shape.widths[column], displayWidth(cell.text))
        shape.isFilled[column] = shape.isFilled[column] || !cell.isNothing
      }
    }
    return shape
  }

  mutating func add(_ row: [Cell]) {
    rows.append(row)
  }

  /// The table as text, a line a row, with its titles unless `titled` is false, each line after
  /// `indent` blanks.
  func render(for console: Console, titled: Bool = true, indent: Int = 0) -> String {
    let margin = String(repeating: " ", count: indent)
    guard let layout = layout(console, width: console.width - indent) else {
      return records(for: console, margin: margin)
    }
    var text = ""
    if titled { line(columns.map { Cell($0.title, .title) }, layout, console, margin, into: &text) }
    for row in rows { line(row, layout, console, margin, into: &text) }
    return text
  }

  // MARK: - Columns

  private struct Layout {
    var shown: [Int]
    /// Of all columns, also of those that are not shown.
    var widths: [Int]
  }

  /// Nil if the columns that must be shown do not fit.
  private func layout(_ console: Console, width: Int) -> Layout? {
    let shape = shape
    var widths = shape.widths
    var shown = Array(columns.indices)
    guard console.isTerminal else { return Layout(shown: shown, widths: widths) }
    shown.removeAll { columns[$0].hidesWhenEmpty && !shape.isFilled[$0] }
    func least(_ column: Int) -> Int { min(widths[column], columns[column].minimum ?? .max) }
    func excess(_ width: (Int) -> Int, over limit: Int) -> Int {
      shown.reduce(Self.gap.count * (shown.count - 1) - limit) { $0 + width($1) }
    }
    while excess(least, over: width) > 0 {
      let droppable = shown.filter { columns[$0].dropOrder != nil }
      guard
        let next = droppable.min(by: { columns[$0].dropOrder ?? 0 < columns[$1].dropOrder ?? 0 })
      else { return staysInColumns ? Layout(shown: shown, widths: widths) : nil }
      shown.removeAll { $0 == next }
    }
    while case let excess = excess({ widths[$0] }, over: width), excess > 0 {
      let candidates = shown.filter { widths[$0] > least($0) }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return nil }
      // Down to the next widest at once: names can be thousands of columns wide.
      let next = candidates.filter { $0 != widest }.map { widths[$0] }.max() ?? 0
      let least = max(least(widest), min(next, widths[widest] - 1))
      widths[widest] = max(widths[widest] - excess, least)
    }
    return Layout(shown: shown, widths: widths)
  }

  private func line(
    _ cells: [Cell], _ layout: Layout, _ console: Console, _ margin: String, into text: inout String
  ) {
    text += margin
    for (position, column) in layout.shown.enumerated() {
      let (cell, width) = (cells[column], layout.widths[column])
      let content = console.isTerminal ? columns[column].cut(cell.text, to: width) : cell.text
      let padding = String(repeating: " ", count: max(0, width - displayWidth(content)))
      let isLast = position == layout.shown.count - 1
      switch columns[column].alignment {
      case .right: text += padding + console.styled(content, cell.style)
      case .left: text += console.styled(content, cell.style) + (isLast ? "" : padding)
      }
      if !isLast { text += Self.gap }
    }
    text += "\n"
  }

  // MARK: - Records

  /// A line for each value of a row, or several where it is long; nothing is cut.
  private func records(for console: Console, margin: String) -> String {
    let label = columns.map { displayWidth($0.title) }.max() ?? 0
    let room = max(1, console.width - margin.count - label - Self.gap.count)
    let blank = String(repeating: " ", count: label)
    let records = rows.map { row in
      var text = ""
      for (column, cell) in zip(columns, row) where !cell.isNothing {
        let title = column.title + blank.dropFirst(displayWidth(column.title))
        for (index, part) in folded(cell.text, columns: room).enumerated() {
          let first = index == 0 ? console.styled(title, .title) : blank
          text += margin + first + Self.gap + console.styled(part, cell.style) + "\n"
        }
      }
      return text
    }
    return records.joined(separator: "\n")
  }
}

extension Table.Column {
  /// The text in as many columns of the terminal at most.
  func cut(_ text: String, to columns: Int) -> String {
    switch cut {
    case .start: truncatedAtStart(text, columns: columns)
    case .middle: truncatedInMiddle(text, columns: columns)
    case .end: truncated(text, columns: columns)
    }
  }
}

extension Console {
  /// The text in a style, if there is colour.
  func styled(_ text: String, _ style: Table.Style) -> String {
    hasColor && style != .plain ? style.rawValue + text + "\u{1b}[0m" : text
  }
}
