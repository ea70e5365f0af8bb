public import NetmonCore

/// A question for counts over time.
public struct TimelineQuery: Hashable, Sendable {
  /// Which records count, but for the span.
  public var filter: Filter
  /// Where the first step begins; nil is where the oldest record is.
  public private(set) var from: Timestamp?
  /// Where the last step ends.
  public private(set) var to: Timestamp
  /// Nil: chosen once it is known how long the span is.
  public private(set) var bucket: BucketWidth?

  /// How many rows may be read to count connections.
  var rowLimit = 300_000

  /// Takes the span from the filter's `since:` and `until:`, or else up to `now`, and widens it to
  /// whole steps: asked again within the same step the question is the same.
  ///
  /// A step is at least as wide as `bucket`, wider where there would be more than
  /// ``maximumBuckets``. When it is nil, there are about a hundred.
  public init(filter: Filter, bucket: BucketWidth? = nil, now: Timestamp) {
    self.filter = Filter(terms: filter.terms.filter { !$0.isPlainOccurrence })
    to = Self.valid(filter.until ?? now)
    self.bucket = bucket
    if let since = filter.since { begin(at: since) }
  }

  /// Fixes the span and the width of a step.
  mutating func begin(at since: Timestamp) {
    let since = min(Self.valid(since), to)
    let span = to.microseconds(since: since)
    let width =
      bucket.map { BucketWidth.least(over: span, count: Self.maximumBuckets, from: $0) }
      ?? BucketWidth.least(over: span, count: Self.usualBuckets)
    let first = since.microseconds / width.microseconds
    let end = max(first + 1, (to.microseconds - 1) / width.microseconds + 1)
    from = Timestamp(microseconds: first * width.microseconds)
    to = Timestamp(microseconds: end * width.microseconds)
    bucket = width
  }

  /// The most steps that are answered with. Seven days are long enough for all times that records
  /// can have.
  public static let maximumBuckets: Int64 = 2000
  private static let usualBuckets: Int64 = 150

  private static func valid(_ time: Timestamp) -> Timestamp {
    min(max(time, Timestamp.valid.lowerBound), Timestamp.valid.upperBound)
  }
}
