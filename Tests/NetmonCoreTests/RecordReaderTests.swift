import NetmonCore
import Testing
import TestSupport

@Suite struct RecordReaderTests {
  /// The documented fields of a record, and nothing else.
  static let documented = """
    {"timestamp":"2026-11-22T10:00:00.000000Z","process_id":42,"process_name":"curl",\
    "process_path":"/usr/bin/curl","local_addr":"192.0.2.1:40000","remote_addr":"[2001:db8::1]:443",\
    "error":"ECONNREFUSED","service_name":"https","protocol":"tcp","state":"CLOSE"}
    """

  private func read(
    _ text: String, _ form: RecordReader.Form = .json
  ) throws(RecordReader.Rejection) -> RecordReader.Result {
    try RecordReader.read(Array(text.utf8), as: form)
  }

  private func mistakes(
    _ text: String, _ form: RecordReader.Form = .json
  ) -> [RecordReader.Mistake] {
    do throws(RecordReader.Rejection) {
      _ = try read(text, form)
      return []
    } catch {
      return error.mistakes
    }
  }

  /// The documented record with one field's JSON replaced.
  private func record(_ field: String, _ json: String) -> String {
    // A key that comes twice: the last one counts, as in every common parser.
    Self.documented.dropLast() + ",\"\(field)\":\(json)}"
  }

  @Test func documentedFieldsAreEnough() throws {
    let result = try read(Self.documented)
    let connection = try #require(result.connections.first)
    #expect(result.isSingle)
    #expect(connection.process.identity.pid == 42)
    #expect(connection.process.name == "curl")
    #expect(connection.remote == Endpoint("[2001:db8::1]:443"))
    #expect(connection.error == .ECONNREFUSED)
    #expect(connection.errorSource == .reported)
    #expect(connection.origin == nil && connection.revision == 1)
    #expect(connection.host == nil && connection.direction == nil && connection.bytesSent == nil)
  }

  @Test func errorAndServiceMayBeAbsentOrEmpty() throws {
    let optional = #""error":"ECONNREFUSED","service_name":"https","#
    var text = Self.documented.replacing(optional, with: "")
    #expect(try read(text).connections.first?.error == nil)
    text = record("error", "\"\"")
    #expect(try read(text).connections.first?.error == nil)
    #expect(try read(text).connections.first?.errorSource == nil)
  }

  @Test(
    arguments: [
      ("null", "113", ConnectionError.EHOSTUNREACH, nil), ("\"\"", "110", .ECONNTIMEOUT, nil),
      ("\"ETIMEDOUT\"", "110", .ECONNTIMEOUT, nil), ("\"ECONNRESET\"", "null", .ECONNRESET, nil),
      ("null", "0", nil, nil), ("null", "null", nil, nil),
      ("\"ECONNRESET\"", "111", nil, "is not the number of ECONNRESET, which is 104"),
      ("\"ECONNRESET\"", "0", nil, "is not the number of ECONNRESET, which is 104"),
      ("null", "100000", nil, "is not the number of a known error"),
      ("null", "\"111\"", nil, "is not a number"),
    ] as [(String, String, ConnectionError?, String?)])
  func theNumberOfAnErrorCounts(
    name: String, number: String, error: ConnectionError?, mistake: String?
  ) throws {
    let text = record("error", name).dropLast() + ",\"errno\":\(number)}"
    if let mistake {
      #expect(mistakes(String(text)).map { "\($0.pointer) \($0.detail)" } == ["/errno \(mistake)"])
    } else {
      let connection = try #require(try read(String(text)).connections.first)
      #expect(connection.error == error)
      #expect(connection.errorSource == error.map { _ in .reported })
    }
  }

  @Test func everythingSurvivesARoundTrip() throws {
    var full = try #require(try read(Self.documented).connections.first)
    full.id = 7
    full.origin = Origin(agent: "a-1", number: 99)
    full.revision = 3
    full.establishedAt = Timestamp("2026-11-22T10:00:01Z")
    full.closedAt = Timestamp("2026-11-22T10:00:02Z")
    full.updatedAt = full.closedAt
    full.host = "web-1"
    full.direction = .inbound
    full.errorStage = .handshake
    full.errorSource = .kernel
    full.errorCause = .peer_reset
    full.connectMicroseconds = 1
    full.durationMicroseconds = 2
    full.bytesSent = 3
    full.bytesReceived = 4
    full.rttMicroseconds = 5
    full.retransmits = 6
    full.drops = 7
    full.networkNamespace = 4_026_531_840
    full.process.userID = 1000
    full.process.user = "wéb"
    full.process.unit = "a@b.service"
    full.process.container = "3f2a"
    full.process.parentID = 1
    full.process.parentName = "sy\u{1b}[31m\"\\\n\u{0}\u{202e}😀"
    full.process.command = "curl -v"
    #expect(try read(full.json).connections == [full])
    #expect(try read(full.json + "\n\n" + full.json + "\r\n", .lines).connections == [full, full])
    #expect(try read("[\(full.json),\(full.json)]").connections == [full, full])
  }

  @Test func emptyLists() throws {
    #expect(try read("[]").connections.isEmpty)
    #expect(try read("", .lines).connections.isEmpty)
    #expect(mistakes("").map(\.pointer) == [""])
  }

