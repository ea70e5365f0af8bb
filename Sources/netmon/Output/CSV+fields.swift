import NetmonCore

extension CSV {
  /// The names of these fields; nil is all of them.
  static func header(_ fields: [RecordField]?) -> String {
    fields.map { line($0.map(\.rawValue)) } ?? header
  }

  /// The values of these fields; nil is all of them.
  static func row(
    _ connection: Connection, _ fields: [RecordField]?, for console: Console
  ) -> String {
    guard let fields else { return row(connection, for: console) }
    return line(
      fields.map { name in
        switch connection[name] {
        case nil: ""
        case .integer(let number): "\(number)"
        case .text(let text): field(text, for: console)
        }
      })
  }
}
