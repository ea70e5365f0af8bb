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
  private var recentProcesses = RecentProcesses()
  private var lastHost: (name: ExactText, id: Int64)?
  private var lastAgent: (name: ExactText, id: Int64)?
  private var lastLocal: (address: IPAddress, id: Int64)?
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
    let name = ExactText(name)
    // Records come in runs of one host, as agents send them.
    if let lastHost, lastHost.name == name { return lastHost.id }
    let id = try hosts.value(for: name) { try Self.id(of: name.text, table: "host", in: db) }
    lastHost = (name, id)
    return id
  }

  mutating func service(_ name: String, in db: Database) throws -> Int64 {
    try services.value(for: ExactText(name)) { try Self.id(of: name, table: "service", in: db) }
  }

  mutating func agent(_ name: String, in db: Database) throws -> Int64 {
    let name = ExactText(name)
    if let lastAgent, lastAgent.name == name { return lastAgent.id }
    let id = try agents.value(for: name) { try Self.id(of: name.text, table: "agent", in: db) }
    lastAgent = (name, id)
    return id
  }

  /// The same as ``address(_:in:)``, for this end: mostly it is the one of the record before.
  mutating func localAddress(_ address: IPAddress, in db: Database) throws -> Int64 {
    if let lastLocal, lastLocal.address == address { return lastLocal.id }
    let id = try self.address(address, in: db)
    lastLocal = (address, id)
    return id
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
    if let id = recentProcesses.id(of: process, hostID: hostID) { return id }
    let executableID = try executable(process, in: db)
    let row = ProcessRow(process, hostID: hostID, executableID: executableID)
    let id = try processes.value(for: row) { try Self.id(of: row, process, in: db) }
    recentProcesses.remember(process, hostID: hostID, id: id)
    return id
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

/// The processes of the latest records, recognised by their place in memory: what reads records
/// lets those of one process share it.
private struct RecentProcesses: Sendable {
  private var entries = [Entry?](repeating: nil, count: 256)

  private struct Entry {
    var process: ProcessDetails
    var hostID: Int64?
    var id: Int64
  }

  func id(of process: ProcessDetails, hostID: Int64?) -> Int64? {
    guard let entry = entries[slot(process)], entry.process.isIdentical(to: process),
      entry.hostID == hostID
    else { return nil }
    return entry.id
  }

  mutating func remember(_ process: ProcessDetails, hostID: Int64?, id: Int64) {
    entries[slot(process)] = Entry(process: process, hostID: hostID, id: id)
  }

  private func slot(_ process: ProcessDetails) -> Int {
    Int(process.identity.pid.magnitude) % entries.count
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
