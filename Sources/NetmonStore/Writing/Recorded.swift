/// What became of one record given to ``Store/record(_:)``.
public struct Recorded: Hashable, Sendable {
  /// The row id under which the store holds the record.
  public let id: Int64
  public let outcome: Outcome
  /// Whether this made it a connection that failed: it had no error before.
  public var isNewFailure = false

  public enum Outcome: Hashable, Sendable {
    /// The origin was new.
    case inserted
    /// A record of that origin was there with an older revision, and is replaced.
    case updated
    /// A record of that origin was there with the same or a newer revision.
    case unchanged
  }
}
