import GRDB
public import NetmonCore

/// The rows of one page, each of which is read when its turn comes. Valid only where it was given.
public struct ConnectionRows {
  private let ids: [Int64]
  private let db: Database
  /// Where the next page begins; nil when there is no more.
  public let next: ConnectionQuery.Cursor?

  init(ids: [Int64], next: ConnectionQuery.Cursor?, in db: Database) {
    self.ids = ids
    self.next = next
    self.db = db
  }

  public var count: Int { ids.count }

  /// Calls `body` with each connection, in the order of the page.
  public func forEach(_ body: (Connection) throws -> Void) throws {
    for id in ids {
      guard let connection = try ConnectionRow.fetch(id: id, in: db) else { continue }
      try body(connection)
    }
  }

  /// All of them at once.
  public func page() throws -> ConnectionPage {
    var connections: [Connection] = []
    connections.reserveCapacity(count)
    try forEach { connections.append($0) }
    return ConnectionPage(connections: connections, next: next)
  }
}
