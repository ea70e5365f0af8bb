internal import Glibc

/// A place in bytes in memory that moves forward over what was expected, and stays where it was not.
///
/// Like ``JSONReader`` it must not outlive the buffer it reads.
struct ByteCursor {
  private let bytes: UnsafeBufferPointer<UInt8>
  private(set) var offset: Int

  /// - Precondition: the buffer is not empty, and `offset` is within it or at its end.
  init(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) {
    precondition(bytes.baseAddress != nil && (0...bytes.count).contains(offset))
    self.bytes = bytes
    self.offset = offset
  }

  /// The byte that stands next, or 0 at the end.
  @inline(__always)
  var next: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  @inline(__always)
  mutating func take(_ text: StaticString) -> Bool {
    take(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Moves over the same bytes as stand in `range`; an empty one never matches.
  @inline(__always)
  mutating func takeCopy(of range: Range<Int>) -> Bool {
    !range.isEmpty && take(UnsafeBufferPointer(rebasing: bytes[range]))
  }

  @inline(__always)
  private mutating func take(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard other.count <= bytes.count - offset,
      memcmp(bytes.baseAddress! + offset, other.baseAddress!, other.count) == 0
    else { return false }
    offset += other.count
    return true
  }

  /// Moves over exactly so many digits, at most 18.
  @inline(__always)
  mutating func digits(_ count: Int) -> Int64? {
    guard count <= bytes.count - offset else { return nil }
    var value: Int64 = 0
    for index in offset..<offset + count {
      let digit = bytes[index] &- 0x30
      guard digit < 10 else { return nil }
      value = value &* 10 &+ Int64(digit)
    }
    offset += count
    return value
  }

  /// Moves over 1 to `limit` ≤ 18 digits, with zeros in front or not.
  @inline(__always)
  mutating func number(atMost limit: Int) -> Int64? {
    let start = offset
    var value: Int64 = 0
    while offset < bytes.count, bytes[offset] &- 0x30 < 10 {
      guard offset - start < limit else { return nil }
      value = value &* 10 &+ Int64(bytes[offset] &- 0x30)
      offset += 1
    }
    return offset > start ? value : nil
  }

  /// Moves behind the next `end`; returns what was before it, or nil if that needs a second look:
  /// escapes and control characters.
  mutating func text(upTo end: Unicode.Scalar) -> UnsafeBufferPointer<UInt8>? {
    let (start, end) = (offset, UInt8(ascii: end))
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == end {
        offset += 1
        return UnsafeBufferPointer(rebasing: bytes[start..<offset - 1])
      }
      guard byte >= 0x20, byte != 0x5C else { return nil }
      offset += 1
    }
    return nil
  }
}
