/// How long to wait before trying a server again: up to a bound that doubles from half a second to
/// half a minute, with full jitter, so that many agents do not return all at once after an outage.
struct Backoff {
  private(set) var failures = 0

  static let shortest: Duration = .milliseconds(50)
  static let first: Duration = .milliseconds(500)
  static let longest: Duration = .seconds(30)

  mutating func reset() {
    failures = 0
  }

  /// The wait after one more failure, jittered by `random`, a number in 0…1.
  ///
  /// What the server asked for is never waited less, but at most ten minutes. The jitter comes on top
  /// of it, as it asks the same of many, but is at most four times as long: a server that answers
  /// knows better than a guess how soon it is worth trying.
  mutating func next(retryAfter: Int?, random: Double) -> Duration {
    failures += 1
    let ceiling = min(Self.longest, Self.first * (1 << min(failures - 1, 10)))
    let asked = retryAfter.flatMap { $0 > 0 ? Duration.seconds(min($0, 600)) : nil }
    guard let asked else { return max(Self.shortest, ceiling * random) }
    return asked + min(ceiling, asked * 4) * random
  }
}
