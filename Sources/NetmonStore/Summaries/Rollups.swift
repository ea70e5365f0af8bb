import GRDB
import NetmonCore

/// The changes that one transaction makes to the roll-ups, which answer in place of the rows.
///
/// They count every row, exactly: whoever writes, replaces or deletes rows says so here and calls
/// ``flush(in:)`` at the end of the transaction, after entering what was written into the change
/// sequence. What plain SQL has inserted is counted by the next one who writes
/// (``GRDB/Database/settle(_:)``).
struct Rollups {
  private var total = Total()
  private var processes: [Int64: Total] = [:]
  private var hosts: [Int64: Total] = [:]
  private var traffic: [Traffic: Successes] = [:]
  private var minutes: [Int64: Int] = [:]

  /// A row that is new.
  mutating func add(_ row: Counted) {
    count(row, 1)
  }

  /// A row that goes.
  mutating func remove(_ row: Counted) {
    count(row, -1)
  }

  /// A row that stays, and what it was before. It opened when it did.
  mutating func replace(_ old: Counted, with new: Counted) {
    guard old != new else { return }
    total.replace(old, new, times: (old.openedAt, new.openedAt))
    if old.processID == new.processID {
      processes[new.processID, default: Total()]
        .replace(old, new, times: (old.seenAt, new.seenAt))
    } else {
      processes[old.processID, default: Total()].count(old, old.seenAt, -1)
      processes[new.processID, default: Total()].count(new, new.seenAt, 1)
    }
    if old.hostID == new.hostID {
      new.hostID.map {
        hosts[$0, default: Total()].replace(old, new, times: (old.openedAt, new.openedAt))
      }
    } else {
      old.hostID.map { hosts[$0, default: Total()].count(old, old.openedAt, -1) }
      new.hostID.map { hosts[$0, default: Total()].count(new, new.openedAt, 1) }
    }
    if Traffic(old) != Traffic(new) || old.hasSucceeded != new.hasSucceeded {
      traffic[Traffic(old), default: Successes()].count(old, -1)
      traffic[Traffic(new), default: Successes()].count(new, 1)
    }
  }

  private mutating func count(_ row: Counted, _ sign: Int) {
    total.count(row, row.openedAt, sign)
    processes[row.processID, default: Total()].count(row, row.seenAt, sign)
    if let host = row.hostID { hosts[host, default: Total()].count(row, row.openedAt, sign) }
    traffic[Traffic(row), default: Successes()].count(row, sign)
    minutes[row.minute, default: 0] += sign
  }

  /// Enters the changes.
  func flush(in db: Database) throws {
    try db.run(
      """
      UPDATE rollup SET connections = connections + ?, errors = errors + ?, open = open + ?,
        seq = ?
      """,
      [
        SQLValue(total.connections), SQLValue(total.errors), SQLValue(total.open),
        .integer(try db.lastSequence()),
      ]
    )
    try flush(
      processes, into: "process_total", key: "process_id", latest: "seen_at",
      of: "max(opened_at, coalesce(closed_at, opened_at))", in: db)
    try flush(
      hosts, into: "host_total", key: "host_id", latest: "opened_at", of: "opened_at", in: db)
    try flushTraffic(in: db)
    try flushMinutes(in: db)
  }

  private func flush(
    _ totals: [Int64: Total], into table: String, key: String, latest: String, of row: String,
    in db: Database
  ) throws {
    let enter = try Query(
      """
      INSERT INTO \(table) (\(key), connections, errors, open, \(latest))
      VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (\(key)) DO UPDATE SET
        connections = connections + ?2, errors = errors + ?3, open = open + ?4,
        \(latest) = max(\(latest), ?5)
      """, in: db
    )
    // The rows of a host are found by its processes.
    let rows =
      key == "host_id"
      ? "process_id IN (SELECT id FROM process WHERE host_id = ?1)" : "\(key) = ?1"
    for (id, change) in totals.sorted(by: { $0.key < $1.key }) {
      try enter.run { parameters in
        parameters.bind(id)
        change.bind(to: &parameters)
        parameters.bind(change.latest.added)
      }
      guard change.latest.removed > .min else { continue }
      try db.run("DELETE FROM \(table) WHERE \(key) = ?1 AND connections = 0", [.integer(id)])
      try db.run(
        """
        UPDATE \(table) SET \(latest) = (SELECT max(\(row)) FROM connection WHERE \(rows))
        WHERE \(key) = ?1 AND \(latest) <= ?2
        """, [.integer(id), .integer(change.latest.removed)]
      )
    }
  }

  private func flushTraffic(in db: Database) throws {
    let enter = try Query(
      """
      INSERT INTO traffic_hour (hour, remote_id, remote_port, process_id, connections, successes)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET
        connections = connections + ?5, successes = successes + ?6
      """, in: db
    )
    for (key, change) in traffic.sorted(by: { $0.key < $1.key }) where change != Successes() {
      try enter.run { parameters in
        key.bind(to: &parameters)
        parameters.bind(Int64(change.connections))
        parameters.bind(Int64(change.successes))
      }
      guard change.connections < 0 else { continue }
      try Query(
        """
        DELETE FROM traffic_hour WHERE hour = ? AND remote_id = ? AND remote_port = ?
        AND process_id = ? AND connections = 0
        """, in: db
      ).run { key.bind(to: &$0) }
    }
    try flushProcessHours(in: db)
  }

