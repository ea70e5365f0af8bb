import NetmonCore

/// Prints connections in the format asked for, as they come.
struct ConnectionPrinter {
  private let format: OutputFormat
  private let console: Console
  private let fields: [RecordField]?
  private let rows: ConnectionTable
  private var json = JSONWriter(capacity: 1 << 16)
  private var table: Table
  private var count = 0
  private var hasTitle = false

  /// Rows that are laid out together; those that follow move columns only to make them wider.
  private static let block = 2000

  /// `fields` are the ones to print; nil is all of them, and in tables the most important.
  init(
    _ format: OutputFormat, to console: Console, fields: [RecordField]? = nil,
    times: ConnectionTable.Times
  ) {
    self.format = format
    self.console = console
    self.fields = fields
    rows = ConnectionTable(for: console, fields: fields, times: times)
    table = Table(rows.columns)
    if format == .csv { console.write(CSV.header(fields ?? RecordField.allCases)) }
  }

  /// A printer of what has been; a terminal is told how long before `now`.
  init(
    _ format: OutputFormat, to console: Console, fields: [RecordField]? = nil, now: Timestamp
  ) {
    self.init(format, to: console, fields: fields, times: .ages(now: now))
  }

  mutating func print(_ connection: Connection) {
    count += 1
    switch format {
    case .table:
      table.add(rows.row(connection))
      if table.rows.count >= Self.block { flush() }
    case .json:
      json.raw(count == 1 ? "[\n" : ",\n")
      connection.write(fields, to: &json)
    case .jsonl:
      connection.write(fields, to: &json)
      json.endLine()
    case .csv:
      console.write(CSV.row(connection, fields ?? RecordField.allCases))
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
      table = Table(rows.columns, after: table.shape)
    }
  }

  /// Completes the output: closes the JSON array, and says so if there was nothing.
  mutating func finish() {
    if format == .json { json.raw(count == 0 ? "[]\n" : "\n]\n") }
    flush()
    if count == 0, format == .table, console.isTerminal { console.say("nothing matches") }
  }
}

extension Connection {
  /// Writes these fields as one JSON object; nil is all of them.
  fileprivate func write(_ fields: [RecordField]?, to json: inout JSONWriter) {
    guard let fields else { return write(to: &json) }
    json.object { json in
      for field in fields {
        switch self[field] {
        case nil:
          json.key(field.rawValue)
          json.null()
        case .text(let text): json.field(field.rawValue, text)
        case .integer(let number): json.field(field.rawValue, number)
        }
      }
    }
  }
}
