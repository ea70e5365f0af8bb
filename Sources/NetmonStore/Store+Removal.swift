import GRDB
public import NetmonCore

extension Store {
  /// Deletes records that ended before `cutoff`, in short transactions.
  ///
  /// Open records stay, and so do those that a follower with a cursor may lack: everything from the
  /// oldest one on. So does a record that was first seen at the cutoff or later. Afterwards removes
  /// dimension rows that nothing refers to any more, and old changes.
  ///
  /// - Returns: how many records were deleted.
  public func removeClosed(before cutoff: Timestamp) throws(StoreError) -> Int {
    var sweep = Sweep(from: -1, to: Slots(cutoff).first)
    var removed = 0
    var isDone = false
    while !isDone {
      let ids = try write(.remove) { db, dimensions in
        try db.settle(&dimensions)
        return try sweep.removeChunk(before: cutoff, in: db)
      }
      removed += ids
      isDone = ids < Sweep.chunk
    }
    if removed > 0 { try removeOrphans() }
    try removeOldChanges()
    return removed
  }

  /// Removes processes, addresses and executables that no connection refers to.
  ///
  /// They are looked for in a snapshot, without holding up the writer. What was written since
  /// stands in the change sequence, so that a row which came into use again is spared.
  private func removeOrphans() throws(StoreError) {
    let (sequence, addresses, processes) = try read { db in
      (
        try db.lastSequence(),
        try Query(
          """
          SELECT id FROM address WHERE ip IS NOT NULL
          EXCEPT SELECT local_id FROM connection EXCEPT SELECT remote_id FROM connection
          """, in: db
        ).all { $0.integer() },
        try Query(
          "SELECT id FROM process EXCEPT SELECT process_id FROM connection", in: db
        ).all { $0.integer() }
      )
    }
    try removeOrphans(addresses, from: "address", usedAs: "local_id", "remote_id", since: sequence)
    try removeOrphans(processes, from: "process", usedAs: "process_id", since: sequence)
    try write(.remove) { db, _ in
      try db.run(
        """
        DELETE FROM executable WHERE NOT EXISTS (
          SELECT 1 FROM process WHERE executable_id = executable.id)
        """
      )
      try db.dimensionsDidShrink()
    }
  }

  private func removeOrphans(
    _ ids: [Int64], from table: String, usedAs columns: String..., since sequence: Int64
  ) throws(StoreError) {
    let used = columns.map {
      "SELECT \($0) FROM change JOIN connection c ON c.id = connection_id WHERE seq > ?2"
    }
    for start in stride(from: 0, to: ids.count, by: Sweep.chunk) {
      let chunk = ids[start..<min(start + Sweep.chunk, ids.count)]
      try write(.remove) { db, _ in
        try db.run(
          """
          DELETE FROM \(table) WHERE id IN (SELECT value FROM json_each(?1))
          AND id NOT IN (\(used.joined(separator: " UNION ALL ")))
          """, [.text("\(Array(chunk))"), .integer(sequence)]
        )
        try db.dimensionsDidShrink()
      }
    }
  }

  private func removeOldChanges() throws(StoreError) {
    var isDone = false
    while !isDone {
      isDone = try write(.remove) { db, _ in
        let end = min(
          try db.lastSequence() - Self.keptChanges,
          try db.integer("SELECT min(seq) FROM cursor") ?? .max
        )
        try db.run(
          """
          DELETE FROM change WHERE seq <= ?1
          AND seq < (SELECT min(seq) FROM change) + \(Sweep.chunk)
          """, [.integer(end)]
        )
        return db.changesCount < Sweep.chunk
      }
    }
  }

  /// How many changes stay for followers without a cursor to resume from.
  private static let keptChanges: Int64 = 1_000_000
}

/// One pass over the rows that may be old enough, from the oldest on.
private struct Sweep {
  static let chunk = 5000

  /// The last id looked at.
  private var position: Int64
  /// The first id not to look at: it falls to the oldest row that a follower may lack.
  private var end: Int64
  /// Which changes that has taken into account.
  private var sequence: Int64?

  init(from position: Int64, to end: Int64) {
    self.position = position
    self.end = end
  }

  /// Deletes up to a chunk of rows and says how many.
  mutating func removeChunk(before cutoff: Timestamp, in db: Database) throws -> Int {
    if let cursor = try db.integer("SELECT min(seq) FROM cursor") {
      let undelivered = try db.integer(
        "SELECT min(connection_id) FROM change WHERE seq > ?", [.integer(sequence ?? cursor)]
      )
      end = min(end, undelivered ?? .max)
      sequence = try db.lastSequence()
    }
    var rollups = Rollups()
    let ids = try Query(
      """
      DELETE FROM connection WHERE id IN (
        SELECT id FROM connection WHERE id > ? AND id < ? AND opened_at + ended_after < ?
        ORDER BY id LIMIT \(Self.chunk)
      ) RETURNING id, \(Counted.columns)
      """, in: db
    ).all([.integer(position), .integer(end), .integer(cutoff.microseconds)]) { row in
      let id = row.integer()
      rollups.remove(Counted(&row))
      return id
    }
    try rollups.flush(in: db)
    position = ids.max() ?? position
    return ids.count
  }
}

extension Database {
  /// Tells all writers to forget the ids they know. See ``Dimensions``.
  fileprivate func dimensionsDidShrink() throws {
    try run("UPDATE meta SET generation = generation + 1")
  }
}
