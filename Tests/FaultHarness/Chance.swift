import Foundation

/// Repeatable randomness (SplitMix64).
struct Chance: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) {
    state = UInt64(truncatingIfNeeded: seed)
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// 0 up to, but not including, `bound`, which is > 0.
  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  /// A time as likely within any power of ten as within another.
  mutating func time(from least: Duration, to longest: Duration) -> Duration {
    let range = log(least / .seconds(1))...log(longest / .seconds(1))
    return .seconds(exp(Double.random(in: range, using: &self)))
  }
}

/// Times that were measured, as a line of figures.
struct Times {
  private var values: [Duration] = []

  mutating func add(_ value: Duration) { values.append(value) }

  var count: Int { values.count }

  /// `median 12 ms, longest 90 ms`.
  var text: String {
    let sorted = values.sorted()
    guard let longest = sorted.last else { return "none" }
    return "median \(sorted[sorted.count / 2].text), longest \(longest.text)"
  }
}

extension Duration {
  /// As milliseconds, or seconds with one decimal from ten seconds on.
  var text: String {
    self < .seconds(10)
      ? "\(Int((self / .milliseconds(1)).rounded())) ms"
      : "\((self / .seconds(1) * 10).rounded() / 10) s"
  }
}
