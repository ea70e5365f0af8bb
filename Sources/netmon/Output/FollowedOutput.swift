import NetmonCore

/// Prints records one by one, each at once.
struct FollowedOutput {
  private enum Form {
    case table(FollowedTable)
    case lines(ConnectionPrinter)
  }

  private var form: Form

  /// `fields` are the ones to print, but in tables; nil is all of them.
  init(_ format: OutputFormat, to console: Console, fields: [RecordField]?, now: Timestamp) {
    form =
      format == .table
      ? .table(FollowedTable(console))
      : .lines(ConnectionPrinter(format, to: console, fields: fields, now: now))
  }

  mutating func print(_ connection: Connection) {
    switch form {
    case .table(let table):
      table.print(connection)
    case .lines(var printer):
      printer.print(connection)
      printer.flush()
      form = .lines(printer)
    }
  }
}
