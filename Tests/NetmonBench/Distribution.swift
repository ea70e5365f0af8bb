/// The values of one quantity in several runs.
struct Distribution {
  private let sorted: [Double]

  /// - Precondition: there is at least one value.
  init(_ values: [Double]) {
    precondition(!values.isEmpty, "nothing was measured")
    sorted = values.sorted()
  }

  var median: Double { (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2 }

  /// At most as much as this are 95 of 100.
  var p95: Double { sorted[min(sorted.count * 95 / 100, sorted.count - 1)] }
  var maximum: Double { sorted[sorted.count - 1] }

  /// The median, and the least and the greatest in brackets: `12.3 (11.9–14.0)`.
  var description: String {
    let (least, greatest) = (sorted[0].rounded(to: 1), sorted[sorted.count - 1].rounded(to: 1))
    return "\(median.rounded(to: 1)) (\(least)–\(greatest))"
  }

  /// The same with two decimals.
  var precise: String {
    let (least, greatest) = (sorted[0].rounded(to: 2), sorted[sorted.count - 1].rounded(to: 2))
    return "\(median.rounded(to: 2)) (\(least)–\(greatest))"
  }
}

extension Double {
  /// A number ≥ 0 as text with 1 or more decimals.
  func rounded(to decimals: Int) -> String {
    let scale = (0..<decimals).reduce(1) { power, _ in power * 10 }
    let number = Int((self * Double(scale)).rounded())
    return "\(number / scale).\(String(number % scale + scale).dropFirst())"
  }
}

extension Duration {
  var milliseconds: Double { self / .milliseconds(1) }
}
