import Testing
import TestSupport

@testable import NetmonCore

/// Records are read by two readers, a fast one and an exact one. What comes out must be the same.
@Suite struct RecordScannerTests {
  private typealias Outcome = Result<RecordReader.Result, RecordReader.Rejection>

  private func read(_ bytes: [UInt8], _ form: RecordReader.Form, exactly: Bool) -> Outcome {
    Outcome { () throws(RecordReader.Rejection) in
      try RecordReader.read(bytes, as: form, exactly: exactly)
    }
  }

  /// Compares the two readers; whether the document was accepted.
  private func agree(_ bytes: [UInt8], _ form: RecordReader.Form) -> Bool {
    switch (read(bytes, form, exactly: false), read(bytes, form, exactly: true)) {
    case (.success(let fast), .success(let exact)):
      #expect(fast.connections == exact.connections, "\(String(decoding: bytes, as: UTF8.self))")
      #expect(fast.isSingle == exact.isSingle)
      return true
    case (.failure(let fast), .failure(let exact)):
      #expect(fast.mistakes == exact.mistakes, "\(String(decoding: bytes, as: UTF8.self))")
    default:
      Issue.record("one of them refuses \(String(decoding: bytes, as: UTF8.self))")
    }
    return false
  }

  @Test func whatNetmonWritesIsReadFast() throws {
    var generator = SplitMix(seed: 1)
    for _ in 0..<1000 {
      let record = randomRecord(&generator)
      let bytes = Array(record.json.utf8)
      let read = bytes.withUnsafeBufferPointer { buffer in
        var scanner = RecordScanner(buffer)
        return scanner.record(at: 0)
      }
      let (connection, end) = try #require(read, "\(record.json)")
      #expect(connection.json == record.json)
      #expect(end == bytes.count)
    }
  }

