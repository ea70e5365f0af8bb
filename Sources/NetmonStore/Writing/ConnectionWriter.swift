import GRDB
import NetmonCore

/// Writes records within one transaction.
///
/// The id of a row follows from its time (see ``Slots``), which also finds the row again: its
/// origin is looked for in the eight slots of its microsecond. An origin's timestamp never changes;
/// with another timestamp it is another row.
///
/// When strangers hold all eight slots the row is displaced: it takes a random id from a window
/// after them which doubles at each collision. So any number of records with one timestamp cost
/// O(log n) each, and an index over displaced rows alone finds them again.
struct ConnectionWriter {
  private let db: Database
  private let slots: Query
  private let displaced: Query
  private let insert: Query
  private let update: Query
  private var hasDisplaced: Bool
  /// No row has an id above this one.
  private var highest: Int64
  private var changed: [Int64] = []
  private var rollups = Rollups()

  init(_ db: Database) throws {
    self.db = db
    slots = try Query(
      """
      SELECT id, home, agent_id, number, revision, \(Counted.columns) FROM connection
      WHERE id BETWEEN ? AND ?
      """, in: db
    )
    displaced = try Query(
      """
      SELECT id, revision, \(Counted.columns) FROM connection
      WHERE home = ? AND agent_id = ? AND number = ?
      """, in: db
    )
    insert = try Query(ConnectionRow.insert, in: db)
    update = try Query(ConnectionRow.update, in: db)
    hasDisplaced = try db.hasDisplacedRows
    highest = try db.integer("SELECT max(id) FROM connection") ?? -1
  }

  /// Stores a record, unless it is there with the same or a newer revision; ``finish()`` follows.
  ///
  /// Returns nil if it is there as one of a host that its giver does not speak for, or takes a number
  /// that this store has yet to give out.
  mutating func write(_ row: ConnectionRow) throws -> Recorded? {
    let place = try place(of: row)
    guard let stored = place.stored else {
      if row.ownerID != nil, row.takesOwnNumber { return nil }
      try insert.run { row.bind(id: place.id, home: place.home, to: &$0) }
      highest = max(highest, place.id)
      changed.append(place.id)
      rollups.add(Counted(row))
      return Recorded(
        id: place.id, outcome: .inserted, isNewFailure: row.connection.error != nil)
    }
    if let owner = row.ownerID, stored.counted.hostID != owner { return nil }
    guard row.connection.revision > stored.revision else {
      return Recorded(id: place.id, outcome: .unchanged)
    }
    try update.run { row.bind(id: place.id, home: place.home, to: &$0) }
    rollups.replace(stored.counted, with: Counted(row))
    if row.processID != stored.counted.processID {
      try db.run(
        "UPDATE connection SET process_id = ? WHERE id = ?",
        [.integer(row.processID), .integer(place.id)]
      )
    }
    changed.append(place.id)
    return Recorded(
      id: place.id, outcome: .updated,
      isNewFailure: row.connection.error != nil && !stored.counted.hasFailed)
  }

  /// Enters what was written into the change sequence: many in one statement, as each statement has
  /// to read and write the counter of AUTOINCREMENT.
  func finish() throws {
    var rest = changed[...]
    for count in [512, 64, 8, 1] where rest.count >= count {
      let values = Array(repeating: "(?)", count: count).joined(separator: ", ")
      let insert = try Query("INSERT INTO change (connection_id) VALUES \(values)", in: db)
      while rest.count >= count {
        try insert.run { for id in rest.prefix(count) { $0.bind(id) } }
        rest = rest.dropFirst(count)
      }
    }
    try rollups.flush(in: db)
  }

  /// Where a record stands, with what is stored of it; or where it is to go.
  private struct Place {
    var id: Int64
    var home: Int64?
    var stored: (revision: Int64, counted: Counted)?
  }

  private mutating func place(of row: ConnectionRow) throws -> Place {
    let own = Slots(row.connection.timestamp)
    // What has just begun comes last, and needs no search.
    if own.first > highest { return Place(id: own.first) }
    var found: Place?
    var free = own.first
    try slots.forEach {
      $0.bind(own.first)
      $0.bind(own.last)
    } _: { columns in
      let id = columns.integer()
      let home = columns.optionalInteger()
      if id == free { free += 1 }
      if home == nil, columns.integer() == row.agentID, columns.integer() == row.number {
        found = Place(id: id, stored: (columns.integer(), Counted(&columns)))
      }
    }
    if let found { return found }
    if hasDisplaced {
      let key: [SQLValue] = [.integer(own.last), .integer(row.agentID), .integer(row.number)]
      let found = try displaced.first(key) {
        Place(id: $0.integer(), home: own.last, stored: ($0.integer(), Counted(&$0)))
      }
      if let found { return found }
    }
    if free <= own.last { return Place(id: free) }
    hasDisplaced = true
    return Place(id: try freeID(after: own), home: own.last)
  }

  private func freeID(after slots: Slots) throws -> Int64 {
    let taken = try Query("SELECT 1 FROM connection WHERE id = ?", in: db)
    var width: Int64 = 64
    while true {
      let id = slots.last + 1 + Int64.random(in: 0..<width)
      if try taken.first([.integer(id)], { _ in }) == nil { return id }
      width *= 2
    }
  }
}

extension Database {
  /// Whether any row has an id of another microsecond than its own.
  var hasDisplacedRows: Bool {
    get throws {
      try integer("SELECT 1 FROM connection WHERE home IS NOT NULL LIMIT 1") != nil
    }
  }
}
