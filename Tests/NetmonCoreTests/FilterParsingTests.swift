import NetmonCore
import Testing

@Suite struct FilterParsingTests {
  static let now = Timestamp(microseconds: 1_795_000_000_000_000)

  private static func prefix(_ text: String) throws -> IPPrefix {
    try #require(IPPrefix(text))
  }

  private static func match(_ text: String) throws -> Filter.Match {
    let filter = try Filter(text, now: now)
    let term = try #require(filter.terms.first)
    #expect(filter.terms.count == 1 && term.anyOf.count == 1 && !term.isNegated, "\(text)")
    return try #require(term.anyOf.first)
  }

  @Test(
    arguments: [
      ("error:any", .error(.any)), ("error:None", .error(.none)), ("ERROR:ANY", .error(.any)),
      ("error:ECONNREFUSED", .error(.exactly(.ECONNREFUSED))),
      ("error:econnreset", .error(.exactly(.ECONNRESET))),
      ("error:ETIMEDOUT", .error(.exactly(.ECONNTIMEOUT))),
      ("error:ConnTimeout", nil),
      ("state:SYN_SENT", .state(.SYN_SENT)), ("state:listen", .state(.LISTEN)),
      ("protocol:tcp", .transport(.tcp)), ("proto:UDP", .transport(.udp)),
      ("direction:outbound", .direction(.outbound)), ("direction:Listen", .direction(.listen)),
      ("family:ipv6", .family(.ipv6)), ("family:IPv4", .family(.ipv4)),
      ("stage:handshake", .stage(.handshake)), ("error_stage:port", .stage(.port)),
      ("source:inferred", .source(.inferred)), ("error_source:kernel", .source(.kernel)),
      ("cause:peer_reset", .cause(.peer_reset)), ("error_cause:ICMP", .cause(.icmp)),
    ] as [(String, Filter.Match?)])
  func choices(_ text: String, _ expected: Filter.Match?) throws {
    guard let expected else {
      #expect(throws: FilterError.self) { try Filter(text, now: Self.now) }
      return
    }
    #expect(try Self.match(text) == expected)
  }

  @Test(
    arguments: [
      ("process:curl", .process, .exact("curl")), ("process_name:curl", .process, .exact("curl")),
      ("path:/usr/bin/*", .path, .glob(["/usr/bin/", ""])),
      ("process_path:*lib*.so", .path, .glob(["", "lib", ".so"])),
      ("user:www-data", .user, .exact("www-data")),
      ("unit:nginx.service", .unit, .exact("nginx.service")),
      ("unit:dev-disk\\x2dby", .unit, .exact("dev-disk\\x2dby")),
      ("container:3f2a", .container, .glob(["3f2a", ""])),
      ("container:3f*a", .container, .glob(["3f", "a"])),
      ("container:\"3f2a\"", .container, .exact("3f2a")),
      ("host:web-1", .host, .exact("web-1")), ("service:https", .service, .exact("https")),
      ("service_name:https", .service, .exact("https")),
      ("parent_name:bash", .parentName, .exact("bash")),
      ("parent:bash", .parentName, .exact("bash")),
      ("command:*--x*", .command, .glob(["", "--x", ""])), ("origin:ab/1", .origin, .exact("ab/1")),
      ("process:\"my app\"", .process, .exact("my app")),
      ("process:my\" \"app", .process, .exact("my app")),
      ("process:\"a,b\"", .process, .exact("a,b")), ("process:\"\"", .process, .exact("")),
      ("process:\"say \\\"hi\\\" \\\\ \\n\"", .process, .exact("say \"hi\" \\ \\n")),
      ("process:\"a*b\"", .process, .glob(["a", "b"])),
      ("process:\"a\\*b\"", .process, .exact("a*b")),
      ("process:a\\*", .process, .glob(["a\\", ""])), ("process:a:b", .process, .exact("a:b")),
      ("process:日本語", .process, .exact("日本語")), ("process:**", .process, .glob(["", "", ""])),
      ("process:error:any", .process, .exact("error:any")), ("process:-x", .process, .exact("-x")),
    ] as [(String, Filter.TextField, Filter.TextPattern)])
  func texts(_ text: String, _ field: Filter.TextField, _ pattern: Filter.TextPattern) throws {
    #expect(try Self.match(text) == .text(field, pattern))
  }

