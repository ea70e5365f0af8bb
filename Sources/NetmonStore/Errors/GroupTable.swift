/// Numbers distinct keys of a few integers in the order in which they come.
///
/// A dictionary of arrays would do the same, with an allocation for each key, which costs more than
/// reading the row that the key is of.
struct GroupTable {
  /// How many integers a key has.
  let width: Int
  /// How many keys there are.
  private(set) var count = 0
  private var keys: [Int64] = []
  /// The number of a key, plus one, where its hash or one of the places before it points; else 0.
  /// As many as a power of two, at most half of them taken.
  private var slots = [Int32](repeating: 0, count: 256)

  init(width: Int) {
    self.width = width
  }

  subscript(index: Int) -> ArraySlice<Int64> { keys[index * width..<(index + 1) * width] }

  /// The number of a key, a new one if it was not there.
  mutating func index(of key: [Int64]) -> Int {
    precondition(key.count == width)
    var slot = Self.hash(key[...]) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if isKey(key, at: index) { return index }
      slot = (slot + 1) & (slots.count - 1)
    }
    count += 1
    keys.append(contentsOf: key)
    slots[slot] = Int32(count)
    if count * 2 > slots.count { grow() }
    return count - 1
  }

  private func isKey(_ key: [Int64], at index: Int) -> Bool {
    let start = index * width
    for part in 0..<width where keys[start + part] != key[part] { return false }
    return true
  }

  private mutating func grow() {
    slots = [Int32](repeating: 0, count: slots.count * 4)
    for index in 0..<count {
      var slot = Self.hash(self[index]) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(index + 1)
    }
  }

  private static func hash(_ key: ArraySlice<Int64>) -> Int {
    var mixed: UInt64 = 0
    for value in key {
      // 2⁶⁴ divided by the golden ratio: odd and without a pattern.
      mixed = (mixed ^ UInt64(bitPattern: value)) &* 0x9E37_79B9_7F4A_7C15
      mixed ^= mixed &>> 32
    }
    return Int(truncatingIfNeeded: mixed)
  }
}
