import NetmonCore

/// A table whose rows come one by one: its columns have widths that do not depend on them.
///
/// On a terminal values are cut to them; on a pipe nothing is cut.
struct FollowedTable {
  private enum Field: CaseIterable {
    case time, transport, state, process, pid, local, remote, service, error
  }

  private struct Column {
    var field: Field
    var width: Int
  }

  private static let gap = "  "

  private let console: Console
  private let columns: [Column]

  /// Prints the titles.
  init(_ console: Console) {
    self.console = console
    columns = Self.layout(console.isTerminal ? console.width : .max, isWhole: !console.isTerminal)
    write { (Self.title(of: $0), .title) }
  }

  func print(_ connection: Connection) {
    write { cell($0, connection) }
  }

  private func write(_ cell: (Field) -> (text: String, style: Table.Style)) {
    var line = ""
    for (index, column) in columns.enumerated() {
      var (text, style) = cell(column.field)
      text = terminalSafe(text)
      if console.isTerminal { text = truncated(text, columns: column.width) }
      let padding = String(repeating: " ", count: max(0, column.width - displayWidth(text)))
      if console.hasColor, style != .plain { text = style.rawValue + text + "\u{1b}[0m" }
      let isLast = index == columns.count - 1
      line +=
        column.field == .pid
        ? padding + text + (isLast ? "" : Self.gap) : text + (isLast ? "" : padding + Self.gap)
    }
    console.write(line + "\n")
  }
}

// MARK: - Columns

extension FollowedTable {
  /// In which order columns are left out of a narrow terminal.
  private static let dropOrder: [Field] = [.service, .transport, .local, .pid, .time, .state]

  /// Which columns fit, at least in their smallest widths, and how wide they are.
  private static func layout(_ width: Int, isWhole: Bool) -> [Column] {
    var fields = Field.allCases
    func excess() -> Int {
      fields.reduce(gap.count * (fields.count - 1)) { $0 + widths(of: $1, isWhole).lowerBound }
        - width
    }
    for field in dropOrder where excess() > 0 { fields.removeAll { $0 == field } }
    var columns = fields.map { Column(field: $0, width: widths(of: $0, isWhole).lowerBound) }
    var rest = max(0, -excess())
    // What is left over goes to the narrowest that could be wider.
    while rest > 0 {
      let growing = columns.indices.filter {
        columns[$0].width < widths(of: columns[$0].field, isWhole).upperBound
      }
      guard let next = growing.min(by: { columns[$0].width < columns[$1].width }) else { break }
      columns[next].width += 1
      rest -= 1
    }
    return columns
  }

  /// How narrow and how wide a column may be. A whole IPv6 address with its port has 47 characters.
  private static func widths(of field: Field, _ isWhole: Bool) -> ClosedRange<Int> {
    switch field {
    case .time: isWhole ? 27...27 : 15...15
    case .transport: 5...5
    case .state: 11...11
    case .process: 8...(isWhole ? 15 : 30)
    case .pid: 7...7
    case .local, .remote: 15...(isWhole ? 21 : 47)
    case .service: 10...10
    case .error: 13...13
    }
  }

  private static func title(of field: Field) -> String {
    switch field {
    case .time: "TIME"
    case .transport: "PROTO"
    case .state: "STATE"
    case .process: "PROCESS"
    case .pid: "PID"
    case .local: "LOCAL"
    case .remote: "REMOTE"
    case .service: "SERVICE"
    case .error: "ERROR"
    }
  }

  private func cell(
    _ field: Field, _ connection: Connection
  ) -> (text: String, style: Table.Style) {
    let process = connection.process
    switch field {
    case .time: return (time(connection.updatedAt ?? connection.timestamp), .dim)
    case .transport: return (connection.transport.name, .dim)
    case .state: return (connection.state.name, style(of: connection))
    case .process: return (process.name.isEmpty ? "-" : process.name, .plain)
    case .pid: return (process.identity.pid == 0 ? "-" : "\(process.identity.pid)", .plain)
    case .local: return ("\(connection.local)", .plain)
    case .remote:
      let remote = connection.remote
      return (remote.port == 0 && remote.address.isUnspecified ? "-" : "\(remote)", .plain)
    case .service: return (connection.serviceName ?? "-", .dim)
    case .error: return (connection.error?.name ?? "-", connection.error == nil ? .dim : .bad)
    }
  }

  /// On a terminal without year and fraction: `11-22 12:00:05Z`.
  private func time(_ timestamp: Timestamp) -> String {
    let text = timestamp.description
    guard console.isTerminal else { return text }
    return "\(text.dropFirst(5).prefix(5)) \(text.dropFirst(11).prefix(8))Z"
  }

  private func style(of connection: Connection) -> Table.Style {
    switch connection.state {
    case .ESTABLISHED, .LISTEN: .good
    case .SYN_SENT, .SYN_RECV, .CLOSE_WAIT: .warning
    default: connection.error == nil ? .dim : .bad
    }
  }
}
