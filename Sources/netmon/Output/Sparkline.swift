/// Counts over time as one line of bars: `··▁▃█·`.
enum Sparkline {
  private static let bars = Array("▁▂▃▄▅▆▇█")

  /// At most `width` bars, each for as many counts as it takes, the tallest for the most; what did
  /// not happen is a dot.
  static func text(_ counts: [Int], width: Int) -> String {
    let share = max(1, (counts.count + width - 1) / max(width, 1))
    let sums = stride(from: 0, to: counts.count, by: share).map { start in
      counts[start..<min(start + share, counts.count)].reduce(0, +)
    }
    let most = sums.max() ?? 0
    return String(
      sums.map { sum in
        sum == 0 ? "·" : bars[max(0, (sum * bars.count + most - 1) / most - 1)]
      })
  }
}
