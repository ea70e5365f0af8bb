import GRDB
public import NetmonCore

extension Store {
  /// Where a follower goes on that has seen the changes up to `sequence`; at the present if that is
  /// nil, or nothing to go on from.
  public func place(after sequence: Int64?) throws(StoreError) -> FollowingPlace {
    try read { db in
      let last = try db.lastSequence()
      guard let sequence else { return FollowingPlace(sequence: last) }
      guard try db.hasAllChanges(after: sequence) else {
        return FollowingPlace(sequence: last, isReset: true)
      }
      return FollowingPlace(sequence: sequence)
    }
  }

  /// Calls `body` with the records that were changed after `sequence`, by their latest change and in
  /// its order, until it returns false or there has been enough for a page. Each record comes once,
  /// as it is now: all of a page is read from one snapshot, and what has a change after it is left to
  /// a later page.
  ///
  /// - Parameters:
  ///   - sequence: the place reached.
  ///   - backlog: nil at first; what the follower keeps from one page to the next while it is more
  ///     than `window` changes behind.
  ///   - window: how many changes are looked through for each page, > 0.
  ///   - body: is given the sequence number of the change and the record.
  /// - Returns: where to go on; the same place when there is nothing new. Nothing was read if it is a
  ///   reset.
  /// - Throws: ``StoreError``.
  public func follow(
    after sequence: Int64, _ backlog: inout Backlog?, window: Int64 = 20_000,
    _ body: (Int64, Connection) -> Bool
  ) throws(StoreError) -> FollowingPlace {
    try read { db in
      let last = try db.lastSequence()
      guard try db.hasAllChanges(after: sequence) else {
        backlog = nil
        return FollowingPlace(sequence: last, isReset: true)
      }
      if last - sequence <= window {
        backlog = nil
      } else if !(backlog?.covers(sequence, to: last, window) ?? false) {
        backlog = try Backlog(after: sequence, upTo: last, in: db)
      }
      // Those that are about to come, or have changed since the backlog was looked through.
      let near = try db.changes(after: backlog?.last ?? sequence, through: last, limit: window)
      var latest: [Int64: Int64] = [:]
      for change in near { latest[change.id] = change.sequence }
      let changes =
        try backlog.map { try db.changes(after: sequence, through: $0.end, limit: 2000) } ?? near
      for change in changes
      where backlog?.isSuperseded(change.sequence) != true
        && latest[change.id, default: change.sequence] == change.sequence
      {
        guard let connection = try ConnectionRow.fetch(id: change.id, in: db) else { continue }
        guard body(change.sequence, connection) else {
          return FollowingPlace(sequence: change.sequence)
        }
      }
      guard let backlog, changes.count == 2000 else {
        return FollowingPlace(sequence: backlog?.end ?? last)
      }
      return FollowingPlace(sequence: changes.last?.sequence ?? backlog.end)
    }
  }

  /// Whether another file has come to stand at the path, or none is there: what is read from this
  /// store does not change any more.
  public var isReplaced: Bool { file != FileIdentity(path: path) }
}

extension Database {
  /// Whether whoever has seen `sequence` can be told everything since.
  fileprivate func hasAllChanges(after sequence: Int64) throws -> Bool {
    let last = try lastSequence()
    let oldest = try integer("SELECT min(seq) FROM change") ?? last + 1
    return sequence >= oldest - 1 && sequence <= last
  }
}

extension Database {
  fileprivate func changes(
    after sequence: Int64, through end: Int64, limit: Int64
  ) throws -> [(sequence: Int64, id: Int64)] {
    try Query(
      "SELECT seq, connection_id FROM change WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
      in: self
    ).all([.integer(sequence), .integer(end), .integer(limit)]) {
      (sequence: $0.integer(), id: $0.integer())
    }
  }
}

extension Backlog {
  /// Whether it tells what comes after `sequence`, but for changes that are soon looked through.
  fileprivate func covers(_ sequence: Int64, to last: Int64, _ window: Int64) -> Bool {
    sequence >= start && sequence < end && last - self.last <= window
  }
}
