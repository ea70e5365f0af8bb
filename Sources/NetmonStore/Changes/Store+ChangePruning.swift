import GRDB
import NetmonCore

extension Store {
  /// Removes changes that no follower needs. Where they take more than their share of the budget,
  /// also those that a follower has not followed: it goes on after them, and a gap tells how many
  /// records it will not get until they change again.
  func removeOldChanges(budget: SpaceBudget?) throws(StoreError) {
    let kept = min(Self.keptChanges, budget.map { $0.changes / 2 } ?? .max)
    var isDone = false
    while !isDone {
      let lost = try changesToGiveUp(budget)
      isDone = try write(.remove) { db, _ in
        let last = try db.lastSequence()
        let oldest = try db.integer("SELECT min(seq) FROM change") ?? last + 1
        let cursor = try db.lowestCursor ?? .max
        if let lost, lost.cursor != cursor { return false }
        let end = max(min(last - kept, cursor), lost?.end ?? .min)
        var next = min(end, oldest + Self.changesAtOnce - 1)
        if let lost {
          if next < lost.end { next = min(next, cursor) } else { try db.giveUp(lost) }
        }
        try db.run("DELETE FROM change WHERE seq <= ?", [.integer(next)])
        return lost == nil && next >= end
      }
    }
  }

  /// The next changes that must go although a follower lacks them; nil if there are none.
  private func changesToGiveUp(_ budget: SpaceBudget?) throws(StoreError) -> GivenUp? {
    guard let budget else { return nil }
    return try read { db in
      let last = try db.lastSequence()
      let oldest = try db.integer("SELECT min(seq) FROM change") ?? last + 1
      guard let cursor = try db.lowestCursor else { return nil }
      let end = min(last - budget.changes, max(oldest, cursor) + Self.changesAtOnce - 1)
      guard end >= oldest, end > cursor else { return nil }
      let places = try FollowerPlace.all(in: db)
      let ids = try Query(
        """
        SELECT c.id, max(seq) FROM change JOIN connection c ON c.id = connection_id
        WHERE seq > ? AND seq <= ? AND c.agent_id = \(Dimensions.ownAgent) GROUP BY c.id
        """, in: db
      ).all([.integer(cursor), .integer(end)]) { (id: $0.integer(), last: $0.integer()) }
        .filter { change in places.contains { $0.lacks(change.last) } }.map(\.id)
      let later = try db.lastChanges(of: ids, after: end)
      return GivenUp(
        cursor: cursor, end: end, ids: ids.filter { later[$0] == nil }, sequence: last)
    }
  }

  /// How many changes stay for followers without a cursor to resume from.
  private static let keptChanges: Int64 = 1_000_000
  private static let changesAtOnce: Int64 = 20_000
}

/// Records that a follower does not get, as their last changes go.
private struct GivenUp {
  /// Where the follower that is furthest behind was.
  var cursor: Int64
  /// The last change that goes.
  var end: Int64
  var ids: [Int64]
  /// The last change that was looked at.
  var sequence: Int64
}

extension Database {
  fileprivate func giveUp(_ given: GivenUp) throws {
    let later = try lastChanges(of: given.ids, after: given.sequence)
    let ids = given.ids.filter { later[$0] == nil }
    var lost: [Int64?: Lost] = [:]
    try Query(
      "SELECT host_id, opened_at FROM connection WHERE id IN (SELECT value FROM json_each(?))",
      in: self
    ).forEach([.text("\(ids)")]) { row in
      lost[row.optionalInteger(), default: Lost()].add(row.timestamp())
    }
    try record(
      lost, reason: "not delivered for too long: the changes reached their share of --max-size")
    try run(
      "UPDATE cursor SET seq = min(?1, coalesce(through, ?1)) WHERE seq < ?1", [.integer(given.end)]
    )
  }
}
