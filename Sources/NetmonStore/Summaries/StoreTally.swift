import NetmonCore

/// What was written through a store since it was opened. It never falls, whatever is removed.
struct StoreTally: Hashable {
  private(set) var inserted = 0
  /// Connections that became failures, by errno: each counts once, when its error is first stored.
  private(set) var failed: [Int32: Int] = [:]

  mutating func count(_ connections: [Connection], _ recorded: [Recorded]) {
    for (connection, recorded) in zip(connections, recorded) {
      if recorded.outcome == .inserted { inserted += 1 }
      if recorded.isNewFailure, let error = connection.error {
        failed[error.number, default: 0] += 1
      }
    }
  }
}
