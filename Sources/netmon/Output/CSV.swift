import NetmonCore

/// CSV as RFC 4180 describes it, with names that a spreadsheet would run made inert.
enum CSV {
  static let header = line(RecordField.allCases.map(\.rawValue))

  static func row(_ connection: Connection, for console: Console) -> String {
    line(
      RecordField.allCases.map { name in
        switch connection[name] {
        case nil: ""
        case .integer(let number): "\(number)"
        case .text(let text): field(text, for: console)
        }
      })
  }

  /// A text as a field; what could steer a terminal is escaped on one, and left alone in a file.
  static func field(_ text: String, for console: Console) -> String {
    csvField(console.isTerminal ? terminalSafe(text) : text)
  }

  /// Fields that are already escaped, joined to a line.
  static func line(_ fields: [String]) -> String {
    fields.joined(separator: ",") + "\r\n"
  }
}
