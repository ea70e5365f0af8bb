/// CSV as RFC 4180 describes it, harmless to spreadsheets and terminals.
///
/// Names are hostile, and a file ends up in a spreadsheet or on a terminal. So in a text:
/// - what a spreadsheet would run has a `'` before it;
/// - control, bidi and invisible characters, line breaks too, are escaped as ``terminalSafe(_:)``
///   does, so that a record is a line. A backslash of the text itself stays alone: who needs every
///   byte takes JSON.
///
/// Numbers stay numbers, and what is unknown is empty.
package enum CSV {
  /// The line of names at the beginning.
  package static func header(_ fields: [RecordField] = RecordField.allCases) -> String {
    line(fields.map(\.rawValue))
  }

  /// A record as a line.
  package static func row(
    _ connection: Connection, _ fields: [RecordField] = RecordField.allCases
  ) -> String {
    line(
      fields.map { name in
        switch connection[name] {
        case nil: ""
        case .integer(let number): "\(number)"
        case .text(let text): field(text)
        }
      })
  }

  /// Fields that are already escaped, joined to a line.
  package static func line(_ fields: [String]) -> String {
    fields.joined(separator: ",") + "\r\n"
  }

  /// A text as one field (RFC 4180 §2).
  package static func field(_ text: String) -> String {
    if isPlain(text) { return text }
    let field = (isFormula(text) ? "'" : "") + terminalSafe(text)
    guard field.utf8.contains(where: { "\",;".utf8.contains($0) }) else { return field }
    var quoted = "\""
    for scalar in field.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  /// Whether a text is what most are: letters, digits and the like, which need no closer look.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first else { return true }
    return !" '=+-@".utf8.contains(first)
      && text.utf8.allSatisfy { 0x20...0x7E ~= $0 && !"\",;".utf8.contains($0) }
  }

  /// Whether a spreadsheet would run it: what begins with `=`, `+`, `-`, `@`, a tab or a carriage
  /// return, in full width too, also after white space and quotes (OWASP, "CSV Injection").
  private static func isFormula(_ text: String) -> Bool {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠": return true
      case "\"", "'": continue
      default: guard scalar.properties.isWhitespace || isUnsafe(scalar) else { return false }
      }
    }
    return false
  }
}
