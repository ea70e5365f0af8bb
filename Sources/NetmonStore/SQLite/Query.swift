import GRDB
import GRDBSQLite

/// A cached statement, bound and read through SQLite's own calls.
///
/// GRDB's bindings end a text at its first NUL and box every value; here names are hostile and may
/// hold NULs, and a record has some thirty values.
struct Query {
  private let statement: Statement
  private let pointer: OpaquePointer

  init(_ sql: String, in db: Database) throws {
    statement = try db.cachedStatement(sql: sql)
    pointer = statement.sqliteStatement
  }

  /// Runs to the end.
  func run(_ values: [SQLValue] = []) throws {
    try forEach(values) { _ in }
  }

  /// Runs to the end with the integers that `bind` binds.
  func run(_ bind: (inout ParameterWriter) -> Void) throws {
    try forEach(binding: bind) { _ in }
  }

  /// Calls `body` for each row, with the integers that `bind` binds.
  func forEach(
    binding bind: (inout ParameterWriter) -> Void, _ body: (inout ColumnReader) throws -> Void
  ) throws {
    var parameters = ParameterWriter(pointer)
    bind(&parameters)
    guard !parameters.hasFailed else { throw lastError }
    defer { sqlite3_reset(pointer) }
    while try step() {
      var columns = ColumnReader(pointer)
      try body(&columns)
    }
  }

  /// Calls `body` for each row.
  func forEach(_ values: [SQLValue] = [], _ body: (inout ColumnReader) throws -> Void) throws {
    try bind(values)
    defer { sqlite3_reset(pointer) }
    while try step() {
      var columns = ColumnReader(pointer)
      try body(&columns)
    }
  }

  /// The first row, or nil.
  func first<T>(_ values: [SQLValue] = [], _ body: (inout ColumnReader) throws -> T) throws -> T? {
    try bind(values)
    defer { sqlite3_reset(pointer) }
    guard try step() else { return nil }
    var columns = ColumnReader(pointer)
    return try body(&columns)
  }

  /// Every row.
  func all<T>(_ values: [SQLValue] = [], _ body: (inout ColumnReader) throws -> T) throws -> [T] {
    var rows: [T] = []
    try forEach(values) { rows.append(try body(&$0)) }
    return rows
  }

  private func step() throws -> Bool {
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw lastError
    }
  }

  private func bind(_ values: [SQLValue]) throws {
    var index: Int32 = 0
    for value in values {
      index += 1
      guard bind(value, at: index) == SQLITE_OK else { throw lastError }
    }
  }

  private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
    switch value {
    case .null:
      return sqlite3_bind_null(pointer, index)
    case .integer(let value):
      return sqlite3_bind_int64(pointer, index, value)
    case .real(let value):
      return sqlite3_bind_double(pointer, index, value)
    case .text(let value):
      return value.withCString { text in
        sqlite3_bind_text64(
          pointer, index, text, UInt64(value.utf8.count), Self.copied, UInt8(SQLITE_UTF8)
        )
      }
    case .blob(let value):
      return sqlite3_bind_blob64(pointer, index, value, UInt64(value.count), Self.copied)
    }
  }

  /// `SQLITE_TRANSIENT`, a cast that Swift does not import.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  private var lastError: DatabaseError {
    let connection = sqlite3_db_handle(pointer)
    return DatabaseError(
      resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
      message: String(cString: sqlite3_errmsg(connection))
    )
  }
}

extension Database {
  /// Runs a statement to the end.
  func run(_ sql: String, _ values: [SQLValue] = []) throws {
    try Query(sql, in: self).run(values)
  }

  /// The integer in the first column of the first row; nil if there is none, or it is NULL.
  func integer(_ sql: String, _ values: [SQLValue] = []) throws -> Int64? {
    try Query(sql, in: self).first(values) { $0.optionalInteger() } ?? nil
  }

  /// The same where a row always comes, as with `count(*)`.
  func count(_ sql: String, _ values: [SQLValue] = []) throws -> Int {
    Int(try integer(sql, values) ?? 0)
  }
  /// Inserts a row and returns its id.
  func insert(_ sql: String, _ values: [SQLValue]) throws -> Int64 {
    try Query("\(sql) RETURNING id", in: self).first(values) { $0.integer() } ?? 0
  }
}
