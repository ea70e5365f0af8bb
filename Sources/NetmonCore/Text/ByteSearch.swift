// Comparisons by bytes, as SQLite makes them: Swift's own `==` on strings takes different bytes
// for equal when they are canonically equivalent ("é" in one scalar or in two).

/// Where `needle` first occurs in `text` at or after `start`, or nil; folding case takes ASCII
/// letters in either case for equal.
func firstOffset(
  of needle: Span<UInt8>, in text: Span<UInt8>, from start: Int = 0, foldingCase: Bool = false
) -> Int? {
  guard start + needle.count <= text.count else { return nil }
  return (start...text.count - needle.count).first {
    occurs(needle, in: text, at: $0, foldingCase: foldingCase)
  }
}

/// Whether `text` holds `needle` at an offset.
func occurs(
  _ needle: Span<UInt8>, in text: Span<UInt8>, at offset: Int, foldingCase: Bool = false
) -> Bool {
  guard offset >= 0, offset + needle.count <= text.count else { return false }
  for index in needle.indices {
    let (a, b) = (needle[index], text[offset + index])
    guard a == b || foldingCase && lowercase(a) == lowercase(b) else { return false }
  }
  return true
}

private func lowercase(_ byte: UInt8) -> UInt8 {
  (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}
