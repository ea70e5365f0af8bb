import NetmonCore

/// Prints connections in the format asked for, as they come.
struct ConnectionPrinter {
  private let format: OutputFormat
  private let console: Console
  private let now: Timestamp
  private var json = JSONWriter(capacity: 1 << 16)
  private var table = ConnectionPrinter.emptyTable
  private var count = 0
  private var hasTitle = false

  /// Rows that are laid out together; those that follow keep the layout of their own block.
  private static let block = 2000

  init(_ format: OutputFormat, to console: Console, now: Timestamp) {
    self.format = format
    self.console = console
    self.now = now
    if format == .csv { console.write(CSV.header()) }
  }

  mutating func print(_ connection: Connection) {
    count += 1
    switch format {
    case .table:
      table.add(row(connection))
      if table.rows.count >= Self.block { flush() }
    case .json:
      json.raw(count == 1 ? "[\n" : ",\n")
      connection.write(to: &json)
    case .jsonl:
      connection.write(to: &json)
      json.endLine()
    case .csv:
      console.write(CSV.row(connection))
    }
    if json.bytes.count > 1 << 15 { flush() }
  }

  /// Writes out what is held back; more may follow.
  mutating func flush() {
    if !json.bytes.isEmpty {
      console.write(json.bytes)
      json.removeAll()
    }
    if !table.rows.isEmpty {
      console.write(table.render(for: console, titled: !hasTitle))
      hasTitle = true
      table = Self.emptyTable
    }
  }

  /// Completes the output: closes the JSON array, and says so if there was nothing.
  mutating func finish() {
    if format == .json { json.raw(count == 0 ? "[]\n" : "\n]\n") }
    flush()
    if count == 0, format == .table, console.isTerminal { console.say("nothing matches") }
  }

  // MARK: - Table

  private static let emptyTable = Table([
    .init(title: "TIME", dropOrder: 3),
    .init(title: "PROTO", dropOrder: 1),
    .init(title: "STATE"),
    .init(title: "PROCESS", minimum: 12),
    .init(title: "PID", alignment: .right, dropOrder: 4),
    .init(title: "LOCAL", minimum: 15, dropOrder: 2),
    .init(title: "REMOTE", minimum: 15),
    .init(title: "SERVICE", dropOrder: 0),
    .init(title: "ERROR"),
  ])

  private func row(_ connection: Connection) -> [Table.Cell] {
    let process = connection.process
    return [
      .init(time(connection.timestamp), .dim),
      .init(connection.transport.name, .dim),
      .init(connection.state.name, style(of: connection)),
      .init(process.name.isEmpty ? "-" : process.name),
      .init(process.identity.pid == 0 ? "-" : "\(process.identity.pid)"),
      .init("\(connection.local)"),
      .init(remote(connection)),
      .init(connection.serviceName ?? "-", .dim),
      .init(connection.error?.name ?? "-", connection.error == nil ? .dim : .bad),
    ]
  }

  private func remote(_ connection: Connection) -> String {
    connection.remote.port == 0 && connection.remote.address.isUnspecified
      ? "-" : "\(connection.remote)"
  }

  /// On a terminal the time alone when it was today (UTC); on a pipe always all of it.
  private func time(_ timestamp: Timestamp) -> String {
    let text = timestamp.description
    guard console.isTerminal else { return text }
    let isToday = text.prefix(10) == now.description.prefix(10)
    let clock = text.dropFirst(11).prefix(8) + "Z"
    return isToday ? String(clock) : text.prefix(10) + " " + clock
  }

  private func style(of connection: Connection) -> Table.Style {
    switch connection.state {
    case .ESTABLISHED, .LISTEN: .good
    case .SYN_SENT, .SYN_RECV, .CLOSE_WAIT: .warning
    default: connection.error == nil ? .dim : .bad
    }
  }
}