  @Test func bothReadersAgreeOnDocuments() {
    var generator = SplitMix(seed: 2)
    for _ in 0..<150 {
      let records = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
        randomRecord(&generator).json
      }
      #expect(agree(Array(records.joined(separator: "\n").utf8), .lines))
      #expect(agree(Array("[\(records.joined(separator: ", "))]".utf8), .json))
      #expect(agree(Array(records[0].utf8), .json))
    }
  }

  @Test func bothReadersAgreeOnWhatIsWrong() {
    var generator = SplitMix(seed: 3)
    var accepted = 0
    for _ in 0..<2500 {
      let records = (0..<3).map { _ in randomRecord(&generator).json }
      var bytes = Array(records.joined(separator: "\n").utf8)
      for _ in 0..<Int.random(in: 1...3, using: &generator) { mutate(&bytes, &generator) }
      if agree(bytes, .lines) { accepted += 1 }
    }
    #expect((1..<2500).contains(accepted), "some changes are harmless, most are not")
  }

  @Test(arguments: [
    (#""process_id":42"#, #""process_id":042"#), (#""process_id":42"#, #""process_id":2147483648"#),
    (#""process_id":42"#, #""process_id":null"#), (#""process_id":42"#, #""process_id":42.0"#),
    (":00.000000Z", ":60.000000Z"), (":00.000000Z", ":00Z"), ("T10:", "T24:"), ("2026-", "2050-"),
    ("2026-11-22", "2026-02-30"), ("2026-11-22", "2014-12-31"), ("192.0.2.1:", "192.0.2.01:"),
    ("192.0.2.1:40000", "192.0.2.1:65536"), ("[2001:db8::1]", "[192.0.2.1]"),
    ("192.0.2.1:", "[::ffff:192.0.2.1]:"), ("ECONNREFUSED", "ETIMEDOUT"), ("ECONNREFUSED", ""),
    ("ECONNREFUSED", "econnreset"), (#""tcp""#, #""udp""#), (#""tcp""#, #""TCP""#),
    (#""CLOSE""#, #""close""#), (#""CLOSE""#, "null"), ("\"revision\":1", "\"revision\":0"),
    ("\"revision\":1", "\"revision\":null"), (#""family":"ipv6""#, #""family":{}"#),
    (#""errno":111"#, #""errno":-1.5"#), (#""errno":111"#, #""errno":104"#),
    (#""errno":111"#, #""errno":null"#), (#""error":"ECONNREFUSED""#, #""error":null"#),
    ("curl", "c\\u0075rl"), ("curl", "cürl"),
    ("curl", "c\u{1}"),
    (#""id":null"#, #""id":9007199254740992"#), (#""id":null"#, #""id":-7"#),
    (#""origin":null"#, #""origin":"a/01""#), (#""origin":null"#, #""origin":"a b/1""#),
    (#""origin":null"#, #""origin":"/1""#),
    (#""origin":null"#, #""origin":"a/9223372036854775808""#),
    (#""user_id":null"#, #""user_id":4294967296"#), (#""drops":null"#, #""drops":00"#),
    (#""netns":null}"#, #""netns":null,"netns":3}"#), (#""netns":null}"#, #""netns":null "#),
  ])
  func bothReadersAgreeOn(written: String, replacement: String) throws {
    let documented = try RecordReader.read(Array(RecordReaderTests.documented.utf8), as: .json)
    let good = try #require(documented.connections.first).json
    #expect(good.contains(written), "\(good)")
    let changed = good.replacing(written, with: replacement)
    // Also behind a good one, from which the fast reader knows host, process and day.
    for text in [changed, good + "\n" + changed + "\n" + good] {
      _ = agree(Array(text.utf8), .lines)
    }
  }

  // MARK: Making documents

  private func mutate(_ bytes: inout [UInt8], _ generator: inout SplitMix) {
    let index = Int.random(in: bytes.indices, using: &generator)
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
    case 1: bytes.remove(at: index)
    case 2:
      bytes.insert(Array(" 0\"\\,:[]{}nEZ/-".utf8).randomElement(using: &generator)!, at: index)
    case 3: bytes.removeSubrange(index..<min(index + 9, bytes.count))
    default: bytes[index] ^= 0x20
    }
  }

  /// A record of few values, so that many are met again, and with unknown ones among them.
  private func randomRecord(_ generator: inout SplitMix) -> Connection {
    func pick<T>(_ values: [T]) -> T { values.randomElement(using: &generator)! }
    func maybe<T>(_ values: [T]) -> T? { pick([true, true, false]) ? pick(values) : nil }
    let day: Int64 = 86_400_000_000
    func time() -> Timestamp {
      Timestamp(microseconds: 1_795_341_600_000_000 + pick([0, 1, 59_999_999, day, -40 * day]))
    }
    let endpoints = ["10.0.0.1:443", "255.255.255.255:0", "[::1]:65535", "[2001:db8::1:2]:5"]
      .map { Endpoint($0)! }
    var c = Connection(
      timestamp: time(), transport: .tcp, state: pick(TCPState.allCases), local: pick(endpoints),
      remote: pick(endpoints))
    if pick([true, false, false]) {
      (c.transport, c.state) = (.udp, pick([.CLOSE, .ESTABLISHED]))
    }
    let pid: Int32 = pick([0, 1, 129, 42, .max])
    c.process = ProcessDetails(
      identity: ProcessIdentity(pid: pid, startTime: 0), name: pick(["", "curl", "sshd: é"]),
      path: pick(["", "/usr/bin/curl", "/opt/a b/日本/bin"]))
    c.process.userID = maybe([0, .max])
    c.process.user = maybe(["root", ""])
    c.process.unit = maybe(["a@b.service"])
    c.process.container = maybe(["3f2a"])
    c.process.parentID = maybe([0, .max])
    c.process.parentName = maybe(["systemd", "init"])
    c.process.command = maybe(["curl -v"])
    c.id = maybe([0, 7, 1 << 53 - 1])
    c.origin = maybe([
      Origin(agent: "a-1", number: 0), Origin(agent: "0123456789abcdef", number: 9),
    ])
    c.revision = pick([1, 2, 1 << 53 - 1])
    c.host = maybe(["web-1", "db", ""])
    c.serviceName = maybe(["https", "domain"])
    c.direction = maybe(Direction.allCases)
    c.error = maybe(ConnectionError.all)
    c.errorStage = maybe(ErrorStage.allCases)
    c.errorSource = c.error == nil ? maybe(ErrorSource.allCases) : pick(ErrorSource.allCases)
    c.errorCause = maybe(ErrorCause.allCases)
    c.establishedAt = maybe([time()])
    c.closedAt = maybe([time()])
    c.updatedAt = maybe([time()])
    c.connectMicroseconds = maybe([0, 1 << 53 - 1])
    c.durationMicroseconds = maybe([5])
    c.bytesSent = maybe([0, 10])
    c.bytesReceived = maybe([123_456_789])
    c.rttMicroseconds = maybe([7])
    c.retransmits = maybe([0, 1])
    c.drops = maybe([3])
    c.networkNamespace = maybe([4_026_531_840])
    return c
  }
}
