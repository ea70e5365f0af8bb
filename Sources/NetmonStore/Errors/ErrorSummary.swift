public import NetmonCore

/// Errors counted by group and over time.
public struct ErrorSummary: Sendable {
  /// The largest count first, then the latest `last`.
  public var groups: [ErrorGroup]
  /// Ascending; only buckets in which there are errors.
  public var timeline: [TimelineBucket]
  /// All failures that match, in whatever group.
  public var total: Int
  /// How many groups there are; `groups` has the largest.
  public var totalGroups: Int

  package init(
    groups: [ErrorGroup], timeline: [TimelineBucket], total: Int, totalGroups: Int
  ) {
    self.groups = groups
    self.timeline = timeline
    self.total = total
    self.totalGroups = totalGroups
  }

  /// Nothing has failed.
  package static let none = ErrorSummary(groups: [], timeline: [], total: 0, totalGroups: 0)
}

/// The errors that agree in all keys.
public struct ErrorGroup: Sendable {
  /// The keys asked for, in that order; nil where unknown.
  public var keys: [(GroupKey, String?)]
  /// The number of failures, ≥ 1.
  public var count: Int
  /// When the first failed.
  public var first: Timestamp
  /// When the last failed.
  public var last: Timestamp
  /// Connections without error in the same span that agree in the keys that are not about the
  /// error. Listening sockets do not count.
  public var successes: Int
  /// `count` split over ``parts`` equal parts of the span: from `since:` (else the first failure of
  /// all groups) to `until:` (else now).
  public var trend: [Int]

  package init(
    keys: [(GroupKey, String?)], count: Int, first: Timestamp, last: Timestamp, successes: Int,
    trend: [Int]
  ) {
    self.keys = keys
    self.count = count
    self.first = first
    self.last = last
    self.successes = successes
    self.trend = trend
  }

  /// The number of parts of a trend.
  public static let parts = 24
}

/// The errors of one stretch of time.
public struct TimelineBucket: Sendable {
  /// Its beginning.
  public var time: Timestamp
  /// The most frequent error first.
  public var counts: [(ConnectionError, Int)]

  package init(time: Timestamp, counts: [(ConnectionError, Int)]) {
    self.time = time
    self.counts = counts
  }
}