  @Test(
    arguments: [
      ("pid:1234", .pid, .equal(1234)), ("process_id:0", .pid, .equal(0)),
      ("pid:=7", .pid, .equal(7)),
      ("pid:100..200", .pid, .between(100, 200)), ("pid:5..5", .pid, .between(5, 5)),
      ("errno:>110", .errno, .greater(110)), ("revision:>=2", .revision, .greaterOrEqual(2)),
      ("retransmits:<3", .retransmits, .less(3)),
      ("retransmits:<=3", .retransmits, .lessOrEqual(3)),
      ("id:42", .id, .equal(42)), ("user_id:0", .userID, .equal(0)), ("uid:0", .userID, .equal(0)),
      ("parent_id:1", .parentID, .equal(1)), ("ppid:1", .parentID, .equal(1)),
      ("netns:4026531840", .networkNamespace, .equal(4_026_531_840)),
      ("latency:>100ms", .connect, .greater(100_000)), ("connect_us:250", .connect, .equal(250)),
      ("connect_us:>1s", .connect, .greater(1_000_000)), ("latency:0", .connect, .equal(0)),
      ("latency:>0", .connect, .greater(0)), ("latency:0..5ms", .connect, .between(0, 5000)),
      ("pid:100-200", .pid, .between(100, 200)),
      ("bytes:1kB-1MB", .bytes, .between(1000, 1_000_000)),
      ("duration:1s-5s", .duration, .between(1_000_000, 5_000_000)),
      ("latency:250us", .connect, .equal(250)), ("latency:250µs", .connect, .equal(250)),
      ("duration:>5s", .duration, .greater(5_000_000)),
      ("duration:1.5s", .duration, .equal(1_500_000)),
      ("duration_us:2h", .duration, .equal(7_200_000_000)),
      ("duration:1h30m", .duration, .equal(5_400_000_000)),
      ("duration:<1D", .duration, .less(86_400_000_000)),
      ("duration:1s..2m", .duration, .between(1_000_000, 120_000_000)),
      ("rtt:>=1ms", .rtt, .greaterOrEqual(1000)), ("rtt_us:7", .rtt, .equal(7)),
      ("bytes:>1MB", .bytes, .greater(1_000_000)), ("bytes:1MiB", .bytes, .equal(1_048_576)),
      ("bytes_sent:1kB", .bytesSent, .equal(1000)), ("sent:1kb", .bytesSent, .equal(1000)),
      ("bytes_received:1.5KiB", .bytesReceived, .equal(1536)),
      ("received:3B", .bytesReceived, .equal(3)),
      ("bytes:2GB..1TiB", .bytes, .between(2_000_000_000, 1_099_511_627_776)),
      ("id:9223372036854775807", .id, .equal(.max)),
    ] as [(String, Filter.NumberField, Filter.Comparison<Int64>)])
  func numbers(
    _ text: String, _ field: Filter.NumberField, _ comparison: Filter.Comparison<Int64>
  ) throws {
    #expect(try Self.match(text) == .number(field, comparison))
  }

  @Test(arguments: [
    "pid:x", "pid:-1", "pid:+1", "pid:1.0", "pid:1s", "pid:1..", "pid:..1", "pid:2..1", "pid:>",
    "pid:>>1", "pid:1..2..3", "pid:9223372036854775808", "pid:>1..2", "pid:\"\"", "pid:1*", "pid:１",
    "latency:100MB", "latency:.5s", "latency:5.s", "latency:1.2.3s", "latency:0.1us", "latency:s",
    "latency:9223372036854775807s", "latency:9223372036854s9223372036854s", "latency:1 s\"",
    "latency:0.0000001s", "latency:250", "rtt:>250", "duration:1..5", "latency:0..5", "pid:1-2-3",
    "pid:-", "pid:1-", "pid:2-1", "bytes:1ms", "bytes:1XB", "bytes:99999999TB", "bytes:>1M",
  ])
  func badNumbers(_ text: String) {
    #expect(throws: FilterError.self) { try Filter(text, now: Self.now) }
  }

