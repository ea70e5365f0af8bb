/// Makes new inputs of recorded ones, by the changes that find what a parser takes for granted.
struct Mutator: Sendable {
  private var random: SplitMix
  private let seeds: [[UInt8]]

  /// Inputs end here; what grows is a copy of parts, so that no more is to be found beyond.
  private static let maximumLength = 1 << 16

  /// `seeds` are the recorded inputs: at least one.
  init(_ random: SplitMix, _ seeds: [[UInt8]]) {
    self.random = random
    self.seeds = seeds
  }

  /// A mutant of one of the inputs, with one to eight changes.
  mutating func mutant() -> [UInt8] {
    var bytes = seeds[random.below(seeds.count)]
    for _ in 0...random.below(8) { change(&bytes) }
    if bytes.count > Self.maximumLength { bytes.removeLast(bytes.count - Self.maximumLength) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    switch random.below(10) {
    case 0: flip(&bytes)
    case 1: replace(&bytes)
    case 2: truncate(&bytes)
    case 3: extend(&bytes)
    case 4: splice(&bytes)
    case 5: overwrite(&bytes)
    case 6: repeatPart(&bytes)
    case 7: removePart(&bytes)
    case 8: placeNumber(&bytes)
    default: writeNumber(&bytes)
    }
  }

  /// A place in the bytes, and at most so many from there on.
  private mutating func range(in bytes: [UInt8], longest: Int) -> Range<Int> {
    guard !bytes.isEmpty else { return 0..<0 }
    let start = random.below(bytes.count)
    return start..<min(bytes.count, start + 1 + random.below(longest))
  }

  // MARK: - Changes

  private mutating func flip(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
  }

  private mutating func replace(_ bytes: inout [UInt8]) {
    for index in range(in: bytes, longest: 8) {
      bytes[index] = UInt8(truncatingIfNeeded: random.next())
    }
  }

  private mutating func truncate(_ bytes: inout [UInt8]) {
    bytes.removeLast(random.below(min(bytes.count, 128) + 1))
  }

  private mutating func extend(_ bytes: inout [UInt8]) {
    for _ in 0...random.below(64) { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
  }

  /// Puts a part of another input in between.
  private mutating func splice(_ bytes: inout [UInt8]) {
    let other = seeds[random.below(seeds.count)]
    let part = range(in: other, longest: 256)
    bytes.insert(contentsOf: other[part], at: random.below(bytes.count + 1))
  }

  /// Puts a part of another input over what is there.
  private mutating func overwrite(_ bytes: inout [UInt8]) {
    let other = seeds[random.below(seeds.count)]
    let part = range(in: other, longest: 64)
    guard !bytes.isEmpty else { return }
    let start = random.below(bytes.count)
    for (offset, byte) in other[part].enumerated() where start + offset < bytes.count {
      bytes[start + offset] = byte
    }
  }

  private mutating func repeatPart(_ bytes: inout [UInt8]) {
    let part = range(in: bytes, longest: 128)
    bytes.insert(contentsOf: Array(bytes[part]), at: part.upperBound)
  }

  private mutating func removePart(_ bytes: inout [UInt8]) {
    bytes.removeSubrange(range(in: bytes, longest: 64))
  }

  /// Overwrites 1, 2, 4 or 8 bytes by a number at which something may turn over, often a length.
  private mutating func placeNumber(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    let number = boundary(near: bytes.count)
    let size = 1 << random.below(4)
    // Most fields are aligned.
    let start = random.below(bytes.count) & ~(random.below(4) == 0 ? 0 : size - 1)
    let isBig = random.below(4) == 0
    for offset in 0..<size where start + offset < bytes.count {
      let shift = 8 * (isBig ? size - 1 - offset : offset)
      bytes[start + offset] = UInt8(truncatingIfNeeded: number >> UInt64(shift))
    }
  }

  /// Writes such a number as text.
  private mutating func writeNumber(_ bytes: inout [UInt8]) {
    let number = boundary(near: bytes.count)
    let text =
      switch random.below(4) {
      case 0: String(number, radix: 16)
      case 1: String(Int64(bitPattern: number))
      case 2: String(number) + "0"
      default: String(number)
      }
    let start = random.below(bytes.count + 1)
    var end = start
    // In place of the number that is there, if one is.
    while end < bytes.count, (0x30...0x39).contains(bytes[end]) { end += 1 }
    bytes.replaceSubrange(start..<end, with: text.utf8)
  }

  private mutating func boundary(near length: Int) -> UInt64 {
    let near = UInt64(random.below(3)) &- 1
    switch random.below(4) {
    case 0: return near
    case 1: return UInt64(length) &+ near
    default: return (1 << UInt64(random.below(64))) &+ near
    }
  }
}
