import NetmonAgent
import NetmonCore
import NetmonStore

/// Follows the changes in a database file, whoever makes them.
struct StoreFollower {
  private let store: Store
  private let poll: Duration

  init(_ store: Store, poll: Duration = .milliseconds(250)) {
    self.store = store
    self.poll = poll
  }

  /// Gives `body` each matching record that changes from now on, until the task is cancelled. A file
  /// that was put in the place of another is gone on with, which is a reset.
  ///
  /// - Throws: `StoreError`, or what `body` throws.
  func follow(
    _ filter: Filter, _ body: (FollowedEvent) async throws -> Void
  ) async throws {
    var store = store
    var place = try store.place(after: nil)
    try await body(.began)
    var version: Int64?
    while !Task.isCancelled {
      let present = try store.version()
      if present != version {
        place = try await tell(changesOf: store, after: place, filter, body)
        version = present
      } else {
        try? await ContinuousClock().sleep(for: poll)
      }
      // A file that is only being made cannot be opened yet.
      if store.isReplaced, let other = try? Store(path: store.path, access: .readOnly) {
        store = other
        place = try other.place(after: nil)
        version = nil
        try await body(.reset)
      }
    }
  }

  /// Gives `body` everything there is after a place, page by page.
  private func tell(
    changesOf store: Store, after place: FollowingPlace, _ filter: Filter,
    _ body: (FollowedEvent) async throws -> Void
  ) async throws -> FollowingPlace {
    var place = place
    var backlog: Backlog?
    while true {
      var page: [Connection] = []
      let next = try store.follow(after: place.sequence, &backlog) { _, connection in
        if filter.matches(connection) { page.append(connection) }
        return page.count < Self.page
      }
      if next.isReset { try await body(.reset) }
      for connection in page { try await body(.connection(connection)) }
      if next.sequence == place.sequence { return next }
      place = next
    }
  }

  private static let page = 500
}
