import NetmonCore
import TestSupport

/// A name and, of some, a path that are out to do harm, as bytes.
struct HostileName {
  /// At most 15 bytes, which is all the kernel keeps (prctl(2) `PR_SET_NAME`).
  var name: [UInt8]
  /// Where to run from; nil to run from where the program is.
  var path: [UInt8]?

  /// What terminals, spreadsheets, pages, shells and readers of text could take for something else.
  private static let pieces: [[UInt8]] =
    [
      "\u{1b}[2J", "\u{1b}]0;x\u{7}", "\u{1b}[31m", "\u{9b}1A", "\u{90}q", "\u{8}\u{8}", "\u{7f}",
      "\n", "\r", "\t", "\r\n", " ", "  ", "\u{202e}", "\u{2066}", "\u{200b}", "\u{feff}",
      "\u{2028}",
      "<script>", "<b>", "&lt;", "]]>", "=cmd|", "+1", "-1", "@x", "\"", "\"\"", "'", "`id`",
      "$(x)",
      "\\", "\\x1b", "\\u001b", "%s", "%00", ",", ";", "{}", "null", "日本", "한국", "e\u{301}", "🚀",
      "\u{fffd}", "\u{fffd}e9", "\u{e000}", "\u{10ffff}", "ﷺ", "שלום",
    ].map { Array($0.utf8) } + [
      [0xFF], [0xFE, 0xFE], [0xC3], [0xE2, 0x80], [0xED, 0xA0, 0x80], [0x9B],
    ]

  /// So many different ones, the same for the same seed; every tenth with a path under `directory`,
  /// some of which are as long as the kernel allows.
  static func make(_ count: Int, seed: UInt64, in directory: String) -> [HostileName] {
    var random = SplitMix(seed: seed)
    var names: Set<[UInt8]> = []
    while names.count < count {
      // Cut anywhere, also within a character.
      names.insert(Array(bytes(of: Int.random(in: 1...15, using: &random), &random).prefix(15)))
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }.enumerated().map { index, name in
      guard index.isMultiple(of: 10) else { return HostileName(name: name) }
      var path = Array("\(directory)/\(index)".utf8)
      let length = index.isMultiple(of: 100) ? 4000 : Int.random(in: 60...300, using: &random)
      while path.count < length {
        let component = bytes(of: min(200, length - path.count), &random)
        path += [UInt8(ascii: "/")] + component.filter { $0 != UInt8(ascii: "/") }.prefix(200)
      }
      return HostileName(name: name, path: path + Array("/x".utf8))
    }
  }

  private static func bytes(of length: Int, _ random: inout SplitMix) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < length { bytes += pieces.randomElement(using: &random) ?? [] }
    return bytes
  }

  /// The line of `hostile-names` for it.
  var line: String { hexadecimal(name) + " " + hexadecimal(path ?? []) + "\n" }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 0xF, radix: 16) }.joined()
  }
}
