/// Numbers that are the same in every run (Steele, Lea, Flood: Fast splittable pseudorandom number
/// generators).
struct SplitMix: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// The generator of one step of a run: steps do not depend on those before them, so that each can
  /// be repeated alone.
  init(seed: UInt64, step: Int) {
    var outer = SplitMix(seed: seed)
    state = outer.next() &+ UInt64(step) &* 0xD134_2543_DE82_EF95
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// A number from 0 to `limit` - 1; `limit` is at least 1.
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
