import NetmonCore

/// A table whose rows come one by one: its columns have widths that do not depend on them.
///
/// On a terminal values are cut to them; on a pipe nothing is cut.
struct FollowedTable {
  /// How wide a column may be, and when it is left out of a narrow terminal: lowest first.
  private struct Room {
    var width: ClosedRange<Int>
    var dropOrder: Int?
  }

  private let console: Console
  private let rows: ConnectionTable
  private let columns = ConnectionTable.usual
  /// Which columns are shown, and how wide they are.
  private let shown: [(column: Int, width: Int)]

  /// Prints the titles.
  init(_ console: Console) {
    self.console = console
    rows = ConnectionTable(for: console, fields: nil, times: .clock)
    let isWhole = !console.isTerminal
    shown = Self.layout(Self.rooms(isWhole: isWhole), in: isWhole ? .max : console.width)
    write(columns.map { Table.Cell($0.title, .title) })
  }

  func print(_ connection: Connection) {
    var cells = rows.usual(connection)
    cells[0] = Table.Cell(time(connection.updatedAt ?? connection.timestamp), .dim)
    write(cells)
  }

  private func write(_ cells: [Table.Cell]) {
    let line = shown.map { column, width in
      let (cell, isLast) = (cells[column], column == shown.last?.column)
      let text = console.isTerminal ? columns[column].cut(cell.text, to: width) : cell.text
      let padding = String(repeating: " ", count: max(0, width - displayWidth(text)))
      let styled = console.styled(text, cell.style)
      if columns[column].alignment == .right { return padding + styled }
      return styled + (isLast ? "" : padding)
    }
    console.write(line.joined(separator: Table.gap) + "\n")
  }

  /// On a terminal without year and fraction: `11-22 12:00:05Z`.
  private func time(_ timestamp: Timestamp) -> String {
    let text = timestamp.description
    guard console.isTerminal else { return text }
    return "\(text.dropFirst(5).prefix(5)) \(text.dropFirst(11).prefix(8))Z"
  }
}

// MARK: - Columns

extension FollowedTable {
  /// Of ``ConnectionTable/usual``. A whole IPv6 address with its port has 47 characters.
  private static func rooms(isWhole: Bool) -> [Room] {
    let address = 15...(isWhole ? 21 : 47)
    return [
      Room(width: isWhole ? 27...27 : 15...15, dropOrder: 4),
      Room(width: 5...5, dropOrder: 1),
      Room(width: 11...11, dropOrder: 5),
      Room(width: 8...(isWhole ? 15 : 30)),
      Room(width: 7...7, dropOrder: 3),
      Room(width: address, dropOrder: 2),
      Room(width: address),
      Room(width: 10...10, dropOrder: 0),
      Room(width: 13...13),
    ]
  }

  /// Which columns fit, at least in their smallest widths, and how wide they are.
  private static func layout(_ rooms: [Room], in width: Int) -> [(column: Int, width: Int)] {
    var columns = Array(rooms.indices)
    func excess() -> Int {
      columns.reduce(Table.gap.count * (columns.count - 1) - width) {
        $0 + rooms[$1].width.lowerBound
      }
    }
    while excess() > 0 {
      let droppable = columns.filter { rooms[$0].dropOrder != nil }
      guard let next = droppable.min(by: { rooms[$0].dropOrder ?? 0 < rooms[$1].dropOrder ?? 0 })
      else { break }
      columns.removeAll { $0 == next }
    }
    var shown = columns.map { (column: $0, width: rooms[$0].width.lowerBound) }
    var rest = max(0, -excess())
    // What is left over goes to the narrowest that could be wider.
    while rest > 0 {
      let growing = shown.indices.filter {
        shown[$0].width < rooms[shown[$0].column].width.upperBound
      }
      guard let next = growing.min(by: { shown[$0].width < shown[$1].width }) else { break }
      shown[next].width += 1
      rest -= 1
    }
    return shown
  }
}
