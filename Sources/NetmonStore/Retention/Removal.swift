import NetmonCore

/// What removal remembers between one run and the next, so that each need not look at all rows.
public struct Removal: Sendable {
  /// Which followers lack what.
  var undelivered = Undelivered()
  /// Up to these ids, nothing was left that may go by age, or of the successes by size.
  var agedUpTo: Int64 = -1
  var successesUpTo: Int64 = -1
  var chunk = Chunk()
  /// Rows deleted since dimension rows were last looked through.
  var removedSinceSweep = 0
  /// When everything was last looked at.
  var lastFullRun: Timestamp?

  public init() {}

  /// Whether it is time to look at everything again: at what had not ended, was not delivered or
  /// had not arrived when its time was looked at.
  func isFullRunDue(at now: Timestamp) -> Bool {
    guard let lastFullRun else { return true }
    return abs(now.microseconds(since: lastFullRun)) >= 3_600_000_000
  }

  mutating func beginFullRun(at now: Timestamp) {
    lastFullRun = now
    (agedUpTo, successesUpTo) = (-1, -1)
  }
}

/// How many rows one transaction deletes, so that others need not wait for long.
struct Chunk: Hashable {
  private(set) var size = 500
  private let largest: Int

  /// A small one changes few pages, for when there is hardly any room to write.
  init(isSmall: Bool = false) {
    largest = isSmall ? 200 : 4000
    size = min(size, largest)
  }

  /// Adapts to how long the last one took.
  mutating func adapt(to duration: Duration) {
    if duration < .milliseconds(20) { size = min(size * 2, largest) }
    if duration > .milliseconds(50) { size = max(size / 2, 50) }
  }
}