  @Test func times() throws {
    let day = try #require(Timestamp("2026-11-22"))
    func after(_ microseconds: Int64) -> Timestamp { day.advanced(byMicroseconds: microseconds) }
    let hourAgo = Self.now.advanced(byMicroseconds: -3_600_000_000)
    let table: [(String, Filter.TimeField, Filter.Comparison<Timestamp>)] = [
      ("since:1h", .occurrence, .greaterOrEqual(hourAgo)),
      ("since:-1h", .occurrence, .greaterOrEqual(hourAgo)),
      ("until:1h", .occurrence, .less(hourAgo)),
      ("since:now", .occurrence, .greaterOrEqual(Self.now)),
      ("until:NOW", .occurrence, .less(Self.now)),
      ("since:2026-11-22", .occurrence, .greaterOrEqual(day)),
      ("until:2026-11-22T10:00Z", .occurrence, .less(after(36_000_000_000))),
      ("until:2026-11-22T10:00+02:00", .occurrence, .less(after(28_800_000_000))),
      ("since:\"2026-11-22 10:00\"", .occurrence, .greaterOrEqual(after(36_000_000_000))),
      ("since:999999d", .occurrence, .greaterOrEqual(Timestamp(microseconds: 0))),
      ("timestamp:2026-11-22", .timestamp, .between(day, after(86_399_999_999))),
      ("timestamp:2026-11-22T00:00", .timestamp, .between(day, after(59_999_999))),
      ("timestamp:2026-11-22T00:00:00Z", .timestamp, .between(day, after(999_999))),
      ("timestamp:2026-11-22T00:00:00.5Z", .timestamp, .between(after(500_000), after(599_999))),
      ("timestamp:2026-11-22T00:00:00.000001Z", .timestamp, .equal(after(1))),
      ("timestamp:>2026-11-22", .timestamp, .greater(after(86_399_999_999))),
      ("timestamp:>=2026-11-22", .timestamp, .greaterOrEqual(day)),
      ("timestamp:<2026-11-22", .timestamp, .less(day)),
      ("timestamp:<=2026-11-22", .timestamp, .lessOrEqual(after(86_399_999_999))),
      ("timestamp:2026-11-22..2026-11-22", .timestamp, .between(day, after(86_399_999_999))),
      ("closed_at:>1h", .closedAt, .greater(hourAgo)),
      ("closed_at:1h..now", .closedAt, .between(hourAgo, Self.now)),
      ("updated_at:<now", .updatedAt, .less(Self.now)),
      ("established_at:<=1h", .establishedAt, .lessOrEqual(hourAgo)),
    ]
    for (text, field, comparison) in table {
      #expect(try Self.match(text) == .time(field, comparison), "\(text)")
    }
  }

  @Test(arguments: [
    "since:", "since:yesterday", "since:2026-13-01", "since:>1h", "since:5", "since:1h..2h",
    "timestamp:1h", "timestamp:now", "timestamp:now..1h", "closed_at:>", "until:10:00",
    "since:--1h", "since:+1h",
  ])
  func badTimes(_ text: String) {
    #expect(throws: FilterError.self) { try Filter(text, now: Self.now) }
  }

