import GRDB
import NetmonCore

/// Deletes rows of `connection` within one transaction, and tells what a follower had not got.
struct Deletion {
  /// The rows to delete.
  let ids: ArraySlice<Int64>
  let cutoffs: RemovalCutoffs
  /// What is known of the followers, up to some change.
  let undelivered: Undelivered
  /// Their last changes, of those that were undelivered then.
  var lastChanges: [Int64: Int64] = [:]
  /// Why undelivered rows go too, for the gap; nil lets them stay.
  let reason: Shortage?

  struct Result {
    var removed = 0
    var undelivered = 0
  }

  /// Rows that have changed so that they may not go any more stay.
  func run(in db: Database) throws -> Result {
    var lacking: Set<Int64> = []
    if undelivered.cursor != nil || !lastChanges.isEmpty {
      let places = try FollowerPlace.all(in: db)
      let latest = lastChanges.merging(
        try db.lastChanges(of: Array(ids), after: undelivered.sequence)
      ) { $1 }
      lacking = Set(latest.filter { change in places.contains { $0.lacks(change.value) } }.keys)
    }
    let going = reason == nil ? ids.filter { !lacking.contains($0) } : Array(ids)
    var result = Result()
    var lost: [Int64?: Lost] = [:]
    // Of a disk that others filled up, nobody was told how much it would keep.
    let countsAll = reason == .disk && undelivered.cursor == nil
    var rollups = Rollups()
    try Query(
      """
      DELETE FROM connection WHERE id IN (SELECT value FROM json_each(?1))
      AND \(Candidates.mayGo(2, 3)) 
        RETURNING id, host_id, agent_id, opened_at, \(Counted.columns)
      """, in: db
    ).forEach([.text("\(going)"), .integer(cutoffs.successes), .integer(cutoffs.errors)]) { row in
      let (id, host) = (row.integer(), row.optionalInteger())
      let (agent, time) = (row.integer(), row.timestamp())
      rollups.remove(Counted(&row))
      result.removed += 1
      let isUndelivered = agent == Dimensions.ownAgent && lacking.contains(id)
      if isUndelivered { result.undelivered += 1 }
      if isUndelivered || countsAll { lost[host, default: Lost()].add(time) }
    }
    try rollups.flush(in: db)
    if let reason { try db.record(lost, reason: countsAll ? reason.early : reason.undelivered) }
    return result
  }
}

/// What there is not enough of, so that rows have to go.
enum Shortage {
  case size, disk

  /// Why records go that a follower has not got.
  var undelivered: String { "removed undelivered: \(cause)" }
  /// Why records go before their time, where there is no follower.
  var early: String { "removed: \(cause)" }

  private var cause: String {
    switch self {
    case .size: "the database reached --max-size"
    case .disk: "the disk was full"
    }
  }
}

/// Records of a host that a follower never gets, or that went early.
struct Lost: Hashable {
  private(set) var count = 0
  private(set) var from = Timestamp(microseconds: .max)
  private(set) var to = Timestamp(microseconds: .min)

  mutating func add(_ time: Timestamp) {
    count += 1
    (from, to) = (min(from, time), max(to, time))
  }
}

extension Database {
  /// Enters a gap for each host, by its id.
  func record(_ lost: [Int64?: Lost], reason: String) throws {
    for (hostID, lost) in lost {
      let host = try Query("SELECT name FROM host WHERE id = ?", in: self)
        .first([SQLValue(hostID)]) { $0.text() }
      try recordOwn(
        Gap(host: host ?? "", from: lost.from, to: lost.to, count: lost.count, reason: reason))
    }
  }
}
