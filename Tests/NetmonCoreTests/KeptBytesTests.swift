import NetmonCore
import Testing

/// Names that are no UTF-8 keep their bytes.
@Suite struct KeptBytesTests {
  @Test(
    arguments: [
      ([], "", ""), (Array("curl".utf8), "curl", "curl"), (Array("日本 é".utf8), "日本 é", "日本 é"),
      ([0x63, 0xE9], "c\u{fffd}e9", "c\\xe9"), ([0xE9, 0x41], "\u{fffd}e9A", "\\xe9A"),
      // A sequence that is cut, an overlong one, a surrogate, and one beyond Unicode.
      ([0xE6, 0x97], "\u{fffd}e6\u{fffd}97", "\\xe6\\x97"),
      ([0xC0, 0x80], "\u{fffd}c0\u{fffd}80", "\\xc0\\x80"),
      ([0xED, 0xA0, 0x80], "\u{fffd}ed\u{fffd}a0\u{fffd}80", "\\xed\\xa0\\x80"),
      (
        [0xF5, 0x80, 0x80, 0x80], "\u{fffd}f5\u{fffd}80\u{fffd}80\u{fffd}80", "\\xf5\\x80\\x80\\x80"
      ),
      // A replacement character that is really there.
      ([0xEF, 0xBF, 0xBD], "\u{fffd}ef\u{fffd}bf\u{fffd}bd", "\\xef\\xbf\\xbd"),
      (Array("\\xe9".utf8), "\\xe9", "\\xe9"),
      ([0x65, 0xCC, 0x81, 0xFF], "e\u{301}\u{fffd}ff", "é\\xff"),
    ] as [([UInt8], String, String)])
  func texts(bytes: [UInt8], text: String, shown: String) {
    let kept = bytes.withUnsafeBufferPointer { String(keeping: $0) }
    #expect(kept.unicodeScalars.elementsEqual(text.unicodeScalars))
    #expect(terminalSafe(kept) == shown)
    #expect(kept.keptBytes == bytes)
  }

  @Test func anyBytesComeBack() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      // Of bytes that begin or continue sequences, and digits that could be taken for an escape.
      let pool: [UInt8] = [0xEF, 0xBF, 0xBD, 0xE9, 0xC3, 0xA9, 0xF0, 0x9F, 0x61, 0x39, 0xFF, 0x0A]
      let bytes = (0..<Int.random(in: 0...15, using: &random)).map { _ in
        pool.randomElement(using: &random) ?? 0
      }
      let kept = bytes.withUnsafeBufferPointer { String(keeping: $0) }
      #expect(kept.keptBytes == bytes)
    }
  }
}
