/// Decides whether the final figures of sockets are worth what they cost: the kernel makes a message
/// for each socket that ends, which slows down a program that does nothing but connect by a tenth.
struct FiguresRate {
  /// Sockets ending in a second from which on the figures are left out, and below which they come
  /// again.
  static let (highest, calm): (Double, Double) = (10_000, 5_000)
  /// How long it must have been calm, in seconds.
  static let patience = 5.0

  private var count = 0
  /// Since when, in nanoseconds.
  private var start: UInt64?
  private var calmSince: UInt64?
  private(set) var isBearable = true

  /// Takes in how many sockets have ended by `now`, on the monotonic clock in nanoseconds; decides
  /// every half second.
  mutating func isBearable(ended: Int, at now: UInt64) -> Bool {
    count += ended
    guard let start, now > start else {
      start = now
      return isBearable
    }
    let seconds = Double(now - start) / 1e9
    guard seconds >= 0.5 else { return isBearable }
    let rate = Double(count) / seconds
    (self.start, count) = (now, 0)
    if rate > Self.highest { isBearable = false }
    calmSince = rate < Self.calm ? calmSince ?? start : nil
    if let calmSince, Double(now - calmSince) / 1e9 >= Self.patience { isBearable = true }
    return isBearable
  }
}
