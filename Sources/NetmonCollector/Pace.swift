/// When to look at sockets again. Looking at many of them is dear, and events tell most, so it takes
/// no more than a twentieth of the time.
struct Pace {
  /// The time between the beginnings of two looks, in nanoseconds: at most, and when there is reason
  /// to hurry.
  let longest: UInt64
  let shortest: UInt64
  private var next: UInt64 = 0
  private var soonest: UInt64 = 0
  private var isInHurry = false

  private static let moderation: UInt64 = 20

  init(longest: UInt64, shortest: UInt64) {
    self.longest = longest
    self.shortest = shortest
  }

  /// Has the next look made as soon as moderation allows.
  mutating func hurry() {
    isInHurry = true
  }

  func isDue(at time: UInt64) -> Bool {
    time >= (isInHurry ? soonest : next)
  }

  /// Takes in when the last look began, on the monotonic clock, and what CPU time it took.
  mutating func note(begin: UInt64, cost: UInt64) {
    let rest = Self.moderation * cost
    soonest = begin + max(shortest, rest)
    next = begin + max(longest, rest)
    isInHurry = false
  }
}
