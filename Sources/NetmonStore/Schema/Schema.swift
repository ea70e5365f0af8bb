import GRDB
import NetmonCore

/// The tables, in migrations that are only ever appended.
///
/// A star: texts stand once in dimension tables, and a connection is a row of integers. Foreign
/// keys are declared but not enforced (see ``Store``); tests check them.
enum Schema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try Legacy.setAside(in: db)
      try db.execute(sql: tables)
      try db.execute(sql: view)
      try fillNames(db)
    }
    migrator.registerMigration("2") { db in
      try db.execute(
        sql: """
          ALTER TABLE connection ADD COLUMN
            drops INTEGER CONSTRAINT "drops is negative" CHECK (drops >= 0)
          """)
    }
    registerGaps(in: &migrator)
    registerRollups(in: &migrator)
    registerIdentity(in: &migrator)
    registerTimes(in: &migrator)
    return migrator
  }

  /// Brings the file to the newest schema, or refuses it.
  static func migrate(_ pool: DatabasePool, path: String) throws {
    let migrator = migrator
    try pool.read { db in
      try refuse(db, path: path)
    }
    // GRDB looks which migrations are due before it takes the write lock: another process may
    // apply one in between, and ours fails on tables that are there. Each round gets further.
    for remaining in migrator.migrations.indices.reversed() {
      do {
        try migrator.migrate(pool)
        break
      } catch {
        if try pool.read(migrator.hasCompletedMigrations) { break }
        if remaining == 0 { throw error }
      }
    }
    // Last, as rows are written as the newest schema has them.
    if try pool.read(Legacy.isSetAside) { try pool.write(Legacy.importRows) }
  }

  /// Refuses a file that a reader cannot use as it is.
  static func check(_ db: Database, path: String) throws {
    let migrator = migrator
    try refuse(db, path: path)
    guard try migrator.hasCompletedMigrations(db) else {
      throw StoreError.olderSchema(
        path: path, found: try migrator.appliedIdentifiers(db).count,
        known: migrator.migrations.count
      )
    }
  }

  /// Whether the file has all that the migrations make; it may have more.
  static func isWhole(_ db: Database) throws -> Bool {
    let pristine = try DatabaseQueue()
    try migrator.migrate(pristine)
    return try pristine.read(definitions).isSubset(of: try definitions(of: db))
  }

  private static func definitions(of db: Database) throws -> Set<[ExactText]> {
    Set(
      try Query("SELECT type, name, tbl_name, sql FROM sqlite_schema", in: db).all { row in
        (0..<4).map { _ in ExactText(row.text()) }
      })
  }

  private static func refuse(_ db: Database, path: String) throws {
    let migrator = migrator
    if try migrator.hasBeenSuperseded(db) {
      // A later netmon has all migrations of this one.
      guard Set(migrator.migrations).isSubset(of: try migrator.appliedIdentifiers(db)) else {
        throw StoreError.corrupt(.open, path: path, reason: "it has no known schema")
      }
      throw try newerSchema(db, path: path)
    }
    if try isForeign(db) { throw StoreError.foreignDatabase(path: path) }
  }

  /// Whether there are tables, but neither ours nor that of the earlier tool.
  static func isForeign(_ db: Database) throws -> Bool {
    let names = try Query(
      "SELECT lower(name) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
      in: db
    ).all { $0.text() }
    return !names.isEmpty && !names.contains("grdb_migrations") && !names.contains("connections")
  }

  private static func newerSchema(_ db: Database, path: String) throws -> StoreError {
    .newerSchema(
      path: path, found: try migrator.appliedIdentifiers(db).count,
      known: migrator.migrations.count
    )
  }

  /// The names that plain SQL needs to read and write what the model holds as numbers.
  private static func fillNames(_ db: Database) throws {
    for error in ConnectionError.all {
      try db.run(
        "INSERT INTO error_name (name, errno, is_canonical) VALUES (?, ?, 1)",
        [.text(error.name), SQLValue(error.number)]
      )
    }
    for (alias, error) in ConnectionError.aliases {
      try db.run(
        "INSERT INTO error_name (name, errno, is_canonical) VALUES (?, ?, 0)",
        [.text(alias), SQLValue(error.number)]
      )
    }
    for state in TCPState.allCases {
      try db.run(
        "INSERT INTO state_name (state, name) VALUES (?, ?)",
        [SQLValue(state.rawValue), .text(state.name)]
      )
    }
    for transport in TransportProtocol.allCases {
      try db.run(
        "INSERT INTO protocol_name (protocol, name) VALUES (?, ?)",
        [SQLValue(transport.rawValue), .text(transport.name)]
      )
    }
  }
}
