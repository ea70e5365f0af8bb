import Foundation
import NetmonCore
import NetmonStore
import Testing

@testable import NetmonServer

/// What the patterns of the document match is understood.
@Suite struct PatternTests {
  private static func matches(_ text: String, _ pattern: String) -> Bool {
    matchesPattern(text, "^(?:\(pattern))$")
  }

  private static func isFilter(_ text: String) -> Bool {
    (try? Filter(text, now: testNow)) != nil
  }

  @Test(arguments: [
    "", " ", "curl", "-curl", "a,b", "a, b", "error:any", "error:ECONNREFUSED,ECONNRESET -pid:7",
    "remote:10.0.0.0/8", "remote:[2001:db8::/32]:443", "remote::443", "remote:*:443", "port:443",
    "since:1h", "until:2026-11-22T10:00Z", "latency:>100ms", "duration:<=1.5s", "bytes:>1MB",
    "timestamp:>=1h", "timestamp:2026-11-22", "process:\"a b\"", "process:\"\\\"\",x", "unit:a\\b",
    "command:*--x*", "1:2", "é:", "--", "a=5", "\"port:5\"", "-\"-x\"", "container:3f2a",
    "state:SYN_SENT", "user_id:>=1000", "id:5,7", "*", "a*", "\"a\\*\"", "\"", "-", "-\"\"", "\"\"",
    "a:b", "-a:b", "erorr:any", "port=5", "-port=5", "pid>5", ",", "a,", "a,,b", "process:",
    "process:,", "error:", "error:EFOO", "remote:256.0.0.1", "remote:1.2.3.4/33", "port:65536",
    "since:>1h", "timestamp:1h", "latency:5x", "bytes:1.5B", "a\u{0}b", "\u{a0}", "\t\n",
    "latency:7",
    "AND", "a OR b", "NOT a", "\"AND\"", "ANDROID", "and", "connect_us:7ms", "-AND",
    "a && b", "||", "a&b", "&&,a", "&", "a|b", "!a", "-!a", "a!b", "pid!=5", "a!=5", "(a", "a)",
    "f(x", "a)b",
    "a )", "-&&", "a,!b",
  ])
  func ofFilters(_ text: String) {
    #expect(Self.matches(text, Pattern.filter) == Self.isFilter(text), "\(text)")
  }

  /// It is also right of texts that nobody would write, but for IPv6 addresses.
  @Test func ofAnyText() throws {
    let expression = try NSRegularExpression(pattern: "^(?:\(Pattern.filter))$")
    var random = SystemRandomNumberGenerator()
    let pieces: [String] = [
      "a", "é", "\"", "\\", "*", ",", " ", "-", ":", "=", ">", "port", "process:", "error:", "any",
      "7", "AND",
      "\t", "日", "\u{0}", ".", "/", "pid:", "since:", "1h",
    ]
    for _ in 0..<5_000 {
      let text = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        pieces.randomElement(using: &random) ?? ""
      }.joined()
      let words = text.split(whereSeparator: \.isWhitespace).flatMap {
        [$0, $0.drop { $0 == "-" }]
      }
      if words.contains(where: { IPAddress(String($0)) != nil }) { continue }
      if matchesPattern(text, expression) != Self.isFilter(text) { Issue.record("\(text)") }
    }
  }

  @Test(arguments: Filter.keys.flatMap { key in ([key.name] + key.aliases).map { (key, $0) } })
  func ofKeys(key: Filter.Key, name: String) {
    let pattern = Pattern.values(of: key, named: name)
    // A range may be an empty one, which no pattern can tell.
    if !key.example.contains(".."), key.name != "port" {
      #expect(Self.matches(key.example, pattern))
    }
    let values =
      key.values + [
        "", " ", "7", "<7", ">=7", "=7", "7,8", "7, 8", "\"", "\"\"", "a b", "a,", ">", "1h", ">1h",
        "now", ">now", "2026-11-22T10:00:00.5+01:00", "2026-02-30", "1.5s", "5kB", "127.0.0.1:1",
        "::1", "[::1]:65535", "1.2.3.4/32", "::/129", "*", "tcp,udp", "EFOO", "x", "\u{1b}",
      ]
    for value in values where !(value.isEmpty && key.kind == .text) {
      let isUnderstood = (try? Filter(key: name, value: value, now: testNow)) != nil
      // White space and quotes around other values than texts are understood, and not described.
      let isPlain = key.kind == .text || !value.contains { " \"".contains($0) }
      if isPlain { #expect(Self.matches(value, pattern) == isUnderstood, "\(name)=\(value)") }
    }
  }

  @Test(arguments: [
    ("127.0.0.1:0", true), ("255.255.255.255:65535", true), ("[::]:1", true),
    ("[2001:db8::1:2:3]:443", true), ("[1:2:3:4:5:6:7:8]:443", true),
    ("[1:2:3:4:5:6:7::]:443", true),
    ("[::2:3:4:5:6:7:8]:443", true), ("1.2.3.4", false), ("1.2.3:4", false), ("01.2.3.4:5", false),
    ("[1::2::3]:4", false), ("::1:80", false), ("[::1]:65536", false), ("host:80", false),
    ("[1:2:3:4:5:6:7:8:9]:4", false), ("[1:2:3:4:5:6:7]:4", false),
  ])
  func ofAddresses(text: String, isOne: Bool) {
    #expect(Self.matches(text, Pattern.address) == isOne)
    #expect((Endpoint(text) != nil) == isOne)
  }

  @Test(arguments: [
    ("2026-11-22T10:00:00.000000Z", true), ("2016-02-28t23:59:59-23:59", true),
    ("2048-12-31T00:00:00.123456789+00:30", true), ("2026-02-30T10:00:00Z", false),
    ("2026-11-22", false), ("2026-11-22T24:00:00Z", false), ("2050-01-01T00:00:00Z", false),
    ("2026-04-31T10:00:00Z", false), ("soon", false),
  ])
  func ofTimes(text: String, isOne: Bool) {
    #expect(Self.matches(text, Pattern.recordedTime) == isOne)
    let time = text.utf8.count > 10 ? Timestamp(text) : nil
    #expect((time.map(Timestamp.valid.contains) ?? false) == isOne)
  }

  @Test func ofCursors() throws {
    for text in ["n0-0", "n3k-zz", "su-0-1", "si1z-2-3", "st-0-0", "st00ff-1-2"] {
      let cursor = try #require(ConnectionQuery.Cursor(text))
      #expect(Self.matches(text, Pattern.cursorOfUnsorted) == cursor.isOfUnsorted)
      #expect(Self.matches(text, Pattern.cursorOfSorted) == !cursor.isOfUnsorted)
    }
    for text in [
      "", "n", "n1", "n01-1", "s-1", "S1", "n1-1-1", "s01", "s1", "su-1", "sux-0-0", "si-0-0",
      "st0-0-0", "stFF-0-0",
    ] {
      #expect(ConnectionQuery.Cursor(text) == nil)
      #expect(!Self.matches(text, Pattern.cursorOfUnsorted))
      #expect(!Self.matches(text, Pattern.cursorOfSorted))
    }
  }
}
