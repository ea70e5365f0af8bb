/// Reading numbers and words out of the bytes of kernel files, without making strings.
extension Span<UInt8> {
  /// The decimal number at `index`, which is moved behind it; nil without a digit or when it does
  /// not fit into 64 bits.
  func decimal(at index: inout Int) -> UInt64? {
    let start = index
    var value: UInt64 = 0
    while index < count, case let digit = self[index] &- 0x30, digit <= 9 {
      let (product, high) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      if high || carry { return nil }
      value = sum
      index += 1
    }
    return index > start ? value : nil
  }

  /// The number of exactly `digits` (at most 8) hexadecimal digits at `index`, which is moved
  /// behind them.
  func hexadecimal(at index: inout Int, digits: Int) -> UInt32? {
    guard index + digits <= count else { return nil }
    var value: UInt32 = 0
    for position in index..<index + digits {
      guard let nibble = hexDigitValue(self[position]) else { return nil }
      value = value << 4 | UInt32(nibble)
    }
    index += digits
    return value
  }

  /// Moves `index` over `byte` if it is there.
  func skip(_ byte: Unicode.Scalar, at index: inout Int) -> Bool {
    guard index < count, self[index] == UInt8(ascii: byte) else { return false }
    index += 1
    return true
  }

  /// Moves `index` over blanks (space and tab).
  func skipBlanks(at index: inout Int) {
    while index < count, self[index] == 0x20 || self[index] == 0x09 { index += 1 }
  }

  /// The range of the word at `index`, blanks before it skipped, and moves `index` behind it; nil
  /// at the end of the line.
  func word(at index: inout Int) -> Range<Int>? {
    skipBlanks(at: &index)
    let start = index
    while index < count, self[index] > 0x20 { index += 1 }
    return index > start ? start..<index : nil
  }

  /// The range of the line at `index` without its newline, and moves `index` to the next line; nil
  /// at the end.
  func line(at index: inout Int) -> Range<Int>? {
    guard index < count else { return nil }
    let start = index
    while index < count, self[index] != 0x0A { index += 1 }
    defer { index += 1 }
    return start..<index
  }

  /// Whether the bytes of `range` are this text.
  func equals(_ text: StaticString, in range: Range<Int>) -> Bool {
    guard text.utf8CodeUnitCount == range.count else { return false }
    for offset in 0..<range.count where text.utf8Start[offset] != self[range.lowerBound + offset] {
      return false
    }
    return true
  }

  /// The text of `range`; bytes that are no UTF-8 are kept as ``Swift/String/init(keeping:)`` does.
  func string(in range: Range<Int>) -> String {
    extracting(range).withUnsafeBufferPointer { String(keeping: $0) }
  }
}
