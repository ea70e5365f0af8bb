import NetmonCore

/// CSV as RFC 4180 describes it, with names that a spreadsheet would run made inert.
enum CSV {
  static let header = line(RecordField.allCases.map(\.rawValue))

  static func row(_ connection: Connection) -> String {
    line(
      RecordField.allCases.map { field in
        switch connection[field] {
        case nil: ""
        case .integer(let number): "\(number)"
        case .text(let text): csvField(text)
        }
      })
  }

  /// Fields that are already escaped, joined to a line.
  static func line(_ fields: [String]) -> String {
    fields.joined(separator: ",") + "\r\n"
  }
}
