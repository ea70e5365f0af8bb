import Foundation
import GRDB
public import NetmonCore

extension Store {
  /// The processes of matching connections, the one seen last first.
  public func processes(
    _ filter: Filter = Filter(), limit: Int = 100
  ) throws(StoreError) -> [ProcessSummary] {
    try read { db in
      if filter.terms.isEmpty, try db.isCounted { return try db.processesSeenLast(limit) }
      var selection = try Selection(filter, in: db)
      // The + keeps SQLite from going through the index, which would scatter its reads.
      let rows = selection.select(
        """
        +c.process_id AS process_id, coalesce(c.closed_at, c.opened_at) AS closed_at,
        c.opened_at AS opened_at, c.ended_after AS ended_after, c.errno AS errno
        """)
      return try db.processes(
        """
        SELECT process_id, min(opened_at) AS first, max(opened_at, max(closed_at)) AS last,
          count(*) AS count, count(errno) AS errors, sum(ended_after IS NULL) AS open
        FROM (\(rows)) GROUP BY process_id
        """, limit: selection.bind(limit), selection.bindings)
    }
  }

  /// The hosts that reported or have records, by name.
  public func hosts() throws(StoreError) -> [HostSummary] {
    try read { db in
      let totals =
        try db.isCounted
        ? "host_total"
        : """
        (SELECT host_id, max(opened_at) AS opened_at, count(*) AS connections,
          count(errno) AS errors FROM connection WHERE host_id IS NOT NULL GROUP BY host_id)
        """
      return try Query(
        """
        SELECT h.name, h.tier, max(coalesce(h.seen_at, 0), coalesce(t.opened_at, 0)), h.lag_s,
          coalesce(t.connections, 0), coalesce(t.errors, 0),
          max(h.lost, coalesce((SELECT sum(g.count) FROM gap g WHERE g.host = h.name), 0))
        FROM host h LEFT JOIN \(totals) t ON t.host_id = h.id
        WHERE h.seen_at IS NOT NULL OR t.connections > 0
        ORDER BY h.name
        """, in: db
      ).all { row in
        HostSummary(
          host: row.text(), tier: row.optionalText(), lastSeen: row.timestamp(),
          lagSeconds: row.optionalReal(), connections: Int(row.integer()),
          errors: Int(row.integer()), lost: Int(row.integer())
        )
      }
    }
  }

  public func statistics() throws(StoreError) -> StoreStatistics {
    try read { db in
      let counts = try db.totals()
      return StoreStatistics(
        storeID: id,
        connections: counts.connections,
        open: counts.open,
        errors: counts.errors,
        processes: try db.count("SELECT count(*) FROM process WHERE pid > 0"),
        hosts: try db.count("SELECT count(*) FROM host"),
        addresses: try db.count("SELECT count(*) FROM address"),
        sizeBytes: [path, path + "-wal"].reduce(0) { $0 + Self.size(ofFile: $1) },
        oldest: try db.integer("SELECT opened_at FROM connection ORDER BY id LIMIT 1")
          .map(Timestamp.init(microseconds:)),
        newest: try db.newestPlace.map(Slots.timestamp(ofPlace:)),
        lastSequence: try db.lastSequence()
      )
    }
  }

  private static func size(ofFile path: String) -> Int64 {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.int64Value ?? 0
  }
}

extension Database {
  /// All rows, those that failed, and those that are open.
  fileprivate func totals() throws -> (connections: Int, errors: Int, open: Int) {
    let totals =
      try isCounted
      ? "SELECT connections, errors, open FROM rollup"
      : """
      SELECT count(*), count(errno),
        (SELECT count(*) FROM connection WHERE ended_after IS NULL) FROM connection
      """
    return try Query(totals, in: self).first {
      (Int($0.integer()), Int($0.integer()), Int($0.integer()))
    } ?? (0, 0, 0)
  }

