import GRDB

/// Which records a follower with a cursor may lack, known from one look to the next.
///
/// Changes have no index on their record. A long backlog is therefore kept coarsely, by the 67
/// seconds in which its records were first seen: one is spared when one of those seconds is still
/// undelivered. When the size forces the removal, it is looked up exactly.
struct Undelivered {
  private enum Backlog {
    case short(Set<Int64>)
    case long(spans: Set<Int64>)
  }

  /// The place of the follower that is furthest behind; nil if there is none.
  private(set) var cursor: Int64?
  /// The last change that was looked at.
  private(set) var sequence: Int64 = 0
  private var backlog = Backlog.short([])

  /// Takes in what was changed and delivered since the last look; `anew` also forgets what was
  /// delivered of a long backlog.
  mutating func look(in db: Database, anew: Bool) throws {
    let last = try db.lastSequence()
    defer { sequence = last }
    cursor = try db.lowestCursor
    guard let cursor else {
      backlog = .short([])
      return
    }
    guard last - cursor > 100_000 else {
      backlog = .short(
        Set(
          try Query("SELECT connection_id FROM change WHERE seq > ?", in: db)
            .all([.integer(cursor)]) { $0.integer() }))
      return
    }
    var spans: Set<Int64> = []
    var start = cursor
    if case .long(let known) = backlog, !anew { (spans, start) = (known, max(cursor, sequence)) }
    try Query(
      "SELECT DISTINCT connection_id >> \(Self.shift) FROM change WHERE seq > ?", in: db
    ).forEach([.integer(start)]) { spans.insert($0.integer()) }
    backlog = .long(spans: spans)
  }

  func mayContain(_ id: Int64) -> Bool {
    switch backlog {
    case .short(let ids): ids.contains(id)
    case .long(let spans): spans.contains(id >> Self.shift)
    }
  }

  private static let shift = 29
}

/// A row of `cursor`: how far a follower is, with all changes or with a backlog of them.
struct FollowerPlace: Hashable {
  private let after: Int64
  private let through: Int64

  static func all(in db: Database) throws -> [FollowerPlace] {
    try Query("SELECT seq, coalesce(through, \(Int64.max)) FROM cursor", in: db)
      .all { FollowerPlace(after: $0.integer(), through: $0.integer()) }
  }

  /// Whether it has yet to follow that change.
  func lacks(_ change: Int64) -> Bool { change > after && change <= through }
}

extension Database {
  /// Of these records, those with a change after `sequence`, with the last one of each.
  func lastChanges(of ids: [Int64], after sequence: Int64) throws -> [Int64: Int64] {
    let wanted = Set(ids)
    var found: [Int64: Int64] = [:]
    try Query("SELECT seq, connection_id FROM change WHERE seq > ? ORDER BY seq", in: self)
      .forEach([.integer(sequence)]) { row in
        let (sequence, id) = (row.integer(), row.integer())
        if wanted.contains(id) { found[id] = sequence }
      }
    return found
  }

  /// The place of the follower that is furthest behind; nil if there is none.
  var lowestCursor: Int64? {
    get throws { try integer("SELECT min(seq) FROM cursor") }
  }
}
