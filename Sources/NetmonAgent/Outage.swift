/// Why a server does not take records, as far as that was said.
///
/// Each reason is said once while it lasts, not at every attempt; one that comes in between is news.
struct Outage {
  private var reasons: Set<String> = []

  /// More of them tell nothing.
  private static let most = 8

  /// Whether a reason was not said yet.
  mutating func isNew(_ reason: String) -> Bool {
    guard reasons.count < Self.most else { return false }
    return reasons.insert(reason).inserted
  }

  /// Ends it; whether there was one.
  mutating func end() -> Bool {
    defer { reasons = [] }
    return !reasons.isEmpty
  }
}
