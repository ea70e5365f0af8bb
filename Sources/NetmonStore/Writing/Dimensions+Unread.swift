import GRDB
import NetmonCore

extension Dimensions {
  /// Reads the addresses of rows that came by plain SQL, which cannot turn text into bytes: writes
  /// them canonically and gives them their place in CIDR ranges.
  mutating func readAddresses(in db: Database) throws {
    let unread = try Query(
      """
      SELECT c.id, la.id, la.text, ra.id, ra.text FROM unread_address
      JOIN connection c ON c.id = connection_id
      JOIN address la ON la.id = c.local_id JOIN address ra ON ra.id = c.remote_id
      """, in: db
    ).all { (id: $0.integer(), local: $0.address(), remote: $0.address()) }
    for row in unread {
      let (localID, remoteID) = (try read(row.local, in: db), try read(row.remote, in: db))
      try db.run(
        "UPDATE connection SET local_id = ?, remote_id = ? WHERE id = ?",
        [.integer(localID), .integer(remoteID), .integer(row.id)]
      )
    }
    // Only now is none of these in use by a row further down.
    for row in unread {
      for (id, _) in [row.local, row.remote] {
        try db.run("DELETE FROM address WHERE id = ? AND ip IS NULL", [.integer(id)])
      }
    }
    try db.run("DELETE FROM unread_address")
  }

  private mutating func read(_ stored: (id: Int64, text: String), in db: Database) throws -> Int64 {
    // The trigger lets no other text in.
    guard let ip = IPAddress(stored.text) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "address \(stored.id)")
    }
    return try address(ip, in: db)
  }
}

extension ColumnReader {
  fileprivate mutating func address() -> (id: Int64, text: String) {
    (integer(), text())
  }
}

extension Database {
  /// Whether plain SQL has inserted rows that netmon has not read yet.
  var hasUnreadAddresses: Bool {
    get throws { try integer("SELECT 1 FROM unread_address LIMIT 1") != nil }
  }
}
