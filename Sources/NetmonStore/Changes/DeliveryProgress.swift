/// How far a server has the changes of a store: two places, so that a backlog does not hold up what
/// is new.
public struct DeliveryProgress: Hashable, Sendable {
  /// The server has every change up to this one, but for the backlog.
  public var live: Int64
  /// Older changes that it still lacks.
  public var backlog: Backlog?
  /// The server has the gaps up to this sequence; see ``Store/ownGaps(after:limit:)``.
  public var gaps: Int64

  public init(live: Int64 = 0, backlog: Backlog? = nil, gaps: Int64 = 0) {
    self.live = live
    self.backlog = backlog
    self.gaps = gaps
  }

  /// A range of changes that is worked through from its beginning.
  public struct Backlog: Hashable, Sendable {
    /// The last change that the server has.
    public var after: Int64
    /// The last one of the backlog.
    public var through: Int64

    public init(after: Int64, through: Int64) {
      self.after = after
      self.through = through
    }
  }
}

extension DeliveryProgress {
  /// Makes what is undelivered up to the change `last` a backlog if it is more than `limit`
  /// changes; what comes after is live.
  ///
  /// With a backlog already there the two become one, and what was delivered between them goes
  /// again. As a backlog is worked through once, no change goes more than twice for that.
  public mutating func setAsideBacklog(upTo last: Int64, ifMoreThan limit: Int64) {
    guard last - live > limit else { return }
    backlog = Backlog(after: backlog?.after ?? live, through: last)
    live = last
  }

  /// The live changes up to `sequence` are delivered.
  public mutating func advance(to sequence: Int64) {
    live = sequence
  }

  /// The changes of the backlog up to `sequence` are delivered.
  public mutating func advanceBacklog(to sequence: Int64) {
    backlog?.after = sequence
    if let backlog, backlog.after >= backlog.through { self.backlog = nil }
  }
}
