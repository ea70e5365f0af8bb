public import NetmonCore

/// What a host's collector says of itself.
public struct HostReport: Hashable, Sendable {
  public var host: String
  /// The capture tier in use, such as `kernel`, `diag`, `proc`.
  public var tier: String?
  /// When it said so.
  public var seen: Timestamp
  /// How far delivery is behind, in seconds, ≥ 0.
  public var lagSeconds: Double?
  /// How many records it knows to be missing, ≥ 0.
  public var lost: Int

  public init(
    host: String, tier: String? = nil, seen: Timestamp, lagSeconds: Double? = nil, lost: Int = 0
  ) {
    self.host = host
    self.tier = tier
    self.seen = seen
    self.lagSeconds = lagSeconds
    self.lost = lost
  }
}

extension HostReport {
  /// Whether it takes the place of one that was seen at `other`.
  ///
  /// The newest counts. One that is more than a minute older is no late duplicate, as no request
  /// takes that long: the host's clock was set back, and it must not be silent until it has caught
  /// up.
  func replaces(oneSeenAt other: Timestamp) -> Bool {
    seen >= other || other.microseconds(since: seen) > 60_000_000
  }

  /// One element of `POST /api/hosts`.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("host", host)
      json.field("tier", tier)
      json.field("seen", seen)
      json.field("lag_s", lagSeconds)
      json.field("lost", lost)
    }
  }
}
