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
  /// As many as a power of two, at most half of them taken. A key is where its hash points, or
  /// behind those that were there before it.
  private var slots = [Slot](repeating: Slot(), count: 4096)

  init(width: Int) {
    self.width = width
    // Room that nothing was written to costs nothing, and growing copies.
    keys.reserveCapacity(width << 16)
  }

  subscript(index: Int) -> ArraySlice<Int64> { keys[index * width..<(index + 1) * width] }

  /// The number of a key, a new one if it was not there.
  mutating func index(of key: Span<Int64>) -> Int {
    index(of: key, Self.hash(key))
  }

  /// The numbers of as many keys, one behind the other in `keys`.
  ///
  /// A large table is in none of the processor's caches. Each step goes through all keys before the
  /// next begins, so that the processor waits for many of them at a time.
  mutating func indexes(of count: Int, _ keys: Span<Int64>) -> [Int] {
    precondition(keys.count == count * width)
    func key(_ row: Int) -> Range<Int> { row * width..<(row + 1) * width }
    let hashes = (0..<count).map { Self.hash(keys.extracting(key($0))) }
    let guesses = hashes.map { slots[Int($0) & (slots.count - 1)] }
    let isRight = (0..<count).map { row in
      guesses[row].hash == hashes[row] && guesses[row].number > 0
        && isKey(keys.extracting(key(row)), guesses[row].number)
    }
    return (0..<count).map { row in
      isRight[row]
        ? Int(guesses[row].number) - 1 : index(of: keys.extracting(key(row)), hashes[row])
    }
  }

  private mutating func index(of key: Span<Int64>, _ hash: UInt32) -> Int {
    let slot = slot(of: key, hash)
    if slots[slot].number > 0 { return Int(slots[slot].number) - 1 }
    count += 1
    for part in key.indices { keys.append(key[part]) }
    slots[slot] = Slot(hash: hash, number: UInt32(count))
    if count * 2 > slots.count { grow() }
    return count - 1
  }

  /// The number of a key, nil if it is not there.
  func knownIndex(of key: Span<Int64>) -> Int? {
    let number = slots[slot(of: key, Self.hash(key))].number
    return number > 0 ? Int(number) - 1 : nil
  }

  /// Where a key is, or would be.
  private func slot(of key: Span<Int64>, _ hash: UInt32) -> Int {
    precondition(key.count == width)
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot].number > 0, slots[slot].hash != hash || !isKey(key, slots[slot].number) {
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  private func isKey(_ key: Span<Int64>, _ number: UInt32) -> Bool {
    let start = (Int(number) - 1) * width
    for part in key.indices where keys[start + part] != key[part] { return false }
    return true
  }

  private mutating func grow() {
    var grown = [Slot](repeating: Slot(), count: slots.count * 8)
    for old in slots where old.number > 0 {
      var slot = Int(old.hash) & (grown.count - 1)
      while grown[slot].number > 0 { slot = (slot + 1) & (grown.count - 1) }
      grown[slot] = old
    }
    slots = grown
  }

  private static func hash(_ key: Span<Int64>) -> UInt32 {
    var mixed: UInt64 = 0
    for part in key.indices {
      // 2⁶⁴ divided by the golden ratio: odd and without a pattern.
      mixed = (mixed ^ UInt64(bitPattern: key[part])) &* 0x9E37_79B9_7F4A_7C15
      mixed ^= mixed &>> 32
    }
    return UInt32(truncatingIfNeeded: mixed)
  }

  /// The number of a key, plus one, or 0; the hash beside it spares most looks at the keys.
  private struct Slot {
    var hash: UInt32 = 0
    var number: UInt32 = 0
  }
}
