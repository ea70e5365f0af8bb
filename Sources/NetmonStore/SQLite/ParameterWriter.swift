import GRDBSQLite

/// Binds integers to the parameters of a statement, from the first to the last, without making a
/// list of them first.
///
/// A parameter that cannot be bound has another value than meant, so that is remembered for whoever
/// runs the statement.
struct ParameterWriter {
  private let statement: OpaquePointer
  private var next: Int32 = 1
  private(set) var hasFailed = false

  init(_ statement: OpaquePointer) {
    self.statement = statement
  }

  mutating func bind(_ value: Int64) {
    if sqlite3_bind_int64(statement, next, value) != SQLITE_OK { hasFailed = true }
    next += 1
  }

  mutating func bind(_ value: Int64?) {
    if let value { return bind(value) }
    if sqlite3_bind_null(statement, next) != SQLITE_OK { hasFailed = true }
    next += 1
  }
}
