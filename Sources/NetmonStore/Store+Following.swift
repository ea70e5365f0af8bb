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
  /// its order, until it returns false. All of it is read from one snapshot.
  ///
  /// A record comes once, as it is now. Only if its changes are more than `window` apart, which takes
  /// a follower that is further behind than that, it may come again as it was.
  ///
  /// - Parameters:
  ///   - sequence: the place reached.
  ///   - window: how many changes to look at, > 0.
  ///   - body: is given the sequence number of the change and the record.
  /// - Returns: where to go on. Nothing was read if it is a reset.
  /// - Throws: ``StoreError``.
  public func follow(
    after sequence: Int64, window: Int = 20_000, _ body: (Int64, Connection) -> Bool
  ) throws(StoreError) -> FollowingPlace {
    try read { db in
      let last = try db.lastSequence()
      guard try db.hasAllChanges(after: sequence) else {
        return FollowingPlace(sequence: last, isReset: true)
      }
      let changes = try Query(
        "SELECT seq, connection_id FROM change WHERE seq > ? ORDER BY seq LIMIT ?", in: db
      ).all([.integer(sequence), SQLValue(max(window, 1))]) {
        (sequence: $0.integer(), id: $0.integer())
      }
      var latest: [Int64: Int64] = [:]
      for change in changes { latest[change.id] = change.sequence }
      for change in changes where latest[change.id] == change.sequence {
        guard let connection = try ConnectionRow.fetch(id: change.id, in: db) else { continue }
        guard body(change.sequence, connection) else {
          return FollowingPlace(sequence: change.sequence)
        }
      }
      let end = changes.count < window ? last : changes.last?.sequence
      return FollowingPlace(sequence: end ?? last)
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
