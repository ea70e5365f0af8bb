import GRDB
public import NetmonCore

extension Store {
  /// Replaces what is known of the report's host; for the collector of this store.
  public func recordHost(_ report: HostReport) throws(StoreError) {
    try write(.record) { db, dimensions in try db.record(report, &dimensions) }
  }

  /// Takes in reports that hosts sent, in one transaction: of each host the newest stays.
  ///
  /// - Parameters:
  ///   - reports: in the order of their arrival.
  ///   - now: a host whose clock is ahead was seen now, lest it seem alive long after its end.
  /// - Throws: ``StoreError``.
  public func record(_ reports: [HostReport], at now: Timestamp) throws(StoreError) {
    guard !reports.isEmpty else { return }
    try write(.record) { db, dimensions in
      for var report in reports {
        report.seen = min(report.seen, now)
        let known = try db.integer(
          "SELECT seen_at FROM host WHERE name = ?", [.text(report.host)])
        let last = Timestamp(microseconds: known ?? .min)
        guard known == nil || report.replaces(oneSeenAt: last) else { continue }
        try db.record(report, &dimensions)
      }
    }
  }

  /// The latest report of a host, with what the gaps noticed here add up to as lost; nil if it
  /// never reported.
  public func hostReport(of host: String) throws(StoreError) -> HostReport? {
    try read { db in
      try Query(
        """
        SELECT tier, seen_at, lag_s, max(lost, coalesce((SELECT sum(count) FROM gap
          WHERE gap.host = host.name AND agent_id = \(Dimensions.ownAgent)), 0))
        FROM host WHERE name = ? AND seen_at IS NOT NULL
        """, in: db
      ).first([.text(host)]) { row in
        HostReport(
          host: host, tier: row.optionalText(), seen: row.timestamp(),
          lagSeconds: row.optionalReal(), lost: Int(row.integer()))
      }
    }
  }

  /// When the collector of this store last gave a sign of life: its last report, or a record that
  /// it wrote after it. Nil if it never did.
  public func lastSign(of host: String) throws(StoreError) -> Timestamp? {
    try read { db in
      let reported = try db.integer("SELECT seen_at FROM host WHERE name = ?", [.text(host)])
      // Among the last changes, as others may write into the same file.
      let recorded = try db.integer(
        """
        SELECT max(coalesce(c.updated_at, c.opened_at))
        FROM (SELECT connection_id FROM change ORDER BY seq DESC LIMIT 1000)
        JOIN connection c ON c.id = connection_id
        WHERE c.agent_id = \(Dimensions.ownAgent) AND c.host_id = (SELECT id FROM host WHERE name = ?)
        """, [.text(host)])
      return [reported, recorded].compactMap { $0 }.max().map(Timestamp.init(microseconds:))
    }
  }
}

extension Database {
  fileprivate func record(_ report: HostReport, _ dimensions: inout Dimensions) throws {
    try run(
      "UPDATE host SET tier = ?, seen_at = ?, lag_s = ?, lost = ? WHERE id = ?",
      [
        SQLValue(report.tier), .integer(report.seen.microseconds), SQLValue(report.lagSeconds),
        SQLValue(report.lost), .integer(try dimensions.host(report.host, in: self)),
      ]
    )
  }
}
