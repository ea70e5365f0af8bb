/// How a connection may deliver an input: cut anywhere, the same way whenever it is the same input.
enum Pieces {
  /// Up to eight parts, or now and then each byte alone.
  static func of(_ input: [UInt8]) -> [ArraySlice<UInt8>] {
    var random = random(for: input)
    if input.count <= 1024, random.below(16) == 0 {
      return input.indices.map { input[$0...$0] }
    }
    let cuts = (0...random.below(7)).map { _ in random.below(input.count + 1) }.sorted()
    let ends = cuts + [input.count]
    return zip([0] + cuts, ends).compactMap { $0 < $1 ? input[$0..<$1] : nil }
  }

  /// Numbers that depend on nothing but the input, so that one that was kept can be tried again.
  static func random(for input: [UInt8]) -> SplitMix {
    // FNV-1a
    SplitMix(
      seed: input.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 })
  }
}
