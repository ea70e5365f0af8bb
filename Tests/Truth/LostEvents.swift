import NetmonCore
import NetmonStore

/// A gap that netmon recorded: it says itself that it lost something.
struct LostEvents: Hashable {
  /// How many events, where that is known.
  var count: Int?
  var reason: String

  static func list(in database: String) throws(StoreError) -> [LostEvents] {
    try Store(path: database, access: .readOnly).gaps().map {
      LostEvents(count: $0.count, reason: $0.reason)
    }
  }
}
