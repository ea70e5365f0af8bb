import GRDB
import NetmonCore

// What no connection refers to any more.
extension Store {
  /// Looks through the dimension rows if something was removed, and it is time to: any removal will
  /// do for `ifAny`, otherwise about a tenth of all rows must be gone.
  func sweep(_ removal: inout Removal, ifAny: Bool) throws(StoreError) {
    guard removal.removedSinceSweep > 0 else { return }
    if !ifAny, try rowsBeforeSweep(removal) > 0 { return }
    try removeOrphans()
    removal.removedSinceSweep = 0
  }

  /// How many rows are still to go before dimension rows are looked through: in all a tenth of what
  /// there was.
  func rowsBeforeSweep(_ removal: Removal) throws(StoreError) -> Int {
    let rows = try read { db in try db.count("SELECT connections FROM rollup") }
    return max(0, max(500, (rows + removal.removedSinceSweep) / 10) - removal.removedSinceSweep)
  }

  /// Removes processes, addresses and executables that no connection refers to.
  ///
  /// They are looked for in snapshots, without holding up the writer. What was written since stands
  /// in the change sequence, so that a row which came into use again is spared.
  private func removeOrphans() throws(StoreError) {
    let sequence = try lastSequence()
    let used = try usedAddresses()
    var position: Int64 = -1
    while let ids = try addresses(after: position), let last = ids.last {
      position = last
      let orphans = ids.filter { !used.contains($0) }
      try removeOrphans(orphans, from: "address", usedAs: "local_id", "remote_id", since: sequence)
    }
    let processes = try read { db in
      try Query(
        """
        SELECT id FROM process
        WHERE NOT EXISTS (SELECT 1 FROM connection WHERE process_id = process.id)
        """, in: db
      ).all { $0.integer() }
    }
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

  /// No index leads from an address to its connections, so they are all looked at, a part at a time
  /// so that no snapshot is held for long.
  private func usedAddresses() throws(StoreError) -> IDSet {
    var used = IDSet()
    var position: Int64 = -1
    var isDone = false
    while !isDone {
      let start = position
      try read { db in
        try Query(
          """
          SELECT id, local_id, remote_id FROM connection WHERE id > ? ORDER BY id LIMIT 100000
          """, in: db
        ).forEach([.integer(position)]) { row in
          position = row.integer()
          used.insert(row.integer())
          used.insert(row.integer())
        }
      }
      isDone = position == start
    }
    return used
  }

  private func addresses(after position: Int64) throws(StoreError) -> [Int64]? {
    try read { db in
      try Query(
        "SELECT id FROM address WHERE id > ? AND ip IS NOT NULL ORDER BY id LIMIT 100000", in: db
      ).all([.integer(position)]) { $0.integer() }
    }
  }

  private func removeOrphans(
    _ ids: [Int64], from table: String, usedAs columns: String..., since sequence: Int64
  ) throws(StoreError) {
    let used = columns.map {
      "SELECT \($0) FROM change JOIN connection c ON c.id = connection_id WHERE seq > ?2"
    }
    for start in stride(from: 0, to: ids.count, by: Self.orphansAtOnce) {
      let chunk = ids[start..<min(start + Self.orphansAtOnce, ids.count)]
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

  private static let orphansAtOnce = 2000

  /// Deletes open records that others delivered and of whose host nothing was heard since: whether
  /// they ended, nobody will say any more. Should their host come back and say it, they are there
  /// again.
  func removeOpen(
    ofHostsSilentSince time: Int64, _ removal: inout Removal
  ) throws(StoreError) -> Int {
    var removed = 0
    var isDone = false
    while !isDone {
      let count = try write(.remove) { db, dimensions in
        try db.settle(&dimensions)
        var rollups = Rollups()
        let query = try Query(
          """
          DELETE FROM connection WHERE id IN (
            SELECT c.id FROM connection c INDEXED BY connection_open
            JOIN (\(Self.silentSources)) USING (agent_id)
            WHERE c.ended_after IS NULL AND c.host_id IS source_host_id LIMIT 2000
          ) RETURNING \(Counted.columns)
          """, in: db
        )
        var count = 0
        try query.forEach([.integer(time)]) { row in
          rollups.remove(Counted(&row))
          count += 1
        }
        try rollups.flush(in: db)
        return count
      }
      removed += count
      isDone = count == 0
    }
    removal.removedSinceSweep += removed
    return removed
  }

  /// Other stores' agents, with the host of their open records, from which nothing came since ?1.
  private static let silentSources = """
    SELECT agent_id, host_id AS source_host_id FROM connection INDEXED BY connection_open
    WHERE ended_after IS NULL AND agent_id <> \(Dimensions.ownAgent)
    GROUP BY agent_id, host_id HAVING max(
      max(coalesce(updated_at, opened_at)),
      coalesce((SELECT seen_at FROM host WHERE id = host_id), 0)
    ) < ?1
    """
}

extension Database {
  /// Tells all writers to forget the ids they know. See ``Dimensions``.
  fileprivate func dimensionsDidShrink() throws {
    try run("UPDATE meta SET generation = generation + 1")
  }
}