  @Test(arguments: [
    ("timestamp", "null"), ("timestamp", "12"), ("timestamp", "\"yesterday\""),
    ("timestamp", "\"2014-12-31T23:59:59Z\""), ("timestamp", "\"2050-01-01T00:00:00Z\""),
    ("timestamp", "\"2026-11-22\""),
    ("process_id", "null"), ("process_id", "-1"), ("process_id", "1.5"), ("process_id", "1e3"),
    ("process_id", "1.01"), ("process_id", "1.0e0"),
    ("process_id", "\"1\""), ("process_id", "2147483648"), ("process_id", "99999999999999999999"),
    ("process_name", "null"), ("process_name", "1"), ("process_path", "[]"),
    ("local_addr", "null"), ("local_addr", "\"127.0.0.1\""), ("local_addr", "\"::1:80\""),
    ("remote_addr", "\"host:80\""), ("remote_addr", "\"1.2.3.4:65536\""), ("remote_addr", "{}"),
    ("error", "\"EFOO\""), ("error", "111"), ("error", "true"), ("service_name", "443"),
    ("protocol", "\"sctp\""), ("protocol", "null"), ("state", "\"OPEN\""), ("state", "10"),
    ("host", "1"), ("origin", "\"noslash\""), ("origin", "\"a/-1\""), ("revision", "0"),
    ("direction", "\"up\""), ("error_stage", "\"x\""), ("closed_at", "\"x\""),
    ("bytes_sent", "-1"), ("user_id", "4294967296"), ("retransmits", "\"0\""),
  ])
  func aMistakeIsPointedAt(field: String, json: String) {
    let single = mistakes(record(field, json))
    #expect(single.map(\.pointer) == ["/\(field)"], "\(single)")
    let list = mistakes("[\(Self.documented), \(record(field, json))]")
    #expect(list.map(\.pointer) == ["/1/\(field)"], "\(list)")
    let lines = mistakes(Self.documented + "\n" + record(field, json), .lines)
    #expect(lines.map(\.pointer) == ["/1/\(field)"], "\(lines)")
  }

  @Test(arguments: [
    "timestamp", "process_id", "process_name", "process_path", "local_addr", "remote_addr",
    "protocol", "state",
  ])
  func requiredFields(field: String) {
    let without = Self.documented.replacing("\"\(field)\"", with: "\"x_\(field)\"")
    #expect(mistakes(without).map(\.pointer) == ["/\(field)"])
    #expect(mistakes(without).first?.detail == "is required")
  }

  @Test func suggestionForAnUnknownError() {
    let detail = mistakes(record("error", "\"ECONREFUSED\"")).first?.detail
    #expect(detail?.contains("ECONNREFUSED") == true)
  }

  @Test func idAndUnknownFieldsAreIgnored() throws {
    for json in ["\"x\"", "{\"a\":[1,{}]}", "1.5", "null"] {
      #expect(try read(record("id", json)).connections.count == 1)
      #expect(try read(record("whatever", json)).connections.count == 1)
    }
  }

  @Test(arguments: [
    "{", "[", "[{}", "nul", "\"x\"", "1", "null", "{}{}", "[{},]", "{\"a\":}", "{\"a\" 1}",
    "{\"a\":\"\u{1}\"}", #"{"a":"\x"}"#, #"{"a":"\ud800"}"#, #"{"a":"\ud800A"}"#, #"{"a":"\u12"}"#,
    "{\"a\":01}", "{\"a\":1.}", "{\"a\":--1}", "{\"a\":tru}", "[] []",
    String(repeating: "[", count: 100_000),
    "{\"a\":" + String(repeating: "[", count: 100_000),
  ])
  func isNotJSON(text: String) {
    #expect(!mistakes(text).isEmpty)
  }

  @Test func invalidUTF8() {
    var bytes = Array(Self.documented.utf8)
    let index = bytes.firstRange(of: Array("curl".utf8))!.lowerBound
    bytes[index] = 0xFF
    #expect(throws: RecordReader.Rejection.self) { try RecordReader.read(bytes, as: .json) }
  }

  @Test func textHasALimit() throws {
    let longest = String(repeating: "x", count: RecordReader.maximumTextLength)
    #expect(try read(record("process_path", "\"\(longest)\"")).connections.count == 1)
    #expect(mistakes(record("process_path", "\"\(longest)x\"")).map(\.pointer) == ["/process_path"])
  }

  @Test func mistakesAreCounted() {
    let many = "[" + Array(repeating: "{}", count: 1000).joined(separator: ",") + "]"
    #expect(mistakes(many).count == RecordReader.maximumMistakes)
  }

  /// A document cut or changed anywhere is refused or read, and never ends the process.
  @Test func fuzz() throws {
    var generator = SplitMix(seed: 42)
    let good = Array(try #require(try read(Self.documented).connections.first).json.utf8)
    var accepted = 0
    for _ in 0..<20_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: index)
        default: bytes.removeSubrange(index..<min(index + 9, bytes.count))
        }
        if bytes.isEmpty { break }
      }
      if (try? RecordReader.read(bytes, as: .json)) != nil { accepted += 1 }
    }
    #expect((1..<20_000).contains(accepted), "some changes are harmless, most are not")
  }
}
