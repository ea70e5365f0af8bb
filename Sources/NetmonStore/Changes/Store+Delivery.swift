import GRDB
public import NetmonCore

extension Store {
  /// How far the delivery to a server is; everything that it lacks is kept from now on. A server
  /// that is not known lacks everything that there is, and all others are forgotten.
  ///
  /// - Parameter server: the name of its place, such as `server STORE-ID`.
  /// - Returns: the progress, and the names of the others.
  /// - Throws: ``StoreError``.
  public func beginDelivery(
    to server: String
  ) throws(StoreError) -> (progress: DeliveryProgress, forgotten: [String]) {
    // Mostly there is nothing to write, for which a full disk may have no room.
    if let progress = try read({ try $0.onlyProgress(of: server) }) { return (progress, []) }
    return try write(.record) { db, _ in
      let names = [server, Self.backlogName(server)]
      let forgotten = try Query("SELECT name FROM cursor WHERE name NOT IN (?, ?)", in: db)
        .all(names.map { .text($0) }) { $0.text() }
      try db.run("DELETE FROM cursor WHERE name NOT IN (?, ?)", names.map { .text($0) })
      var progress = try db.progress(of: server) ?? DeliveryProgress()
      // A place that lies ahead is of a later copy of this file, and nothing of it is known here.
      if progress.live > (try db.lastSequence()) { progress = DeliveryProgress() }
      try db.setProgress(progress, of: server)
      return (progress, forgotten)
    }
  }

  /// Keeps everything that there is for a server that has not answered yet, unless there is a place
  /// from an earlier delivery.
  public func expectDelivery() throws(StoreError) {
    try write(.record) { db, _ in
      try db.run(
        """
        INSERT INTO cursor (name, seq)
        SELECT 'server', 0 WHERE NOT EXISTS (SELECT 1 FROM cursor)
        """)
    }
  }

  /// Whether something was delivered to any server that is not given up.
  public func hasDelivered() throws(StoreError) -> Bool {
    try read {
      try $0.count("SELECT count(*) FROM cursor WHERE name LIKE 'server %' AND seq > 0") > 0
    }
  }

  /// How far the delivery to a server is; nil if there was none.
  public func progress(of server: String) throws(StoreError) -> DeliveryProgress? {
    try read { try $0.progress(of: server) }
  }

  /// Remembers how far the delivery to a server is, in one transaction.
  public func setProgress(
    _ progress: DeliveryProgress, of server: String
  ) throws(StoreError) {
    try write(.record) { db, _ in try db.setProgress(progress, of: server) }
  }

  /// Forgets all followers but these, so that records are no longer kept for the others.
  public func removeCursors(except names: [String] = []) throws(StoreError) {
    try write(.remove) { db, _ in
      let kept = names + names.map(Self.backlogName)
      let places = kept.map { _ in "?" }.joined(separator: ", ")
      try db.run("DELETE FROM cursor WHERE name NOT IN (\(places))", kept.map { .text($0) })
    }
  }

  /// When the oldest record was last written that a server lacks; nil if it lacks none.
  public func oldestUndelivered(
    _ progress: DeliveryProgress
  ) throws(StoreError) -> Timestamp? {
    try read { db in
      let query = try Query(
        """
        SELECT coalesce(c.updated_at, c.opened_at)
        FROM change h JOIN connection c ON c.id = h.connection_id
        WHERE h.seq > ? AND h.seq <= ? AND c.agent_id = \(Dimensions.ownAgent)
        ORDER BY h.seq LIMIT 1
        """, in: db)
      if let backlog = progress.backlog,
        let time = try query.first(
          [.integer(backlog.after), .integer(backlog.through)],
          {
            $0.timestamp()
          })
      {
        return time
      }
      return try query.first([.integer(progress.live), .integer(.max)]) { $0.timestamp() }
    }
  }

  fileprivate static func backlogName(_ server: String) -> String { "\(server) backlog" }
}

extension Database {
  fileprivate func progress(of server: String) throws -> DeliveryProgress? {
    let live = try Query("SELECT seq, gap_seq FROM cursor WHERE name = ?", in: self)
      .first([.text(server)]) { DeliveryProgress(live: $0.integer(), gaps: $0.integer()) }
    guard var progress = live else { return nil }
    progress.backlog = try Query("SELECT seq, through FROM cursor WHERE name = ?", in: self)
      .first([.text(Store.backlogName(server))]) { row in
        DeliveryProgress.Backlog(after: row.integer(), through: row.integer())
      }
    return progress
  }

  /// How far the only server is that there is a place for; nil if it has none, there are others, or
  /// its place lies ahead of the last change.
  fileprivate func onlyProgress(of server: String) throws -> DeliveryProgress? {
    let names = [server, Store.backlogName(server)].map { SQLValue.text($0) }
    let others = try count("SELECT count(*) FROM cursor WHERE name NOT IN (?, ?)", names)
    guard others == 0, let progress = try progress(of: server) else { return nil }
    return progress.live > (try lastSequence()) ? nil : progress
  }

  fileprivate func setProgress(_ progress: DeliveryProgress, of server: String) throws {
    try run(
      "INSERT OR REPLACE INTO cursor (name, seq, gap_seq) VALUES (?, ?, ?)",
      [.text(server), .integer(progress.live), .integer(progress.gaps)])
    let name = SQLValue.text(Store.backlogName(server))
    guard let backlog = progress.backlog else {
      return try run("DELETE FROM cursor WHERE name = ?", [name])
    }
    try run(
      "INSERT OR REPLACE INTO cursor (name, seq, through) VALUES (?, ?, ?)",
      [name, .integer(backlog.after), .integer(backlog.through)])
  }
}