  @Test(
    arguments: [
      ("remote:10.0.0.0/8", .remote, "10.0.0.0/8", nil),
      ("remote_addr:10.1.2.3", .remote, "10.1.2.3", nil),
      ("remote:10.1.2.3/8", .remote, "10.0.0.0/8", nil),
      ("remote:10.1.2.3:443", .remote, "10.1.2.3", 443...443),
      ("remote::443", .remote, nil, 443...443),
      ("remote:*:443", .remote, nil, 443...443), ("remote::1000-2000", .remote, nil, 1000...2000),
      ("remote:10.0.0.0/8:443", .remote, "10.0.0.0/8", 443...443),
      ("remote:2001:db8::1", .remote, "2001:db8::1", nil), ("remote:::1", .remote, "::1", nil),
      ("remote:2001:DB8::/32", .remote, "2001:db8::/32", nil),
      ("remote:[2001:db8::1]", .remote, "2001:db8::1", nil),
      ("remote:[2001:db8::1]:443", .remote, "2001:db8::1", 443...443),
      ("remote:[2001:db8::/32]:1-2", .remote, "2001:db8::/32", 1...2),
      ("remote:::ffff:10.0.0.1", .remote, "10.0.0.1", nil),
      ("remote:::ffff:10.0.0.0/104", .remote, "10.0.0.0/8", nil),
      ("remote:[::ffff:10.0.0.1]:80", .remote, "10.0.0.1", 80...80),
      ("remote:*", .remote, nil, nil),
      ("local:127.0.0.1", .local, "127.0.0.1", nil), ("local_addr::0", .local, nil, 0...0),
      ("address:10.0.0.0/8", .either, "10.0.0.0/8", nil), ("addr:[::1]:1", .either, "::1", 1...1),
      ("port:443", .either, nil, 443...443), ("port:1000-2000", .either, nil, 1000...2000),
      ("port:0-65535", .either, nil, 0...65535), ("port:80..90", .either, nil, 80...90),
      ("port:>8000", .either, nil, 8001...65535), ("port:>=8000", .either, nil, 8000...65535),
      ("port:<1024", .either, nil, 0...1023), ("port:<=1024", .either, nil, 0...1024),
      ("port:=80", .either, nil, 80...80),
      ("remote:10.0.0.1:>1023", .remote, "10.0.0.1", 1024...65535),
      ("remote::80..90", .remote, nil, 80...90),
    ] as [(String, Filter.Side, String?, ClosedRange<UInt16>?)])
  func endpoints(
    _ text: String, _ side: Filter.Side, _ prefix: String?, _ port: ClosedRange<UInt16>?
  ) throws {
    let expected = try prefix.map(Self.prefix)
    #expect(try Self.match(text) == .endpoint(side, prefix: expected, port: port))
  }

  @Test(arguments: [
    "remote:example.com", "remote:example.com:443", "remote:10.0.*", "remote:10.0.0.0/33",
    "remote:::ffff:10.0.0.1/95", "remote:2001:db8::/129", "remote:10.0.0.1:",
    "remote:10.0.0.1:65536",
    "remote::x", "remote::2-1", "remote::1-2-3", "remote:[::1", "remote:[::1]443",
    "remote:[10.0.0.1]:1",
    "remote:[]", "remote:[]:1", "remote:010.0.0.1", "remote:10.0.0.1/", "remote:fe80::1%eth0",
    "port:", "port:https", "port:-1", "port:..2", "port:1..", "port:>65535", "port:<0", "port:>",
    "port:9..8", "port::443", "remote:10.0.0.0/8:1:2",
    "remote:\"\"",
  ])
  func badEndpoints(_ text: String) {
    #expect(throws: FilterError.self) { try Filter(text, now: Self.now) }
  }

  @Test(arguments: [
    ("curl", "curl"), ("10.1.2.3:443", "10.1.2.3:443"), ("[::1]:443", "[::1]:443"), ("::1", "::1"),
    (":443", ":443"), ("dead:beef::1", "dead:beef::1"), ("\"error:any\"", "error:any"),
    ("\"-x\"", "-x"), ("a=b", "a=b"), ("\"my app\"", "my app"), ("\"a\\*b\"", "a*b"),
    ("web-1:80", "web-1:80"), ("\"AND\"", "AND"), ("ANDROID", "ANDROID"), ("or", "or"),
    ("R&D", "R&D"), ("sh(1)", "sh(1)"), ("\"(sd-pam)\"", "(sd-pam)"), ("hello!", "hello!"),
  ])
  func words(_ text: String, _ word: String) throws {
    #expect(try Self.match(text) == .word(word))
  }

