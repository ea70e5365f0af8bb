import NetmonAgent
import NetmonCore
import NetmonStore

extension RecordSource {
  /// Gives `body` each matching record that changes from now on, until the task is cancelled.
  func follow(
    _ filter: Filter, _ body: (FollowedEvent) async throws -> Void
  ) async throws {
    switch self {
    case .store(let store): try await StoreFollower(store).follow(filter, body)
    case .server(let client): try await client.follow(filter, body)
    case .live: break
    }
  }
}
