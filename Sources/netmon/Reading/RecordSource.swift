import NetmonAgent
import NetmonCore
import NetmonStore

/// Where records come from; the same questions for each.
enum RecordSource {
  case store(Store)
  case server(RESTClient)
  case live(LiveSource)

  /// What `limit` of `GET /api/processes` may be at most.
  private static let mostProcesses = 10_000

  /// Gives `body` the matching records in order, until it returns false.
  func forEachConnection(
    _ query: ConnectionQuery, now: Timestamp, _ body: (Connection) -> Bool
  ) async throws {
    switch self {
    case .store(let store):
      try store.forEachConnection(query) { body($0) }
    case .server(let client):
      try await client.connections(query) { page in page.allSatisfy(body) }
    case .live(let live):
      let connections = try live.connections(query, now: now)
      _ = connections.allSatisfy(body)
    }
  }

  /// The error groups that match.
  func errors(_ query: ErrorQuery) async throws -> ErrorSummary {
    switch self {
    case .store(let store): try store.errorSummary(query)
    case .server(let client): try await client.errors(query)
    case .live: .none
    }
  }

  /// How many records match.
  func count(_ filter: Filter, now: Timestamp) async throws -> Int {
    if case .store(let store) = self { return try store.count(filter) }
    if case .server(let client) = self {
      // A server counts by process, and there are far fewer of these than of records.
      let processes = try await client.processes(filter, limit: Self.mostProcesses)
      if processes.count < Self.mostProcesses {
        return processes.reduce(0) { $0 + $1.connections }
      }
    }
    var count = 0
    try await forEachConnection(ConnectionQuery(filter: filter, limit: nil), now: now) { _ in
      count += 1
      return true
    }
    return count
  }
}
