import Foundation
import GRDB
import NetmonCore

/// GLOB for texts that hold a NUL, as names do that hostile processes chose: SQLite's own ends there.
///
/// A pattern is handed over as a BLOB: its pieces with a byte between them that UTF-8 does not have.
enum ExactGlob {
  private static let separator: UInt8 = 0xFF

  /// Registers the SQL function.
  static func add(to db: Database) {
    db.add(
      function: DatabaseFunction("netmon_glob", argumentCount: 2, pure: true) { values in
        guard let pattern = Data.fromDatabaseValue(values[0]),
          let text = Data.fromDatabaseValue(values[1])
        else { return nil }
        let pieces = pattern.split(separator: separator, omittingEmptySubsequences: false)
          .map { String(decoding: $0, as: UTF8.self) }
        return Filter.TextPattern.glob(pieces).matches(String(decoding: text, as: UTF8.self))
      })
  }

  /// The pattern of these pieces.
  static func pattern(_ pieces: [String]) -> SQLValue {
    .blob(Array(pieces.map { Array($0.utf8) }.joined(separator: [separator])))
  }
}

extension FilterCompiler {
  /// Whether a text matches these pieces with a `*` between them.
  mutating func glob(_ text: String, _ pieces: [String]) -> String {
    let exactly = ExactGlob.pattern(pieces)
    if pieces.contains(where: { $0.utf8.contains(0) }) {
      return "netmon_glob(\(bindings.bind(exactly)), CAST(\(text) AS BLOB))"
    }
    let pattern = bindings.bind(pieces.map(Self.escaped).joined(separator: "*"))
    return """
      CASE WHEN instr(\(text), char(0)) = 0 THEN \(text) GLOB \(pattern) \
      ELSE netmon_glob(\(bindings.bind(exactly)), CAST(\(text) AS BLOB)) END
      """
  }

  /// A text that GLOB takes literally.
  private static func escaped(_ piece: String) -> String {
    piece.replacing("[", with: "[[]").replacing("*", with: "[*]").replacing("?", with: "[?]")
  }
}
