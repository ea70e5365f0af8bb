import Foundation
import TestSupport

extension SplitMix {
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
