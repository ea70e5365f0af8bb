import GRDB
import NetmonCore

/// The ids of dimension rows, remembered between the records of one writer.
///
/// What is remembered holds only if the transaction that learnt it is committed, and until rows are
/// removed, which another process may do: ``refresh(in:)`` at the beginning of each transaction.
struct Dimensions: Sendable {
  private var addresses = BoundedCache<IPAddress, Int64>(limit: 200_000)
  private var processes = BoundedCache<ProcessRow, Int64>(limit: 50_000)
  private var executables = BoundedCache<[ExactText], Int64>(limit: 20_000)
  private var hosts = BoundedCache<ExactText, Int64>(limit: 20_000)
  private var services = BoundedCache<ExactText, Int64>(limit: 20_000)
  private var agents = BoundedCache<ExactText, Int64>(limit: 20_000)
  private var generation: Int64?

  /// Leaves an empty one behind.
  mutating func take() -> Dimensions {
    defer { self = Dimensions() }
    return self
  }

  /// Forgets everything if rows were removed since.
  mutating func refresh(in db: Database) throws {
    let current = try db.integer("SELECT generation FROM meta")
    guard current != generation else { return }
    self = Dimensions()
    generation = current
  }

  mutating func host(_ name: String, in db: Database) throws -> Int64 {
    try hosts.value(for: ExactText(name)) { try Self.id(of: name, table: "host", in: db) }
  }

  mutating func service(_ name: String, in db: Database) throws -> Int64 {
    try services.value(for: ExactText(name)) { try Self.id(of: name, table: "service", in: db) }
  }

  mutating func agent(_ name: String, in db: Database) throws -> Int64 {
    try agents.value(for: ExactText(name)) { try Self.id(of: name, table: "agent", in: db) }
  }

  mutating func address(_ address: IPAddress, in db: Database) throws -> Int64 {
    try addresses.value(for: address) {
      let ip = SQLValue.blob(address.bytes)
      // The text may be there without its bytes, from plain SQL.
      return try db.integer("SELECT id FROM address WHERE ip = ?", [ip])
        ?? db.insert(
          """
          INSERT INTO address (text, ip) VALUES (?, ?)
          ON CONFLICT (text) DO UPDATE SET ip = excluded.ip
          """, [.text(address.description), ip]
        )
    }
  }

  mutating func process(_ process: ProcessDetails, hostID: Int64?, in db: Database) throws -> Int64
  {
    let executableID = try executable(process, in: db)
    let row = ProcessRow(process, hostID: hostID, executableID: executableID)
    return try processes.value(for: row) { try Self.id(of: row, process, in: db) }
  }

  private mutating func executable(_ process: ProcessDetails, in db: Database) throws -> Int64 {
    try executables.value(for: [ExactText(process.name), ExactText(process.path)]) {
      let values: [SQLValue] = [.text(process.name), .text(process.path)]
      return try db.integer("SELECT id FROM executable WHERE name = ? AND path = ?", values)
        ?? db.insert("INSERT INTO executable (name, path) VALUES (?, ?)", values)
    }
  }

  private static func id(of name: String, table: String, in db: Database) throws -> Int64 {
    try db.integer("SELECT id FROM \(table) WHERE name = ?", [.text(name)])
      ?? db.insert("INSERT INTO \(table) (name) VALUES (?)", [.text(name)])
  }

  /// The row of the same instance, completed by what is new; or a new row.
  private static func id(of row: ProcessRow, _ process: ProcessDetails, in db: Database) throws
    -> Int64
  {
    let known = try Query(
      """
      SELECT id, \(ProcessRow.detailColumns) FROM process
      WHERE pid = ? AND host_id IS ? AND started = ? AND executable_id = ? ORDER BY id DESC
      """, in: db
    ).all(row.identity) { columns in
      let id = columns.integer()
      var details = process
      details.readDetails(from: &columns)
      return (
        id: id,
        row: ProcessRow(details, hostID: row.hostID, executableID: row.executableID)
      )
    }
    for (id, stored) in known {
      guard let merged = stored.merged(with: row) else { continue }
      if merged != stored {
        try db.run(
          "UPDATE process SET (\(ProcessRow.detailColumns)) = (?, ?, ?, ?, ?, ?, ?) WHERE id = ?",
          merged.details + [.integer(id)]
        )
      }
      return id
    }
    return try db.insert(
      """
      INSERT INTO process (pid, host_id, started, executable_id, \(ProcessRow.detailColumns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, row.identity + row.details
    )
  }
}

/// A dictionary that starts afresh when it is full: bounded, and cheap to look up.
struct BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let limit: Int
  private var values: [Key: Value] = [:]

  init(limit: Int) {
    self.limit = limit
  }

  /// The remembered value, or the one made now.
  mutating func value(for key: Key, _ make: () throws -> Value) rethrows -> Value {
    if let value = values[key] { return value }
    let value = try make()
    if values.count >= limit { values.removeAll(keepingCapacity: true) }
    values[key] = value
    return value
  }
}
