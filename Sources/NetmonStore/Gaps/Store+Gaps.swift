import GRDB
public import NetmonCore

extension Store {
  /// Records a gap that was noticed here. One that touches the newest of the same host and reason
  /// makes that one grow, so that what goes on for an hour is one row and not one a second.
  public func recordGap(_ gap: Gap) throws(StoreError) {
    try write(.record) { db, _ in try db.recordOwn(gap) }
  }

  /// Stores gaps that may come from other stores, in one transaction: all or none.
  ///
  /// A gap is known by its `origin`, given to it here where absent: of the same origin the newest
  /// `revision` is kept, in whatever order they come.
  ///
  /// `owner` is the only host that their giver speaks for; nil speaks for all.
  ///
  /// - Returns: what is stored now, and what became of each, in the order of the input.
  /// - Throws: ``StoreError``, such as ``StoreError/foreign(_:index:)``.
  public func record(
    _ gaps: [Gap], owner: String? = nil
  ) throws(StoreError) -> [(stored: Gap, outcome: Recorded.Outcome)] {
    guard !gaps.isEmpty else { return [] }
    return try write(.record) { db, dimensions in
      try gaps.enumerated().map { index, gap in
        let recorded = try db.record(gap, owner: owner, &dimensions)
        guard let recorded else { throw StoreError.foreign(.record, index: index) }
        return recorded
      }
    }
  }

  /// What is known to be missing, the latest first.
  public func gaps(_ query: GapQuery = GapQuery()) throws(StoreError) -> [Gap] {
    try read { db in
      try Query(
        """
        SELECT \(Gap.columns) FROM gap JOIN agent ON agent.id = agent_id
        WHERE (?1 IS NULL OR host = ?1) AND to_at >= ?2 AND from_at < ?3
        ORDER BY to_at DESC, gap.id DESC LIMIT ?4
        """, in: db
      ).all([
        SQLValue(query.host), SQLValue(query.since?.microseconds ?? .min),
        SQLValue(query.until?.microseconds ?? .max), SQLValue(query.limit ?? -1),
      ]) { Gap(&$0) }
    }
  }

  /// Gaps noticed here that were written after `sequence`, in the order of their writing.
  ///
  /// - Returns: the gaps, and the sequence to go on from.
  public func ownGaps(
    after sequence: Int64, limit: Int
  ) throws(StoreError) -> (gaps: [Gap], lastSequence: Int64) {
    try read { db in
      var last = sequence
      let gaps = try Query(
        """
        SELECT \(Gap.columns), seq FROM gap JOIN agent ON agent.id = agent_id
        WHERE agent_id = \(Dimensions.ownAgent) AND seq > ? ORDER BY seq LIMIT ?
        """, in: db
      ).all([.integer(sequence), SQLValue(limit)]) { row in
        let gap = Gap(&row)
        last = row.integer()
        return gap
      }
      return (gaps, last)
    }
  }

  /// Forgets gaps that ended before `cutoff`, but for those that a server still lacks.
  ///
  /// - Returns: how many.
  public func removeGaps(before cutoff: Timestamp) throws(StoreError) -> Int {
    try write(.remove) { db, _ in
      try db.run(
        """
        DELETE FROM gap WHERE to_at < ? AND (agent_id <> \(Dimensions.ownAgent) OR seq <= coalesce(
          (SELECT min(gap_seq) FROM cursor WHERE through IS NULL), \(Int64.max)))
        """, [.integer(cutoff.microseconds)])
      return db.changesCount
    }
  }
}

extension Database {
  /// Records a gap that was noticed here; see ``Store/recordGap(_:)``.
  func recordOwn(_ gap: Gap) throws {
    let gap = gap.normalized
    let newest = try Query(
      """
      SELECT gap.id, \(Gap.columns) FROM gap JOIN agent ON agent.id = agent_id
      WHERE host = ? AND agent_id = \(Dimensions.ownAgent) AND reason = ?
      AND (count IS NULL) = ? ORDER BY to_at DESC LIMIT 1
      """, in: self
    ).first([.text(gap.host), .text(gap.reason), SQLValue(gap.count == nil ? 1 : 0)]) {
      (id: $0.integer(), gap: Gap(&$0))
    }
    let number = try nextNumber()
    if let newest, let joined = newest.gap.joined(with: gap) {
      try update(joined, id: newest.id, sequence: number)
    } else {
      try insert(gap, agentID: Dimensions.ownAgent, number: number, sequence: number)
    }
  }

  /// Nil if it is there as one of another host than the owner, or takes a number that this store has
  /// yet to give out.
  fileprivate func record(
    _ gap: Gap, owner: String?, _ dimensions: inout Dimensions
  ) throws -> (stored: Gap, outcome: Recorded.Outcome)? {
    let sequence = try nextNumber()
    let agentID =
      try gap.origin.map { try dimensions.agent($0.agent, in: self) } ?? Dimensions.ownAgent
    let key: [SQLValue] = [.integer(agentID), .integer(gap.origin?.number ?? sequence)]
    let stored = { [self] in
      try Query(
        """
        SELECT gap.id, \(Gap.columns) FROM gap JOIN agent ON agent.id = agent_id
        WHERE agent_id = ? AND number = ?
        """, in: self
      ).first(key) { (id: $0.integer(), gap: Gap(&$0)) }
    }
    var outcome = Recorded.Outcome.inserted
    if let known = try stored() {
      if let owner, !known.gap.host.utf8.elementsEqual(owner.utf8) { return nil }
      guard gap.revision > known.gap.revision else { return (known.gap, .unchanged) }
      try update(gap.normalized, id: known.id, sequence: sequence)
      outcome = .updated
    } else {
      if owner != nil, gap.origin != nil, agentID == Dimensions.ownAgent { return nil }
      try insert(
        gap.normalized, agentID: agentID, number: gap.origin?.number ?? sequence,
        sequence: sequence)
    }
    return (try stored()?.gap ?? gap, outcome)
  }

  private func nextNumber() throws -> Int64 { try reserveNumbers(1).lowerBound }

  private func insert(_ gap: Gap, agentID: Int64, number: Int64, sequence: Int64) throws {
    try run(
      """
      INSERT INTO gap (agent_id, number, revision, seq, host, from_at, to_at, count, reason)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [.integer(agentID), .integer(number), .integer(gap.revision), .integer(sequence)]
        + gap.values)
  }

  private func update(_ gap: Gap, id: Int64, sequence: Int64) throws {
    try run(
      """
      UPDATE gap SET (revision, seq, host, from_at, to_at, count, reason) = (?, ?, ?, ?, ?, ?, ?)
      WHERE id = ?
      """,
      [.integer(gap.revision), .integer(sequence)] + gap.values + [.integer(id)])
  }
}

extension Gap {
  fileprivate static let columns =
    "host, from_at, to_at, count, reason, agent.name, number, revision"

  /// Reads ``columns``.
  fileprivate init(_ row: inout ColumnReader) {
    self.init(
      host: row.text(), from: row.timestamp(), to: row.timestamp(),
      count: row.optionalInteger().map { Int($0) }, reason: row.text(),
      origin: Origin(agent: row.text(), number: row.integer()), revision: row.integer())
  }

  fileprivate var values: [SQLValue] {
    [
      .text(host), .integer(from.microseconds), .integer(to.microseconds), SQLValue(count),
      .text(reason),
    ]
  }
}
