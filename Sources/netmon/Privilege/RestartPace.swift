/// How long to wait before a collector that has ended is started again: a second, twice as long each
/// time up to a minute, and a second again after one that ran for a minute.
struct RestartPace: Hashable, Sendable {
  private var wait = Self.shortest

  private static let shortest = Duration.seconds(1)
  private static let longest = Duration.seconds(60)

  init() {}

  /// The wait after one that ran for that long.
  mutating func next(afterRunning time: Duration) -> Duration {
    if time >= Self.longest { wait = Self.shortest }
    defer { wait = min(wait * 2, Self.longest) }
    return wait
  }
}
