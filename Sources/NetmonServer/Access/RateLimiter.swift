/// Lets each of many have so much at once, and so much a second after that.
struct RateLimiter<Key: Hashable & Sendable>: Sendable {
  private struct Allowance {
    var left: Double
    var time: ContinuousClock.Instant
  }

  /// A second.
  private let rate: Double
  /// What one that was silent for long may have at once.
  private let burst: Double
  /// How many are remembered at most.
  private let capacity: Int
  private var allowances: [Key: Allowance] = [:]

  init(rate: Double, burst: Double, capacity: Int) {
    self.rate = rate
    self.burst = burst
    self.capacity = capacity
  }

  /// Takes one; nil if that is in order, else how long to wait for the next.
  mutating func take(_ key: Key, at now: ContinuousClock.Instant) -> Duration? {
    var allowance = allowances[key] ?? Allowance(left: burst, time: now)
    allowance.left = left(of: allowance, at: now)
    allowance.time = now
    let isIn = allowance.left >= 1
    if isIn { allowance.left -= 1 }
    if allowances[key] == nil { makeRoom(at: now) }
    allowances[key] = allowance
    return isIn ? nil : .seconds((1 - allowance.left) / rate)
  }

  private func left(of allowance: Allowance, at now: ContinuousClock.Instant) -> Double {
    min(burst, allowance.left + (now - allowance.time) / .seconds(1) * rate)
  }

  /// Forgets those that have all they may have, as if they were new, and failing that the one that
  /// has the most.
  private mutating func makeRoom(at now: ContinuousClock.Instant) {
    guard allowances.count >= capacity else { return }
    allowances = allowances.filter { left(of: $0.value, at: now) < burst }
    guard allowances.count >= capacity else { return }
    let most = allowances.max { left(of: $0.value, at: now) < left(of: $1.value, at: now) }
    if let most { allowances[most.key] = nil }
  }

  /// How many are remembered.
  var count: Int { allowances.count }
}
