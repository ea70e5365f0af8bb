import GRDB
public import NetmonCore

extension Store {
  /// One page of connections.
  ///
  /// - Throws: ``StoreError/invalid(_:reason:)`` for a negative `limit` or `offset`, or a cursor of
  ///   another order.
  public func connections(_ query: ConnectionQuery) throws(StoreError) -> ConnectionPage {
    try query.check()
    return try read { db in
      // One more tells whether there is a next page.
      let positions = try db.positions(query, limit: query.limit.map { $0 + 1 })
      let page = positions.prefix(query.limit ?? .max)
      let connections = try page.compactMap { try ConnectionRow.fetch(id: $0.id, in: db) }
      guard page.count < positions.count, let last = page.last else {
        return ConnectionPage(connections: connections, next: nil)
      }
      return ConnectionPage(
        connections: connections, next: query.cursor(after: last, count: page.count)
      )
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
    if query.sort == nil {
      try forEachPage(query, body)
    } else {
      let ids = try read { db in try db.positions(query, limit: query.limit).map(\.id) }
      for start in stride(from: 0, to: ids.count, by: Self.pageSize) {
        let page = try read { db in
          try ids[start..<min(start + Self.pageSize, ids.count)].compactMap {
            try ConnectionRow.fetch(id: $0, in: db)
          }
        }
        guard try page.allSatisfy(body) else { return }
      }
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
    if case .after = cursor?.place, sort != nil {
      throw .invalid(.read, reason: "the cursor is of an unsorted list")
    }
  }

  fileprivate func cursor(after position: Position, count: Int) -> Cursor {
    guard sort != nil else { return Cursor(.after(position)) }
    var passed = offset + count
    if case .offset(let offset) = cursor?.place { passed += offset }
    return Cursor(.offset(passed))
  }
}

extension Database {
  /// Where the rows of a page stand, in its order. Only ids, as offsets pass over many rows.
  fileprivate func positions(_ query: ConnectionQuery, limit: Int?) throws -> [Position] {
    var offset = query.offset
    var position: Position?
    switch query.cursor?.place {
    case .after(let place): position = place
    case .offset(let count): offset += count
    case nil: break
    }
    guard let sort = query.sort else {
      return try NewestFirst(
        query.filter, after: position, limit: limit, offset: offset, in: self
      ).positions()
    }
    var selection = try Selection(query.filter, in: self)
    let order = sort.descending ? "3 DESC, 1 DESC, 2 DESC" : "3, 1, 2"
    let sql = """
      \(selection.select("$place, c.id, \(sort.field.sql)")) ORDER BY \(order) \
      LIMIT \(selection.bind(limit ?? -1)) OFFSET \(selection.bind(offset))
      """
    return try Query(sql, in: self).all(selection.bindings.values) {
      Position(place: $0.integer(), id: $0.integer())
    }
  }
}
