import Arguments
import Testing

struct FuzzTests {
  /// SplitMix64: the same arguments in every run.
  struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  static let words = [
    "query", "token", "create", "help", "--limit", "-n", "--limit=", "-n=5", "--color",
    "--no-color",
    "--no-", "-q", "-qn", "-qqqh", "--field", "-f", "--db", "--server", "--live", "--since", "-",
    "--",
    "---", "", "=", "-=", "--=", "-error:x", "-error:", "-:", "5", "-5", "-5.", "-.5", "1h30m",
    "http://[", "http://[::1]:", "2026-11-22T", "\u{0}", "\u{1B}]0;x\u{7}", "\n", "\r\n", "\u{301}",
    "-\u{301}", "--\u{301}", "-n\u{301}", "é", "\u{202E}", "\u{FFFD}", "🏳️‍🌈", "\u{E0001}",
  ]

  /// Words, joined words and single scalars from anywhere.
  static func argument(using generator: inout Generator) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      if Int.random(in: 0..<4, using: &generator) == 0 {
        let value = UInt32.random(in: 0...0x10FFFF, using: &generator)
        text.unicodeScalars.append(Unicode.Scalar(value) ?? "\u{FFFD}")
      } else {
        text += words.randomElement(using: &generator) ?? ""
      }
      if Bool.random(using: &generator) { break }
    }
    return text
  }

  @Test func randomArgumentsNeverCrashAndMistakesStayPrintableLines() {
    var generator = Generator(state: 42)
    var mistakes = 0
    var successes = 0
    for _ in 0..<10_000 {
      var arguments = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
        Self.argument(using: &generator)
      }
      if Bool.random(using: &generator) { arguments.insert("query", at: 0) }
      let environment = ["NETMON_SERVER": Self.argument(using: &generator)]
      guard let line = failure(arguments, environment: environment) else {
        successes += 1
        continue
      }
      mistakes += 1
      #expect(line.hasPrefix("netmon"))
      #expect(line.unicodeScalars.count < 300)
      #expect(line.unicodeScalars.allSatisfy(isPrintable), "\(arguments)")
    }
    // The arguments must be neither all wrong nor all right to say anything.
    #expect(mistakes > 5000 && successes > 100, "\(mistakes) mistakes, \(successes) successes")
  }

  private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    default: true
    }
  }
}
