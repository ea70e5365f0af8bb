import Arguments
import Testing

struct ValueTests {
  @Test(
    arguments: [
      ("90s", .seconds(90), "1m30s"), ("5m", .seconds(300), "5m"), ("2h", .seconds(7200), "2h"),
      ("14d", .seconds(1_209_600), "14d"), ("500ms", .milliseconds(500), "500ms"),
      ("1h30m", .seconds(5400), "1h30m"), ("1d2h3m4s5ms", .milliseconds(93_784_005), "1d2h3m4s5ms"),
      ("0s", .zero, "0s"), ("1500ms", .milliseconds(1500), "1s500ms"),
    ] as [(String, Duration, String)])
  func durations(_ text: String, _ duration: Duration, _ canonical: String) throws {
    #expect(try Duration(argument: text) == duration)
    #expect(duration.argument == canonical)
  }

  @Test(arguments: [
    "", "5", "s", "-5s", "+5s", "5 s", "1.5h", "5S", "30m1h", "1h1h", "5x", "1h30", "٥s", "5s ",
    "106751991168d", "9223372036854775808ms", "9223372036854775807ms1s",
  ])
  func notDurations(_ text: String) {
    #expect(throws: InvalidValue.isNot("a duration such as 90s, 5m, 1h30m or 14d")) {
      try Duration(argument: text)
    }
  }

  @Test(arguments: [
    ("0", 0, "0"), ("500", 500, "500"), ("500B", 500, "500"), ("4096", 4096, "4KiB"),
    ("64MB", 64_000_000, "64MB"), ("2gb", 2_000_000_000, "2GB"), ("512KiB", 524_288, "512KiB"),
    ("512kib", 524_288, "512KiB"), ("1kB", 1000, "1kB"), ("3TiB", 3_298_534_883_328, "3TiB"),
    ("1000KB", 1_000_000, "1MB"), ("1001", 1001, "1001"),
  ])
  func byteCounts(_ text: String, _ bytes: Int, _ canonical: String) throws {
    #expect(try ByteCount(argument: text) == ByteCount(bytes: bytes))
    #expect(ByteCount(bytes: bytes).argument == canonical)
  }

  @Test(arguments: ["", "MB", "-1", "1.5MB", "1 MB", "64M", "1PB", "9223372036854775807kB", "1e3"])
  func notByteCounts(_ text: String) {
    #expect(throws: InvalidValue.isNot("a size such as 4096, 64MB or 512KiB")) {
      try ByteCount(argument: text)
    }
  }

  @Test(arguments: [("0", 0), ("65535", 65535), ("+7", 7)] as [(String, UInt16)])
  func integers(_ text: String, _ number: UInt16) throws {
    #expect(try UInt16(argument: text) == number)
  }

  @Test(
    arguments: [("", ""), ("½", ""), ("٣", ""), ("-", ""), ("abc", "")]
      + [
        "-1", "65536", "1.0", "0x10", "1 ", "99999999999999999999",
      ].map { ($0, " from 0 to 65535") })
  func notIntegers(_ text: String, _ range: String) {
    #expect(throws: InvalidValue.isNot("a whole number" + range)) {
      try UInt16(argument: text)
    }
  }

  @Test(
    arguments: [
      ("http://localhost", "http", "localhost", 80, "", "http://localhost"),
      ("HTTP://LocalHost:8080/", "http", "localhost", 8080, "", "http://localhost:8080"),
      ("https://a.b-c.d:443/x/y/", "https", "a.b-c.d", 443, "/x/y", "https://a.b-c.d/x/y"),
      ("http://10.0.0.1:1", "http", "10.0.0.1", 1, "", "http://10.0.0.1:1"),
      ("http://[::1]:8080", "http", "::1", 8080, "", "http://[::1]:8080"),
      (
        "https://[2001:DB8::8:1]/x", "https", "2001:db8::8:1", 443, "/x",
        "https://[2001:db8::8:1]/x"
      ),
      ("http://[1:2:3:4:5:6:7:8]", "http", "1:2:3:4:5:6:7:8", 80, "", "http://[1:2:3:4:5:6:7:8]"),
      ("http://[::]", "http", "::", 80, "", "http://[::]"),
    ] as [(String, String, String, UInt16, String, String)])
  func urls(
    _ text: String, _ scheme: String, _ host: String, _ port: UInt16, _ path: String,
    _ canonical: String
  ) throws {
    let url = try HTTPURL(argument: text)
    #expect(url.scheme == scheme && url.host == host && url.port == port && url.path == path)
    #expect(url.argument == canonical)
    #expect(try HTTPURL(argument: canonical) == url)
  }

  @Test(arguments: [
    "", "localhost", "localhost:8080", "http:", "http://", "http:///x", "ftp://x", "http:/x",
    "http://x:", "http://x:0", "http://x:65536", "http://x:+80", "http://x:80:90", "http://u@x",
    "http://x y", "http://x/?q", "http://x?q", "http://x#f", "http://-x", "http://x..y",
    "http://[::1", "http://::1", "http://[::1]x", "http://[::1]x80", "http://[:::]",
    "http://[1::2::3]", "http://[1:2:3:4:5:6:7]", "http://[1:2:3:4:5:6:7:8:9]", "http://[12345::]",
    "http://[::g]", "http://[1:2:3:4:5:6:7::8]", "http://ü", "http://x/\u{1B}",
  ])
  func notURLs(_ text: String) {
    #expect(HTTPURL(text) == nil)
  }

  static let now: Int64 = 1_795_341_600_000_000  // 2026-11-22T10:00Z

  @Test(
    arguments: [
      ("now", 1_795_341_600_000_000, "now"), ("1h", 1_795_338_000_000_000, "1h"),
      ("500ms", 1_795_341_599_500_000, "500ms"),
      ("2026-11-22", 1_795_305_600_000_000, "2026-11-22"),
      ("2026-11-22T10:00Z", 1_795_341_600_000_000, "2026-11-22T10:00Z"),
      ("2026-11-22T10:00", 1_795_341_600_000_000, "2026-11-22T10:00Z"),
      ("2026-11-22 10:00:01", 1_795_341_601_000_000, "2026-11-22T10:00:01Z"),
      ("2026-11-22t10:00:00.5z", 1_795_341_600_500_000, "2026-11-22T10:00:00.500000Z"),
      ("2026-11-22T10:00:00.1234567Z", 1_795_341_600_123_456, "2026-11-22T10:00:00.123456Z"),
      ("2026-11-22T11:30+01:30", 1_795_341_600_000_000, "2026-11-22T10:00Z"),
      ("2026-11-22T00:00-10:00", 1_795_341_600_000_000, "2026-11-22T10:00Z"),
      ("1970-01-01", 0, "1970-01-01"), ("1969-12-31T23:59:59Z", -1_000_000, "1969-12-31T23:59:59Z"),
      ("2024-02-29", 1_709_164_800_000_000, "2024-02-29"),
      ("2000-02-29", 951_782_400_000_000, "2000-02-29"),
      ("0000-03-01", -62_162_035_200_000_000, "0000-03-01"),
      ("9999-12-31", 253_402_214_400_000_000, "9999-12-31"),
      ("106751991167d", .min, "106751991167d"),
    ] as [(String, Int64, String)])
  func moments(_ text: String, _ microseconds: Int64, _ canonical: String) throws {
    let moment = try Moment(argument: text)
    #expect(moment.resolve(now: Self.now) == microseconds)
    #expect(moment.argument == canonical)
    #expect(try Moment(argument: canonical) == moment)
  }

  @Test(arguments: [
    "", "yesterday", "2026", "2026-11", "2026-13-01", "2026-00-01", "2026-11-31", "2026-02-29",
    "1900-02-29", "2026-11-22T", "2026-11-22T10", "2026-11-22T24:00", "2026-11-22T10:60",
    "2026-11-22T10:00:60Z", "2026-11-22T10:00:00.Z", "2026-11-22T10:00+1", "2026-11-22T10:00+25:00",
    "2026-11-22T10:00ZZ", "2026-11-22Z", "20261122", "-2026-11-22", "2026-1-2", "２026-11-22",
    "2026-11-22T10:00:00,5Z", " 2026-11-22", "-1h",
  ])
  func notMoments(_ text: String) {
    #expect(throws: InvalidValue.self) { try Moment(argument: text) }
  }

  @Test func pathsAreNotEmpty() throws {
    #expect(try Path(argument: "a b").string == "a b")
    #expect(throws: InvalidValue.isNot("a path")) { try Path(argument: "") }
  }

  @Test(
    arguments: [
      ("qurey", "query"), ("qeury", "query"), ("quer", "query"), ("Query", "query"),
      ("srve", "serve"), ("se", "serve"), ("colect", "collect"),
      ("q", nil), ("x", nil), ("xyzzy", nil), ("", nil), ("db", nil), ("queries-of-old", nil),
      (String(repeating: "query", count: 10_000), nil),
    ] as [(String, String?)])
  func closestMatches(_ text: String, _ match: String?) {
    #expect(closestMatch(to: text, among: ["serve", "query", "collect", "dc"]) == match)
  }
}
