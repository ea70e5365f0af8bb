import GRDB
public import NetmonCore

extension Store {
  /// One page of connections.
  ///
  /// - Throws: ``StoreError/invalid(_:reason:)`` for a negative `limit` or `offset`, or a cursor of
  ///   another order.
  public func connections(_ query: ConnectionQuery) throws(StoreError) -> ConnectionPage {
    try withRows(of: query) { try $0.page() }
  }

  /// Gives `body` one page, of which it has as many connections in memory as it keeps.
  ///
  /// All are of one snapshot; what is written meanwhile cannot be cleared away from the log before
  /// `body` returns.
  ///
  /// - Throws: as ``connections(_:)``. What `body` throws is told as an error of reading.
  public func withRows<T>(
    of query: ConnectionQuery, _ body: (ConnectionRows) throws -> T
  ) throws(StoreError) -> T {
    try query.check()
    return try read { db in
      // One more tells whether there is a next page.
      let cursors = try db.cursors(query, limit: query.limit.map { $0 + 1 })
      let page = cursors.prefix(query.limit ?? .max)
      return try body(
        ConnectionRows(
          ids: page.map(\.id), next: page.count < cursors.count ? page.last : nil, in: db))
    }
  }

  public func connection(id: Int64) throws(StoreError) -> Connection? {
    try read { try ConnectionRow.fetch(id: id, in: $0) }
  }

  public func count(_ filter: Filter) throws(StoreError) -> Int {
    try read { db in
      if filter.terms.isEmpty, try db.isCounted {
        return try db.count("SELECT connections FROM rollup")
      }
      let selection = try Selection(filter, in: db)
      return try db.count(
        "SELECT count(*) FROM (\(selection.select("1")))", selection.bindings.values
      )
    }
  }

  /// Calls `body` with each connection of the query, without holding them all; it returns false to
  /// stop.
  ///
  /// Rows are read a thousand at a time, each time from a fresh snapshot, so `body` may be slow and
  /// may use the store. In newest-first order what is written meanwhile may or may not appear, and
  /// nothing appears twice.
  ///
  /// - Throws: ``StoreError``, or what `body` throws.
  public func forEachConnection(
    _ query: ConnectionQuery, _ body: (Connection) throws -> Bool
  ) throws {
    try query.check()
    if let sort = query.sort {
      let ids = try read { db in
        try SortedList(query, by: sort, limit: query.limit, in: db).ids(in: db)
      }
      for start in stride(from: 0, to: ids.count, by: Self.pageSize) {
        let page = try read { db in
          try ids[start..<min(start + Self.pageSize, ids.count)].compactMap {
            try ConnectionRow.fetch(id: $0, in: db)
          }
        }
        guard try page.allSatisfy(body) else { return }
      }
    } else {
      try forEachPage(query, body)
    }
  }

  private func forEachPage(
    _ query: ConnectionQuery, _ body: (Connection) throws -> Bool
  ) throws {
    var query = query
    var remaining = query.limit ?? .max
    while remaining > 0 {
      query.limit = min(remaining, Self.pageSize)
      let page = try connections(query)
      guard try page.connections.allSatisfy(body), let next = page.next else { return }
      remaining -= page.connections.count
      query.cursor = next
      query.offset = 0
    }
  }

  private static let pageSize = 1000

  /// The records of this store's own origin that are not closed, oldest first: what a restarted
  /// collector picks up.
  public func openConnections() throws(StoreError) -> [Connection] {
    try read { db in
      let ids = try Query(
        "SELECT id FROM connection WHERE agent_id = ? AND ended_after IS NULL ORDER BY id", in: db
      ).all([.integer(Dimensions.ownAgent)]) { $0.integer() }
      return try ids.compactMap { try ConnectionRow.fetch(id: $0, in: db) }
    }
  }
}

extension ConnectionQuery {
  fileprivate func check() throws(StoreError) {
    guard offset >= 0, limit ?? 0 >= 0 else {
      throw .invalid(.read, reason: "limit and offset must not be negative")
    }
    if let cursor, cursor.isOfUnsorted != (sort == nil) {
      throw .invalid(.read, reason: "the cursor is of a list in another order")
    }
  }
}

extension ConnectionQuery.Cursor {
  /// The row that it follows.
  fileprivate var id: Int64 {
    switch place {
    case .after(let position), .sorted(_, let position): position.id
    }
  }
}

extension Database {
  /// The rows of a page in its order, as the cursors after them. Only ids, as offsets pass over many
  /// rows.
  fileprivate func cursors(
    _ query: ConnectionQuery, limit: Int?
  ) throws -> [ConnectionQuery.Cursor] {
    guard let sort = query.sort else {
      var position: Position?
      if case .after(let place) = query.cursor?.place { position = place }
      return try NewestFirst(
        query.filter, after: position, limit: limit, offset: query.offset, in: self
      ).positions().map { ConnectionQuery.Cursor(.after($0)) }
    }
    return try SortedList(query, by: sort, limit: limit, in: self).cursors(in: self)
  }
}
