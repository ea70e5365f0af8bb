import GRDBSQLite
import Glibc

/// The rows of a netmon database written once more by nothing but SQLite: into the same fact table
/// with the same indexes, in the same transactions, with everything known beforehand.
///
/// This is what would be left if HTTP, JSON, dimension tables, identity and the change sequence cost
/// nothing.
final class BareInsertion {
  private let database: OpaquePointer
  private let insert: OpaquePointer
  private let update: OpaquePointer
  private let width: Int
  /// `width` values a row; `none` stands for NULL.
  private let values: [Int64]
  private static let none = Int64.min
  private let rowOfOrigin: [String: [Int]]
  private let closedColumn: Int

  /// Reads the rows of `source`, and makes an empty table like theirs in `target`.
  init(of source: String, into target: String) throws(BenchError) {
    let reader = try Self.open(source)
    defer { sqlite3_close(reader) }
    var schema: [String] = []
    try Self.forEachRow(
      reader, "SELECT sql FROM sqlite_schema WHERE tbl_name = 'connection' AND type <> 'trigger'"
    ) { schema.append(String(cString: sqlite3_column_text($0, 0))) }
    var names: [String] = []
    // Generated columns are hidden from table_info.
    try Self.forEachRow(reader, "PRAGMA table_info(connection)") {
      names.append(String(cString: sqlite3_column_text($0, 1)))
    }
    let width = names.count
    var values: [Int64] = []
    var rowOfOrigin: [String: [Int]] = [:]
    let columns = names.map { "c.\($0)" }.joined(separator: ", ")
    try Self.forEachRow(
      reader,
      """
      SELECT \(columns), a.name FROM connection c JOIN agent a ON a.id = c.agent_id
      ORDER BY agent_id, number
      """
    ) { row in
      let agent = String(cString: sqlite3_column_text(row, Int32(width)))
      rowOfOrigin[agent, default: []].append(values.count)
      for column in 0..<Int32(width) {
        let isNull = sqlite3_column_type(row, column) == SQLITE_NULL
        values.append(isNull ? Self.none : sqlite3_column_int64(row, column))
      }
    }
    database = try Self.open(target)
    self.width = width
    self.values = values
    self.rowOfOrigin = rowOfOrigin
    closedColumn = names.firstIndex(of: "closed_after") ?? 0
    let pragmas = """
      PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384
      """
    for sql in [pragmas] + schema { try Self.execute(database, sql) }
    let placeholders = names.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
    insert = try Self.prepare(
      database, "INSERT INTO connection (\(names.joined(separator: ", "))) VALUES (\(placeholders))"
    )
    // What identifies a row does not change.
    let fixed: Set = ["id", "process_id", "agent_id", "number"]
    let changes = names.enumerated().filter { !fixed.contains($1) }.map { "\($1) = ?\($0 + 1)" }
    let id = (names.firstIndex(of: "id") ?? 0) + 1
    update = try Self.prepare(
      database,
      "UPDATE connection SET \(changes.joined(separator: ", ")) WHERE id = ?\(id)")
  }

  deinit {
    sqlite3_finalize(insert)
    sqlite3_finalize(update)
    sqlite3_close(database)
  }

  /// Writes the rows of so many requests in each transaction.
  func run(_ requests: [IngestWorkload.Request], together: Int) throws(BenchError) {
    for (index, request) in requests.enumerated() {
      if index % together == 0 { try Self.execute(database, "BEGIN IMMEDIATE") }
      let rows = rowOfOrigin[IngestWorkload.agent(ofHost: request.host)] ?? []
      for number in request.closed { try write(update, rows[number], isOpen: false) }
      for number in request.opened { try write(insert, rows[number], isOpen: true) }
      if index % together == together - 1 || index == requests.count - 1 {
        try Self.execute(database, "COMMIT")
      }
    }
  }

  /// An open row lacks only its end here, which is what decides about the indexes.
  private func write(
    _ statement: OpaquePointer, _ row: Int, isOpen: Bool
  ) throws(BenchError) {
    for column in 0..<width {
      let value = values[row + column]
      if value == Self.none || isOpen && column == closedColumn {
        sqlite3_bind_null(statement, Int32(column + 1))
      } else {
        sqlite3_bind_int64(statement, Int32(column + 1), value)
      }
    }
    let code = sqlite3_step(statement)
    sqlite3_reset(statement)
    guard code == SQLITE_DONE else { throw Self.error(database) }
  }

  // MARK: SQLite

  private static func open(_ path: String) throws(BenchError) -> OpaquePointer {
    var database: OpaquePointer?
    guard sqlite3_open(path, &database) == SQLITE_OK, let database else { throw error(database) }
    return database
  }

  private static func execute(_ database: OpaquePointer, _ sql: String) throws(BenchError) {
    guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else { throw error(database) }
  }

  private static func prepare(
    _ database: OpaquePointer, _ sql: String
  ) throws(BenchError) -> OpaquePointer {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
      throw error(database)
    }
    return statement
  }

  private static func forEachRow(
    _ database: OpaquePointer, _ sql: String, _ body: (OpaquePointer) -> Void
  ) throws(BenchError) {
    let statement = try prepare(database, sql)
    defer { sqlite3_finalize(statement) }
    while sqlite3_step(statement) == SQLITE_ROW { body(statement) }
  }

  private static func error(_ database: OpaquePointer?) -> BenchError {
    .unexpected(String(cString: sqlite3_errmsg(database)), from: "SQLite")
  }
}
