/// How far a follower of the change sequence is.
public struct FollowingPlace: Hashable, Sendable {
  /// The last change that it has seen; it goes on after this one.
  public var sequence: Int64
  /// Whether changes before that are missing: the place asked for is pruned, or was never reached
  /// by this store.
  public var isReset: Bool

  public init(sequence: Int64, isReset: Bool = false) {
    self.sequence = sequence
    self.isReset = isReset
  }
}