  private func flushMinutes(in db: Database) throws {
    for (minute, change) in minutes.sorted(by: { $0.key < $1.key }) where change != 0 {
      try db.run(
        """
        INSERT INTO minute_total (minute, connections) VALUES (?1, ?2)
        ON CONFLICT DO UPDATE SET connections = connections + ?2
        """, [.integer(minute), SQLValue(change)])
      guard change < 0 else { continue }
      try db.run(
        "DELETE FROM minute_total WHERE minute = ? AND connections = 0", [.integer(minute)])
    }
  }

  private func flushProcessHours(in db: Database) throws {
    var successes: [ProcessHour: Int] = [:]
    for (key, change) in traffic where change.successes != 0 {
      successes[ProcessHour(key), default: 0] += change.successes
    }
    let enter = try Query(
      """
      INSERT INTO process_hour (hour, process_id, successes) VALUES (?1, ?2, ?3)
      ON CONFLICT DO UPDATE SET successes = successes + ?3
      """, in: db
    )
    for (key, change) in successes.sorted(by: { $0.key < $1.key }) where change != 0 {
      try enter.run { parameters in
        key.bind(to: &parameters)
        parameters.bind(Int64(change))
      }
      guard change < 0 else { continue }
      try Query(
        "DELETE FROM process_hour WHERE hour = ? AND process_id = ? AND successes = 0", in: db
      ).run { key.bind(to: &$0) }
    }
  }
}

extension Rollups {
  /// How much the counts of one process, one host or all change.
  private struct Total {
    var connections = 0
    var errors = 0
    var open = 0
    var latest = Latest()

    mutating func count(_ row: Counted, _ time: Int64, _ sign: Int) {
      connections += sign
      if row.hasFailed { errors += sign }
      if row.isOpen { open += sign }
      if sign > 0 { latest.add(time) } else { latest.removed = max(latest.removed, time) }
    }

    /// Nothing is made anew unless the time has become an earlier one.
    mutating func replace(_ old: Counted, _ new: Counted, times: (old: Int64, new: Int64)) {
      errors += (new.hasFailed ? 1 : 0) - (old.hasFailed ? 1 : 0)
      open += (new.isOpen ? 1 : 0) - (old.isOpen ? 1 : 0)
      latest.add(times.new)
      if times.new < times.old { latest.removed = max(latest.removed, times.old) }
    }

    func bind(to parameters: inout ParameterWriter) {
      parameters.bind(Int64(connections))
      parameters.bind(Int64(errors))
      parameters.bind(Int64(open))
    }
  }

  /// The latest of the times that came, and of those that went: a greatest value can only be made
  /// anew from the rows when it goes.
  private struct Latest {
    var added = Int64.min
    var removed = Int64.min

    mutating func add(_ time: Int64) { added = max(added, time) }
  }

  /// The key of `traffic_hour`, in its order.
  private struct Traffic: Hashable, Comparable {
    var hour: Int64
    var remoteID: Int64
    var remotePort: Int64
    var processID: Int64

    init(_ row: Counted) {
      hour = row.hour
      remoteID = row.remoteID
      remotePort = row.remotePort
      processID = row.processID
    }

    static func < (a: Self, b: Self) -> Bool {
      (a.hour, a.remoteID, a.remotePort, a.processID)
        < (b.hour, b.remoteID, b.remotePort, b.processID)
    }

    func bind(to parameters: inout ParameterWriter) {
      parameters.bind(hour)
      parameters.bind(remoteID)
      parameters.bind(remotePort)
      parameters.bind(processID)
    }
  }

  /// The key of `process_hour`, in its order.
  private struct ProcessHour: Hashable, Comparable {
    var hour: Int64
    var processID: Int64

    init(_ traffic: Traffic) {
      hour = traffic.hour
      processID = traffic.processID
    }

    static func < (a: Self, b: Self) -> Bool {
      (a.hour, a.processID) < (b.hour, b.processID)
    }

    func bind(to parameters: inout ParameterWriter) {
      parameters.bind(hour)
      parameters.bind(processID)
    }
  }

  private struct Successes: Hashable {
    var connections = 0
    var successes = 0

    mutating func count(_ row: Counted, _ sign: Int) {
      connections += sign
      if row.hasSucceeded { successes += sign }
    }
  }
}

extension Database {
  /// Whether the roll-ups count every row: nothing was inserted by plain SQL since the last write.
  var isCounted: Bool {
    get throws { try integer("SELECT seq FROM rollup") == lastSequence() }
  }

  /// Reads and counts what plain SQL has inserted. Every transaction that writes, replaces or
  /// deletes rows begins with it.
  func settle(_ dimensions: inout Dimensions) throws {
    if try hasUnreadAddresses { try dimensions.readAddresses(in: self) }
    guard try !isCounted else { return }
    var rollups = Rollups()
    try Query(
      """
      SELECT \(Counted.columns) FROM connection WHERE id IN (
        SELECT connection_id FROM change WHERE seq > (SELECT seq FROM rollup))
      """, in: self
    ).forEach { rollups.add(Counted(&$0)) }
    try rollups.flush(in: self)
  }
}
