import GRDBSQLite

/// The columns of a row, read from left to right.
struct ColumnReader {
  private let statement: OpaquePointer
  private var next: Int32 = 0

  init(_ statement: OpaquePointer) {
    self.statement = statement
  }

  /// An integer, 0 for NULL.
  mutating func integer() -> Int64 {
    defer { next += 1 }
    return sqlite3_column_int64(statement, next)
  }

  /// An integer, nil for NULL.
  mutating func optionalInteger() -> Int64? {
    defer { next += 1 }
    let value = sqlite3_column_int64(statement, next)
    // NULL reads as 0, so that only of a 0 the type must be asked as well.
    guard value == 0, sqlite3_column_type(statement, next) == SQLITE_NULL else { return value }
    return nil
  }

  /// A number, nil for NULL.
  mutating func optionalReal() -> Double? {
    defer { next += 1 }
    guard sqlite3_column_type(statement, next) != SQLITE_NULL else { return nil }
    return sqlite3_column_double(statement, next)
  }

  /// A text, "" for NULL.
  mutating func text() -> String { optionalText() ?? "" }

  /// A text, nil for NULL; numbers as text.
  mutating func optionalText() -> String? {
    defer { next += 1 }
    guard let text = sqlite3_column_text(statement, next) else { return nil }
    let count = Int(sqlite3_column_bytes(statement, next))
    return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
  }

  /// A number or a BLOB.
  mutating func sortKey() -> SortKey {
    switch sqlite3_column_type(statement, next) {
    case SQLITE_INTEGER: .number(integer())
    case SQLITE_BLOB: .text(bytes { Array($0) })
    default: .unknown
    }
  }

  /// Hands over the bytes of a BLOB, none for NULL.
  mutating func bytes<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T {
    defer { next += 1 }
    let start = sqlite3_column_blob(statement, next)
    return body(
      UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, next)))
    )
  }
}
