extension Connection {
  /// When it ended; nil while it is open. What failed or was closed at a time that nobody told has
  /// ended at once. The store's column `ended_after` says the same.
  public var endedAt: Timestamp? {
    if let closedAt { return closedAt }
    let isOver = error != nil || transport == .tcp && [.TIME_WAIT, .CLOSE].contains(state)
    return isOver ? timestamp : nil
  }

  /// Whether it was there at a moment: seen by then, and not over. A failed attempt was there as
  /// long as it lasted, a listening socket as long as it listened.
  public func isOpen(at moment: Timestamp) -> Bool {
    timestamp <= moment && endedAt.map { $0 > moment } ?? true
  }
}
