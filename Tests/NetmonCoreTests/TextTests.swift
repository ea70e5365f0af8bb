import NetmonCore
import Testing

@Suite struct TextTests {
  @Test(arguments: [
    ("curl", "curl"), ("", ""), ("C:\\x1b", "C:\\x1b"), ("naïve 日本 👍🏽", "naïve 日本 👍🏽"),
    ("\u{1b}[2J", "\\x1b[2J"), ("a\nb\tc\r", "a\\x0ab\\x09c\\x0d"), ("\u{0}", "\\x00"),
    ("\u{7f}", "\\x7f"), ("\u{80}\u{9b}", "\\x80\\x9b"), ("\u{ad}", "\\xad"),
    ("\u{202a}\u{202e}", "\\u{202a}\\u{202e}"), ("\u{2066}\u{2069}", "\\u{2066}\\u{2069}"),
    ("\u{200e}\u{200f}\u{61c}", "\\u{200e}\\u{200f}\\u{61c}"),
    ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
    ("\u{200b}\u{200d}\u{feff}", "\\u{200b}\\u{200d}\\u{feff}"), ("\u{fffe}", "\\u{fffe}"),
    ("\u{10ffff}", "\\u{10ffff}"), ("\u{3164}", "\\u{3164}"), ("\u{e0041}", "\\u{e0041}"),
    ("⚠\u{fe0f}", "⚠\u{fe0f}"), ("e\u{301}", "e\u{301}"), ("\u{fffd}", "\u{fffd}"),
    ("\r\n", "\\x0d\\x0a"),
  ])
  func terminalSafety(_ text: String, _ safe: String) {
    #expect(terminalSafe(text).unicodeScalars.elementsEqual(safe.unicodeScalars))
  }

  @Test func everyEscapedTextIsSafe() {
    for value in 0...UInt32(0x10FFFF) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let safe = terminalSafe(String(scalar))
      if !safe.unicodeScalars.elementsEqual([scalar]),
        !safe.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
      {
        Issue.record("U+\(String(value, radix: 16))")
      }
    }
  }

  @Test(arguments: [
    ("", 0), ("curl", 4), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("ｶﾅ", 2), ("Ａ", 2), ("한국", 4),
    ("\u{1112}\u{1161}\u{11ab}", 2), ("👍", 2), ("🇩🇪", 2), ("⌚", 2), ("⚠", 1), ("a\u{200d}", 1),
    ("—", 1),
    ("𠀀", 2), ("…", 1), ("☺", 1), ("🚀", 2),
  ])
  func widths(_ text: String, _ columns: Int) {
    #expect(displayWidth(text) == columns)
  }

  @Test(arguments: [
    ("abcdef", 6, "abcdef", "abcdef"), ("abcdef", 5, "abcd…", "…cdef"), ("日本語", 5, "日本…", "…本語"),
    ("日本語", 4, "日…", "…語"), ("日本語", 6, "日本語", "日本語"), ("ab", 1, "…", "…"), ("", 0, "", ""),
    ("cafe\u{301}s", 5, "cafe\u{301}s", "cafe\u{301}s"),
    ("cafe\u{301}s!", 5, "cafe\u{301}…", "…fe\u{301}s!"),
  ])
  func truncation(_ text: String, _ columns: Int, _ head: String, _ tail: String) {
    #expect(truncated(text, columns: columns) == head)
    #expect(truncatedAtStart(text, columns: columns) == tail)
  }

  @Test(arguments: [
    ("192.0.2.1:443", 13, "192.0.2.1:443"), ("192.0.2.100:443", 12, "192.0.…0:443"),
    ("日本語日本語", 7, "日本…語"), ("abc", 2, "a…"), ("abc", 1, "…"),
  ])
  func truncationInTheMiddle(_ text: String, _ columns: Int, _ cut: String) {
    #expect(truncatedInMiddle(text, columns: columns) == cut)
    #expect(displayWidth(truncatedInMiddle(text, columns: columns)) <= columns)
  }

  @Test(arguments: [
    ("", 5, [""]), ("abcdef", 6, ["abcdef"]), ("abcdef", 4, ["abcd", "ef"]),
    ("日本語", 5, ["日本", "語"]), ("日本", 1, ["日", "本"]), ("abc", .max, ["abc"]),
  ])
  func folding(_ text: String, _ columns: Int, _ pieces: [String]) {
    #expect(folded(text, columns: columns) == pieces)
  }

  @Test func marksWithoutWidthDoNotPileUp() {
    let text = "a" + String(repeating: "\u{301}", count: 10_000)
    #expect(truncated(text, columns: 10).unicodeScalars.count <= 41)
  }

  @Test(arguments: [
    ("erorr", "error"), ("eror", "error"), ("ERROR", "error"), ("proces", "process"),
    ("hots", "host"),
    ("pro", "process"), ("ocess", "process"), ("x", nil), ("", nil), ("zzzzz", nil),
    ("prt", "port"),
    (String(repeating: "e", count: 1_000_000), nil),
  ])
  func closestMatches(_ text: String, _ meant: String?) {
    #expect(closestMatch(to: text, among: ["error", "process", "host", "port"]) == meant)
  }

  @Test func theFirstOfEquallyGoodCandidatesIsTaken() {
    #expect(closestMatch(to: "caat", among: ["cart", "cast"]) == "cart")
    #expect(closestMatch(to: "reset", among: ["ECONNRESET", "ENETRESET"]) == "ECONNRESET")
    #expect(closestMatch(to: "x", among: []) == nil)
  }
}
