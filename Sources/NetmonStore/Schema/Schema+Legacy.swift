import GRDB
import NetmonCore

extension Schema {
  /// The table `connections` of the earlier tool, which a file may already have.
  enum Legacy {
    private static let columns = [
      "timestamp", "process_id", "process_name", "process_path", "local_addr", "remote_addr",
      "error", "service_name", "protocol", "state",
    ]

    /// Makes way for the view of that name.
    static func setAside(in db: Database) throws {
      guard try db.tableExists("connections") else { return }
      let found = try db.columns(in: "connections").map { $0.name.lowercased() }
      let missing = columns.filter { !found.contains($0) }
      guard missing.isEmpty else {
        throw StoreError.invalid(
          .migrate,
          reason: """
            the file has a table "connections" without \(missing.joined(separator: ", ")); \
            name another file
            """
        )
      }
      try db.execute(sql: "ALTER TABLE connections RENAME TO connections_legacy")
    }

    /// Whether there are rows of it to import.
    static func isSetAside(in db: Database) throws -> Bool {
      try db.tableExists("connections_legacy")
    }

    /// Turns its rows into records, unless another process has done so. Those that cannot be read
    /// stay, in `connections_unreadable`, and are counted as a gap.
    static func importRows(in db: Database) throws {
      guard try isSetAside(in: db) else { return }
      try db.execute(
        sql: """
          CREATE TABLE connections_unreadable AS SELECT * FROM connections_legacy WHERE 0;
          ALTER TABLE connections_unreadable ADD COLUMN reason TEXT;
          """)
      let keep = try Query(
        """
        INSERT INTO connections_unreadable SELECT *, ?2 FROM connections_legacy WHERE rowid = ?1
        """, in: db
      )
      var importer = Importer(db: db)
      try Query(
        "SELECT rowid, \(columns.joined(separator: ", ")) FROM connections_legacy ORDER BY rowid",
        in: db
      ).forEach { row in
        let rowID = row.integer()
        do throws(Unreadable) {
          importer.pending.append(try connection(&row))
        } catch {
          importer.unreadable += 1
          try keep.run([.integer(rowID), .text("\(error.column) \(error.value)")])
        }
        if importer.pending.count >= 5000 { try importer.flush() }
      }
      try importer.finish()
      try db.execute(sql: "DROP TABLE connections_legacy")
    }

    private struct Unreadable: Error {
      var column: String
      var value: String
    }

    private static func connection(_ row: inout ColumnReader) throws(Unreadable) -> Connection {
      let timestamp = try parse("timestamp", row.text()) { text in
        Timestamp(text).flatMap { Timestamp.valid.contains($0) ? $0 : nil }
      }
      let pid = try parse("process_id", row.optionalText() ?? "0") {
        Int32($0).flatMap { $0 < 0 ? nil : $0 }
      }
      let (name, path) = (row.text(), row.text())
      let local = try parse("local_addr", row.text(), Endpoint.init)
      let remote = try parse("remote_addr", row.text(), Endpoint.init)
      let error: ConnectionError?
      switch row.text() {
      case "": error = nil
      case let name: error = try parse("error", name) { ConnectionError(name: $0) }
      }
      let service = row.text()
      var connection = Connection(
        timestamp: timestamp,
        transport: try parse("protocol", row.text()) { TransportProtocol(name: $0) },
        state: try parse("state", row.text()) { TCPState(name: $0) },
        local: local, remote: remote
      )
      connection.process = ProcessDetails(
        identity: ProcessIdentity(pid: pid, startTime: 0), name: name, path: path
      )
      connection.error = error
      connection.errorSource = error == nil ? nil : .reported
      connection.serviceName = service.isEmpty ? nil : service
      return connection
    }

    private static func parse<Value>(
      _ column: String, _ text: String, _ parse: (String) -> Value?
    ) throws(Unreadable) -> Value {
      guard let value = parse(text) else { throw Unreadable(column: column, value: text) }
      return value
    }
  }
}

extension Schema.Legacy {
  /// Stores rows in batches and keeps count.
  private struct Importer {
    let db: Database
    var pending: [Connection] = []
    var unreadable = 0
    private var dimensions = Dimensions()
    private var span: ClosedRange<Timestamp>?

    init(db: Database) {
      self.db = db
    }

    mutating func flush() throws {
      for connection in pending {
        let time = connection.timestamp
        span = span.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
      }
      _ = try db.record(pending, &dimensions)
      pending.removeAll(keepingCapacity: true)
    }

    mutating func finish() throws {
      try flush()
      guard unreadable > 0 else { return try db.execute(sql: "DROP TABLE connections_unreadable") }
      // When they were is not known; the rows that could be read are the best guess.
      let lost = span ?? Timestamp.valid.lowerBound...Timestamp.valid.lowerBound
      try db.recordOwn(
        Gap(
          host: "", from: lost.lowerBound, to: lost.upperBound, count: unreadable,
          reason: "unreadable rows of an earlier table, kept in connections_unreadable"
        )
      )
    }
  }
}
