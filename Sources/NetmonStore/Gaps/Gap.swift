public import NetmonCore

/// Records that are known to be missing.
public struct Gap: Hashable, Sendable {
  /// "" when not of one host.
  public var host: String
  public var from: Timestamp
  /// Not before `from`.
  public var to: Timestamp
  /// How many; nil when not known.
  public var count: Int?
  /// Why, in a few words.
  public var reason: String
  /// Its identity across stores; nil until a store has taken it in.
  public var origin: Origin?
  /// Its version at its origin, from 1 upward: a gap that goes on grows.
  public var revision: Int64

  public init(
    host: String, from: Timestamp, to: Timestamp, count: Int?, reason: String,
    origin: Origin? = nil, revision: Int64 = 1
  ) {
    self.host = host
    self.from = from
    self.to = to
    self.count = count
    self.reason = reason
    self.origin = origin
    self.revision = revision
  }
}

extension Gap {
  /// Gaps of one host and reason that are no further apart than this are one, in microseconds.
  static let reach: Int64 = 10_000_000

  /// The largest count, far beyond any that is true; so that sums of them stay within 64 bits.
  public static let largestCount = 1_000_000_000_000

  /// The longest reason that is kept, in characters; a server's own words can be part of it.
  static let longestReason = 500

  /// As it can be stored: a clock that was set back, or is far from the present, makes times that
  /// are no span.
  var normalized: Gap {
    let earliest = Timestamp.valid.lowerBound
    let latest = Timestamp.valid.upperBound.advanced(byMicroseconds: -1)
    let times = [from, to].map { min(max($0, earliest), latest) }
    var gap = self
    gap.from = min(times[0], times[1])
    gap.to = max(times[0], times[1])
    gap.count = count.map { min(max($0, 0), Self.largestCount) }
    gap.reason = String(reason.prefix(Self.longestReason))
    return gap
  }

  /// This gap grown by one that touches it, as its next revision.
  ///
  /// A known and an unknown count make no sum, so those stay two gaps.
  package func joined(with other: Gap) -> Gap? {
    guard host == other.host, reason == other.reason, (count == nil) == (other.count == nil),
      other.from.microseconds(since: to) <= Self.reach,
      from.microseconds(since: other.to) <= Self.reach
    else { return nil }
    var gap = self
    gap.from = min(from, other.from)
    gap.to = max(to, other.to)
    if let count, let more = other.count {
      gap.count = min(count + more, Self.largestCount)
    }
    gap.revision += 1
    return gap
  }
}

extension Gap {
  /// One element of `GET` and `POST /api/gaps`.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("host", host)
      json.field("from", from)
      json.field("to", to)
      json.field("count", count)
      json.field("reason", reason)
      json.field("origin", origin?.description)
      json.field("revision", revision)
    }
  }
}

/// Which gaps to list.
public struct GapQuery: Hashable, Sendable {
  /// Of this host alone.
  public var host: String?
  /// Those that end at this time or later.
  public var since: Timestamp?
  /// Those that begin before this time.
  public var until: Timestamp?
  /// How many at most; nil is all.
  public var limit: Int?

  public init(
    host: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil, limit: Int? = nil
  ) {
    self.host = host
    self.since = since
    self.until = until
    self.limit = limit
  }
}
