import GRDB
public import NetmonCore
import Synchronization

extension Store {
  /// Stores records in one transaction: all or none.
  ///
  /// A record is known by its `origin`, given to it here where absent, and its timestamp: of the
  /// same origin the newest `revision` replaces all fields, in whatever order they come, and
  /// another one changes nothing.
  ///
  /// - Returns: what became of each, in the order of the input.
  /// - Throws: ``StoreError/invalid(_:reason:)`` for a time outside ``Timestamp/valid`` or a number out
  ///   of range.
  public func record(_ connections: [Connection]) throws(StoreError) -> [Recorded] {
    try record(batches: [connections])[0]
  }

  /// Stores records of several givers in one transaction, which is cheaper than one for each.
  ///
  /// - Parameters:
  ///   - batches: the records of each giver.
  ///   - owners: of each batch the host that its giver speaks for, and of no other; nil, or none at
  ///     all, speaks for every host.
  /// - Returns: what became of each record, batch by batch, in the order of the input.
  /// - Throws: as ``record(_:)``, or ``StoreError/foreign(_:index:)`` with an index among all of them;
  ///   nothing of any batch is stored then.
  public func record(
    batches: [[Connection]], owners: [String?] = []
  ) throws(StoreError) -> [[Recorded]] {
    guard !batches.allSatisfy(\.isEmpty) else { return batches.map { _ in [] } }
    let recorded = try write(.record) { db, dimensions in
      try db.settle(&dimensions)
      return try db.record(batches, owners: owners, &dimensions)
    }
    tally.withLock { tally in
      for (batch, recorded) in zip(batches, recorded) { tally.count(batch, recorded) }
    }
    return recorded
  }

  /// Numbers for `Origin(agent: store.id, number:)`, never given out twice, also not by another
  /// process or after a restart.
  public func reserveNumbers(_ count: Int) throws(StoreError) -> Range<Int64> {
    guard count >= 0 else { throw .invalid(.record, reason: "a negative count of numbers") }
    return try write(.record) { db, _ in try db.reserveNumbers(count) }
  }

  /// Proves that writing works by committing something trivial.
  public func checkWritable() throws(StoreError) {
    // As much as a record or two take, so that it does not fit where they would not.
    try write(.record) { db, _ in
      try db.run("INSERT OR REPLACE INTO probe (id, filler) VALUES (1, randomblob(65536))")
    }
  }

  /// Returns once the connection that writes has had its turn and the write lock, or was told why
  /// not; writes nothing.
  public func checkWriter() throws(StoreError) {
    try withWriter { db in
      try db.beginTransaction(.immediate)
      try db.rollback()
    }
  }
}

extension Database {
  /// Writes them in the order of their times: neighbours share pages, and a page that many records
  /// change goes to the disk once.
  func record(
    _ batches: [[Connection]], owners: [String?] = [], _ dimensions: inout Dimensions
  ) throws -> [[Recorded]] {
    var numbers = try reserveNumbers(batches.joined().count { $0.origin == nil }).makeIterator()
    var rows: [ConnectionRow] = []
    rows.reserveCapacity(batches.reduce(0) { $0 + $1.count })
    for (batch, owner) in zip(batches, owners + batches.dropFirst(owners.count).map { _ in nil }) {
      let ownerID = try owner.map { try dimensions.host($0, in: self) }
      for (index, connection) in batch.enumerated() {
        guard connection.hasValidTimes else {
          throw StoreError.invalid(
            .record, reason: "a time of record \(index) is not within 2015 to 2049"
          )
        }
        var row = try dimensions.row(of: connection, number: { numbers.next() ?? 0 }, in: self)
        row.ownerID = ownerID
        rows.append(row)
      }
    }
    var writer = try ConnectionWriter(self)
    var recorded = [Recorded?](repeating: nil, count: rows.count)
    for index in rows.orderOfTimes {
      guard let written = try writer.write(rows[index]) else {
        throw StoreError.foreign(.record, index: index)
      }
      recorded[index] = written
    }
    try writer.finish()
    var results = recorded.lazy.compactMap(\.self).makeIterator()
    return batches.map { batch in batch.indices.compactMap { _ in results.next() } }
  }

  func record(_ connections: [Connection], _ dimensions: inout Dimensions) throws -> [Recorded] {
    try record([connections], &dimensions)[0]
  }

  func reserveNumbers(_ count: Int) throws -> Range<Int64> {
    guard count > 0 else { return 0..<0 }
    let end = try integer(
      "UPDATE meta SET next_number = next_number + ? RETURNING next_number", [SQLValue(count)]
    )
    guard let end else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "no meta row") }
    return end - Int64(count)..<end
  }
}

extension [ConnectionRow] {
  /// The indices by time; of one time in the order in which they are.
  fileprivate var orderOfTimes: [Int] {
    indices.map { (time: self[$0].connection.timestamp.microseconds, index: $0) }
      .sorted { $0 < $1 }
      .map(\.index)
  }
}

extension Connection {
  fileprivate var hasValidTimes: Bool {
    func isValid(_ time: Timestamp?) -> Bool { time.map(Timestamp.valid.contains) ?? true }
    return Timestamp.valid.contains(timestamp) && isValid(establishedAt) && isValid(closedAt)
      && isValid(updatedAt)
  }
}

extension Dimensions {
  /// The fact row of a record; `number` gives one of this store where it has no origin.
  fileprivate mutating func row(
    of connection: Connection, number: () -> Int64, in db: Database
  ) throws -> ConnectionRow {
    let hostID = try connection.host.map { try host($0, in: db) }
    return ConnectionRow(
      connection: connection,
      hostID: hostID,
      processID: try process(connection.process, hostID: hostID, in: db),
      localID: try localAddress(connection.local.address, in: db),
      remoteID: try address(connection.remote.address, in: db),
      serviceID: try connection.serviceName.map { try service($0, in: db) },
      agentID: try connection.origin.map { try agent($0.agent, in: db) } ?? Self.ownAgent,
      number: connection.origin?.number ?? number()
    )
  }

  /// The id under which the migration has entered this store's own agent.
  static let ownAgent: Int64 = 1
}
