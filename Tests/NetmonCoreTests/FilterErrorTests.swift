import NetmonCore
import Testing

@Suite struct FilterErrorTests {
  private static let now = FilterParsingTests.now

  /// The wrong part of a filter stands between ⟦ and ⟧.
  @Test(arguments: [
    ("⟦erorr⟧:any", "error"), ("x -⟦procces⟧:curl", "process"), ("⟦remot-addr⟧:1", "remote_addr"),
    ("⟦foo:bar⟧", "\"foo:bar\""), ("⟦http://x⟧ error:any", "\"http://x\""),
    ("-⟦xyzzy:\"a b\"⟧", nil), ("é ⟦erorr⟧:any", "error"),
    ("error:⟦ECONREFUSED⟧", "ECONNREFUSED"), ("error:any,⟦refused⟧", "ECONNREFUSED"),
    ("error:⟦reset⟧", "ECONNRESET"), ("error:⟦timeout⟧", "ETIMEDOUT"),
    ("error:⟦ETIMEDOUTT⟧", "ETIMEDOUT"), ("error:⟦111⟧", "ECONNREFUSED"), ("error:⟦al⟧", nil),
    ("error:⟦999⟧", nil), ("error:⟦nnoe⟧", "none"),
    ("state:⟦SYN-SENT⟧", "SYN_SENT"), ("state:⟦established!⟧", "ESTABLISHED"), ("state:⟦up⟧", nil),
    ("direction:⟦outbond⟧", "outbound"), ("protocol:⟦tpc⟧", "tcp"), ("family:⟦6⟧", nil),
    ("family:⟦ip6⟧", "ipv6"), ("stage:⟦hand-shake⟧", "handshake"), ("source:⟦infered⟧", "inferred"),
    ("cause:⟦peer-reset⟧", "peer_reset"),
    ("⟦error=any⟧", "error:any"), ("⟦latency>100ms⟧", "latency:>100ms"), ("-⟦PID<5⟧", "pid:<5"),
    ("process:⟦⟧", nil), ("process:a,⟦⟧", nil), ("process:⟦⟧,a", nil), ("a,⟦⟧ b", nil),
    ("process:⟦\"a b⟧", nil), ("⟦-⟧", nil), ("⟦-⟧ curl", nil), ("⟦\"\"⟧", nil),
    ("⟦cur*⟧", "process:cur*"), ("⟦\"a *\"⟧", nil),
    ("pid:1,⟦x⟧", nil), ("pid:⟦200..100⟧", "100..200"), ("pid:⟦100..⟧", ">=100"),
    ("pid:⟦..100⟧", "<=100"), ("latency:⟦>fast⟧", nil),
    ("since:⟦>1h⟧", "1h"), ("until:⟦soon⟧", nil), ("timestamp:⟦1h⟧", ">=1h"),
    ("remote:⟦10.0.*⟧", "10.0.0.0/16"), ("remote:⟦10.*.*.*⟧", "10.0.0.0/8"),
    ("remote:⟦*.com⟧", nil), ("remote:⟦1.2.3.4*⟧", nil), ("remote:⟦example.com:443⟧", nil),
    ("port:⟦https⟧", nil), ("pid:⟦2-1⟧", "1..2"), ("pid:⟦100-⟧", ">=100"),
    ("a ⟦AND⟧ b", nil), ("error:any ⟦OR⟧ error:none", nil), ("⟦NOT⟧ error:any", nil),
    ("a ⟦&&⟧ b", nil), ("a ⟦||⟧ b", nil), ("⟦!⟧ a", nil), ("⟦!error:any⟧", "-error:any"),
    ("-⟦!curl⟧", "curl"), ("⟦error!=any⟧", "-error:any"), ("-⟦PID!=5⟧", "pid:5"),
    ("⟦error==any⟧", "error:any"), ("⟦(curl⟧", "\"(curl\""), ("a ⟦b)⟧", "\"b)\""),
    ("⟦(⟧ a", "\"(\""), ("⟦(error:any⟧", nil),
    ("⟦since:24h ago⟧ curl", "since:24h"), ("x ⟦until:1h ago⟧", "until:1h"),
    ("since:⟦\"24h ago\"⟧", "24h"), ("since:⟦\"long ago\"⟧", nil),
    ("latency:⟦>250⟧", ">250ms"), ("rtt:⟦250..300⟧", "250ms..300ms"), ("latency:⟦1.5⟧", nil),
  ])
  func positionsAndSuggestions(_ marked: String, _ suggestion: String?) throws {
    let parts = marked.split(omittingEmptySubsequences: false) { "⟦⟧".contains($0) }.map(
      String.init)
    let text = parts.joined()
    let error = try #require(throws: FilterError.self) { try Filter(text, now: Self.now) }
    #expect(error.text == text)
    #expect(error.position == parts[0].utf8.count, "\(error)")
    #expect(error.length == parts[1].utf8.count, "\(error)")
    #expect(error.suggestion == suggestion, "\(error)")
  }