  /// The processes seen last, of all connections.
  fileprivate func processesSeenLast(_ limit: Int) throws -> [ProcessSummary] {
    let all = try count("SELECT count(*) FROM process_total")
    // The first by id is the first by time, but for displaced rows. In a query of one min() SQLite
    // goes to the end of the index.
    let first =
      try hasDisplacedRows
      ? "min(c.opened_at)" : "(min(c.id) >> 3) + \(Slots.epoch)"
    // An instance has several rows when its details changed, mostly one.
    var rows = limit
    while true {
      rows = min(rows.addingReportingOverflow(rows / 2 + 10).partialValue, all)
      var bindings = Bindings()
      // With all their rows those instances of which one is among the latest.
      let counts = """
        SELECT t.process_id,
          (SELECT \(first) FROM connection c WHERE c.process_id = t.process_id) AS first,
          t.seen_at AS last, t.connections AS count, t.errors, t.open
        FROM process_total t WHERE t.process_id IN (
          SELECT q.id FROM process p
          JOIN process q ON (q.pid, q.started, q.executable_id)
            = (p.pid, p.started, p.executable_id) AND q.host_id IS p.host_id
          WHERE p.id IN (SELECT process_id FROM process_total WHERE seen_at >= (
            SELECT min(seen_at) FROM (
              SELECT seen_at FROM process_total ORDER BY seen_at DESC LIMIT \(bindings.bind(rows))
            ))))
        """
      let processes = try processes(counts, limit: bindings.bind(limit), bindings)
      if processes.count >= limit || rows >= all { return processes }
    }
  }

  /// Sums up process rows, given as `process_id, first, last, count, errors, open`, by instance.
  fileprivate func processes(
    _ counts: String, limit: String, _ bindings: Bindings
  ) throws -> [ProcessSummary] {
    // An instance has several rows in `process` when its details changed.
    let sql = """
      SELECT max(p.id), json_group_array(p.id), h.name, min(first), max(last), sum(count),
        sum(errors), sum(open)
      FROM (\(counts)) JOIN process p ON p.id = process_id LEFT JOIN host h ON h.id = p.host_id
      GROUP BY p.host_id, p.pid, p.started, p.executable_id
      ORDER BY max(last) DESC, max(p.id) DESC LIMIT \(limit)
      """
    return try Query(sql, in: self).all(bindings.values) { row in
      let process = try process(id: row.integer())
      let listens = try listens(ofProcesses: row.text())
      return ProcessSummary(
        process: process, host: row.optionalText(),
        firstSeen: row.timestamp(),
        lastSeen: row.timestamp(), connections: Int(row.integer()),
        errors: Int(row.integer()), open: Int(row.integer()), listens: listens
      )
    }
  }

  fileprivate func process(id: Int64) throws -> ProcessDetails {
    let process = try Query(
      """
      SELECT pid, started, name, path, \(ProcessRow.detailColumns)
      FROM process p JOIN executable x ON x.id = executable_id WHERE p.id = ?
      """, in: self
    ).first([.integer(id)]) { row in
      let identity = ProcessIdentity(
        pid: Int32(truncatingIfNeeded: row.integer()),
        startTime: UInt64(bitPattern: row.integer())
      )
      var process = ProcessDetails(identity: identity, name: row.text(), path: row.text())
      process.readDetails(from: &row)
      return process
    }
    return process ?? .unknown
  }

  /// The open listening sockets of processes whose ids are a JSON array.
  fileprivate func listens(ofProcesses ids: String) throws -> [ProcessSummary.Listen] {
    try Query(
      """
      SELECT DISTINCT c.protocol, a.ip, a.text, c.local_port
      FROM connection c JOIN address a ON a.id = c.local_id
      WHERE c.process_id IN (SELECT value FROM json_each(?))
      AND c.ended_after IS NULL AND c.direction = \(Direction.listen.code)
      ORDER BY c.local_port, c.protocol, a.text
      """, in: self
    ).all([.text(ids)]) { row in
      let transport = TransportProtocol(rawValue: UInt8(truncatingIfNeeded: row.integer()))
      return ProcessSummary.Listen(transport: transport ?? .tcp, endpoint: try row.endpoint())
    }
  }

  var newestPlace: Int64? {
    get throws {
      let placed = try integer(
        "SELECT id FROM connection WHERE home IS NULL ORDER BY id DESC LIMIT 1")
      let displaced = try integer("SELECT max(home) FROM connection WHERE home IS NOT NULL")
      return [placed, displaced].compactMap { $0 }.max()
    }
  }
}