  @Test func termsAlternativesAndNegation() throws {
    let filter = try Filter(
      " error:ECONNREFUSED,ECONNRESET\t-process:curl,\"a b\"\n-foo,bar  ", now: Self.now)
    #expect(
      filter.terms == [
        .init(anyOf: [.error(.exactly(.ECONNREFUSED)), .error(.exactly(.ECONNRESET))]),
        .init(
          isNegated: true,
          anyOf: [.text(.process, .exact("curl")), .text(.process, .exact("a b"))]),
        .init(isNegated: true, anyOf: [.word("foo"), .word("bar")]),
      ])
    #expect(try Filter("", now: Self.now).terms.isEmpty)
    #expect(try Filter(" \n", now: Self.now).terms.isEmpty)
  }

  @Test(arguments: [
    (["process:my app"], "process:\"my app\""),
    (["error:any since:1h"], "error:any since:1h"),
    (["error:any", "since:1h"], "error:any since:1h"),
    (["process:my app error:any"], "process:\"my app\" error:any"),
    (["process:curl, my app"], "process:curl,\"my app\""),
    (["process:curl -error:none"], "process:curl -error:none"),
    (["since:2026-11-22 10:00 error:any"], "since:2026-11-22T10:00 error:any"),
    (["since:1h my app"], "since:1h \"my app\""),
    (["timestamp:>2026-11-22 10:00 app"], "timestamp:>2026-11-22T10:00 app"),
    (["error:any my app"], "error:any \"my app\""),
    (["my app"], "\"my app\""), (["my", "app"], "my app"),
    (["-my app"], "-\"my app\""), (["-process:my app"], "-process:\"my app\""),
    (["process:\"my app\" curl"], "process:\"my app\" curl"),
    (["command:curl http://x -v"], "command:\"curl http://x -v\""),
    (["path:/opt/My App/*"], "path:\"/opt/My App/*\""), ([" error:any "], "error:any"),
    ([], ""), ([""], ""),
  ])
  func operands(_ arguments: [String], _ equivalent: String) throws {
    let filter = try Filter(arguments: arguments, now: Self.now)
    #expect(filter == (try Filter(equivalent, now: Self.now)))
  }

  @Test func aMisspeltKeyIsNotSwallowedByTheValueBeforeIt() {
    #expect(throws: FilterError.self) {
      try Filter(arguments: ["process:curl erorr:any"], now: Self.now)
    }
  }

  @Test(arguments: [
    ("remote_addr", "10.0.0.0/8", "remote:10.0.0.0/8"), ("ERROR", "any", "error:any"),
    ("process", "my app, curl", "process:\"my app\",curl"),
    ("process", "error:any", "process:error:any"),
    ("pid", " 1,2 ", "pid:1,2"), ("process_name", "\"a,b\"", "process:\"a,b\""),
    ("since", "2026-11-22 10:00", "since:2026-11-22T10:00"), ("process", "-x", "process:-x"),
  ])
  func parameters(_ key: String, _ value: String, _ equivalent: String) throws {
    let filter = try Filter(key: key, value: value, now: Self.now)
    #expect(filter == (try Filter(equivalent, now: Self.now)))
  }

  @Test func theNumberOfValuesIsLimited() throws {
    func pids(_ count: Int) -> String { (1...count).map(String.init).joined(separator: ",") }
    let most = Filter.maximumValues
    #expect(try Filter("pid:" + pids(most), now: Self.now).terms[0].anyOf.count == most)
    for filter in ["pid:" + pids(most + 1), "pid:\(pids(most)) curl"] {
      #expect(throws: FilterError.self) { try Filter(filter, now: Self.now) }
    }
    #expect(throws: FilterError.self) {
      try Filter(arguments: ["pid:" + pids(most), "curl"], now: Self.now)
    }
    #expect(throws: FilterError.self) {
      try Filter(key: "pid", value: pids(most + 1), now: Self.now)
    }
  }

  @Test func agoIsAWordUnlessATimeIsBeforeIt() throws {
    for text in ["ago", "process:x ago", "since:1h \"ago\"", "since:1h curl ago"] {
      #expect(try Filter(text, now: Self.now).terms.last?.anyOf == [.word("ago")], "\(text)")
    }
    for arguments in [["since:1h ago"], ["since:1h", "ago"], ["timestamp:>1h", "ago"]] {
      #expect(throws: FilterError.self) { try Filter(arguments: arguments, now: Self.now) }
    }
  }
}