  @Test(arguments: [
    ("error:ECONREFUSED", "unknown error 'ECONREFUSED'; did you mean 'ECONNREFUSED'?"),
    ("erorr:any", "unknown key 'erorr'; did you mean 'error'?"),
    ("protocol:icmp", "unknown protocol 'icmp' (tcp, udp)"),
    (
      "remote:example.com",
      "'example.com' is not an address; netmon records addresses, not the names looked up"
    ),
    (
      "remote:10.0.*",
      "'10.0.*' is not an address; for several write a block such as 10.0.0.0/8"
        + "; did you mean '10.0.0.0/16'?"
    ),
    ("port:https", "'https' is not a port: 0 to 65535, or a range such as 1000-2000"),
    (
      "latency:>fast",
      "'fast' is not a duration such as 250us, 100ms, 5s, 2m, 1h30m or 1d"
    ),
    ("since:>1h", "'since' compares by itself; did you mean '1h'?"),
    ("process:\u{1b}[2J\"", "this quote is not closed"),
    ("error:\u{1b}[2J\u{202e}", "unknown error '\\x1b[2J\\u{202e}'"),
    (
      "error:" + String(repeating: "x", count: 100_000),
      "unknown error '" + String(repeating: "x", count: 39) + "…'"
    ),
  ])
  func messages(_ text: String, _ description: String) throws {
    let error = try #require(throws: FilterError.self) { try Filter(text, now: Self.now) }
    #expect(error.description == description)
  }

  @Test(arguments: [
    ("erorr:any", 1, 5), ("é erorr:any", 3, 5), ("日本 pid:日", 8, 1), ("process:", 9, 0),
  ])
  func placesAreCountedAsPeopleDo(_ text: String, _ character: Int, _ count: Int) throws {
    let error = try #require(throws: FilterError.self) { try Filter(text, now: Self.now) }
    #expect((error.character, error.characterCount) == (character, count))
    #expect(error.place == "at character \(character) of '\(text)'")
  }

  @Test(arguments: ["a AND b", "error:any OR error:none", "process:a OR process:b", "NOT curl"])
  func operatorsAreMistakesWithinOneOperandToo(_ operand: String) throws {
    let error = try #require(throws: FilterError.self) {
      try Filter(arguments: [operand], now: Self.now)
    }
    #expect(error.message.contains("quote it"))
  }

  @Test func theTextOfAnErrorIsTheOperandOrTheParameter() throws {
    let operand = try #require(throws: FilterError.self) {
      try Filter(arguments: ["error:any", "pid:x"], now: Self.now)
    }
    #expect((operand.text, operand.position, operand.length) == ("pid:x", 4, 1))
    let value = try #require(throws: FilterError.self) {
      try Filter(key: "pid", value: "1,x", now: Self.now)
    }
    #expect((value.text, value.position, value.length) == ("1,x", 2, 1))
    let key = try #require(throws: FilterError.self) {
      try Filter(key: "pdi", value: "1", now: Self.now)
    }
    #expect((key.text, key.position, key.length, key.suggestion) == ("pdi", 0, 3, "pid"))
    #expect(throws: FilterError.self) { try Filter(key: "pid", value: "", now: Self.now) }
  }

  @Test(arguments: [
    ("host:web-1 erorr:any", "host:web-1 erorr:any\n           ^~~~~"),
    ("日本 pid:x", "日本 pid:x\n         ^"),
    ("\u{1b} pid:x y", "\\x1b pid:x y\n         ^"),
    ("process:", "process:\n        ^"),
    ("process:a, b", "process:a, b\n          ^"),
    (
      String(repeating: "a", count: 200) + " pid:x " + String(repeating: "b", count: 200),
      "…aaaaaaaaaaaaa pid:x " + String(repeating: "b", count: 54) + "…\n"
        + String(repeating: " ", count: 19) + "^"
    ),
  ])
  func excerpts(_ text: String, _ excerpt: String) throws {
    let error = try #require(throws: FilterError.self) { try Filter(text, now: Self.now) }
    #expect(error.excerpt() == excerpt)
  }
}
