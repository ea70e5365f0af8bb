/// How long to wait before trying a server again: doubling from half a second to a minute, with
/// full jitter, so that many agents do not return all at once after an outage.
struct Backoff {
  private(set) var failures = 0

  static let first: Duration = .milliseconds(500)
  static let longest: Duration = .seconds(60)

  mutating func reset() {
    failures = 0
  }

  /// The wait after one more failure, jittered by `random`, a number in 0…1.
  ///
  /// The seconds that the server asked for are never waited less, but at most ten minutes.
  mutating func next(retryAfter: Int?, random: Double) -> Duration {
    failures += 1
    let ceiling = min(Self.longest, Self.first * (1 << min(failures - 1, 10)))
    let wait = ceiling * (0.5 + 0.5 * random)
    guard let retryAfter else { return wait }
    return max(wait, .seconds(min(max(retryAfter, 0), 600)) + wait)
  }
}
