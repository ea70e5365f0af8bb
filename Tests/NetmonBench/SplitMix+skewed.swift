import TestSupport

extension SplitMix {
  /// A number from 0 to `bound` - 1, small ones much more often: half are below an eighth of it.
  mutating func skewed(_ bound: Int) -> Int {
    let unit = Double(next() >> 11) / Double(1 << 53)
    return min(Int(unit * unit * unit * Double(bound)), bound - 1)
  }
}
