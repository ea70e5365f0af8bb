import GRDB
import NetmonCore

extension Store {
  /// The sequence number of the latest change; 0 when nothing was ever written.
  public func lastSequence() throws(StoreError) -> Int64 {
    try read { try $0.lastSequence() }
  }

  /// What was written after `sequence`, in the order of the sequence.
  ///
  /// Numbers are given out under the write lock, so a change that becomes visible later has a
  /// higher number: whoever goes on from `lastSequence` misses none.
  ///
  /// - Parameters:
  ///   - sequence: the cursor; 0 is the beginning.
  ///   - limit: how many changes to look at, > 0.
  ///   - onlyOwn: leave out records that were made by other stores.
  ///   - end: the last change to look at.
  /// - Returns: each record at most once, in its latest state.
  /// - Throws: ``StoreError``.
  public func changes(
    after sequence: Int64, limit: Int, onlyOwn: Bool = false, through end: Int64 = .max
  ) throws(StoreError) -> ChangeBatch {
    try read { db in
      let last = try db.lastSequence()
      let oldest = try db.integer("SELECT min(seq) FROM change") ?? last + 1
      let rows = try Query(
        """
        SELECT h.seq, h.connection_id FROM change h
        JOIN connection c ON c.id = h.connection_id
        WHERE h.seq > ?1 AND h.seq <= ?4 AND (c.agent_id = \(Dimensions.ownAgent) OR NOT ?2)
        ORDER BY h.seq LIMIT ?3
        """, in: db
      ).all([
        .integer(sequence), SQLValue(onlyOwn ? 1 : 0), SQLValue(max(limit, 1)), .integer(end),
      ]) {
        (sequence: $0.integer(), id: $0.integer())
      }
      var seen: Set<Int64> = []
      var changes: [(sequence: Int64, connection: Connection)] = []
      for row in rows.reversed() where seen.insert(row.id).inserted {
        guard let connection = try ConnectionRow.fetch(id: row.id, in: db) else { continue }
        changes.append((row.sequence, connection))
      }
      return ChangeBatch(
        changes: changes.reversed(),
        lastSequence: rows.count < limit ? min(last, end) : rows.last?.sequence ?? last,
        isTruncated: sequence > last || sequence < oldest - 1
      )
    }
  }

  /// How far the follower of that name is; nil when it never said so.
  public func cursor(named name: String) throws(StoreError) -> Int64? {
    try read { try $0.integer("SELECT seq FROM cursor WHERE name = ?", [.text(name)]) }
  }

  /// Remembers how far a follower is. What it lacks is kept until it has it, or until
  /// ``removeCursors(except:)``.
  public func setCursor(_ sequence: Int64, named name: String) throws(StoreError) {
    try write(.record) { db, _ in
      try db.run(
        "INSERT INTO cursor (name, seq) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq",
        [.text(name), .integer(sequence)]
      )
    }
  }
}

extension Database {
  /// Also right when the changes are pruned: AUTOINCREMENT remembers.
  func lastSequence() throws -> Int64 {
    try integer("SELECT seq FROM sqlite_sequence WHERE name = 'change'") ?? 0
  }
}
