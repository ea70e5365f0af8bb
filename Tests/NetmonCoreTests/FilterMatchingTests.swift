import NetmonCore
import Testing

@Suite struct FilterMatchingTests {
  private static let now = FilterParsingTests.now

  /// A connection of which everything is known.
  private static let known: Connection = {
    var connection = Connection(
      timestamp: now.advanced(byMicroseconds: -60_000_000), transport: .tcp, state: .CLOSE,
      local: Endpoint(IPAddress(ipv4: 0x0A00_0005), 50_000),
      remote: Endpoint(IPAddress(high: 0x2001_0DB8_0000_0000, low: 1), 443))
    connection.id = 42
    connection.origin = Origin(agent: "9f3c", number: 7)
    connection.revision = 3
    connection.establishedAt = now.advanced(byMicroseconds: -50_000_000)
    connection.closedAt = now.advanced(byMicroseconds: -10_000_000)
    connection.updatedAt = connection.closedAt
    connection.host = "web-1"
    connection.process = ProcessDetails(
      identity: ProcessIdentity(pid: 1234, startTime: 5), name: "My App", path: "/usr/bin/my app")
    connection.process.userID = 33
    connection.process.user = "www-data"
    connection.process.unit = "nginx.service"
    connection.process.container = "3f2ab4"
    connection.process.parentID = 1
    connection.process.parentName = "caf\u{e9}"
    connection.process.command = "app --x"
    connection.direction = .outbound
    connection.serviceName = "https"
    connection.error = .ECONNRESET
    connection.errorStage = .established
    connection.errorSource = .kernel
    connection.errorCause = .peer_reset
    connection.connectMicroseconds = 150_000
    connection.durationMicroseconds = 50_000_000
    connection.bytesSent = 600
    connection.bytesReceived = 400
    connection.rttMicroseconds = 20_000
    connection.retransmits = 2
    connection.networkNamespace = 4_026_531_840
    return connection
  }()

  /// One of which only the required fields are known.
  private static let bare = Connection(
    timestamp: now, transport: .udp, state: .LISTEN,
    local: Endpoint(.anyIPv4, 53), remote: Endpoint(.anyIPv4, 0))

  @Test(arguments: [
    ("", true), ("error:any", true), ("error:none", false), ("error:ECONNRESET", true),
    ("error:ECONNREFUSED", false), ("error:ECONNREFUSED,ECONNRESET", true),
    ("error:none,ECONNRESET", true), ("-error:any", false), ("-error:ECONNREFUSED", true),
    ("errno:104", true), ("errno:>104", false), ("state:CLOSE", true), ("state:LISTEN", false),
    ("protocol:tcp", true), ("protocol:udp", false), ("direction:outbound", true),
    ("direction:inbound,listen", false), ("family:ipv6", true), ("family:ipv4", false),
    ("stage:established", true), ("stage:route", false), ("source:kernel", true),
    ("source:inferred", false), ("cause:peer_reset", true), ("cause:icmp", false),
    ("pid:1234", true), ("pid:1235", false), ("pid:0", false), ("id:42", true),
    ("revision:<3", false),
    ("revision:<=3", true), ("uid:33", true), ("ppid:1", true), ("ppid:>1", false),
    ("retransmits:>=2", true), ("retransmits:>2", false), ("netns:4026531840", true),
    ("process:\"My App\"", true), ("process:\"my app\"", false), ("process:My*", true),
    ("process:*App", true), ("process:M*A*p", true), ("process:*", true), ("process:A*", false),
    ("process:My*App*", true), ("process:\"My App*p\"", false), ("process:*yy*", false),
    ("path:/usr/*", true), ("path:/usr", false), ("path:*/bin/*", true), ("path:/*/*/*", true),
    ("path:/*/*/*/*", false), ("user:www-data", true), ("unit:*.service", true),
    ("container:3f2a", true),
    ("container:\"3f2a\"", false), ("container:2a", false), ("host:web-1", true),
    ("host:WEB-1", false),
    ("service:https", true), ("service:http", false), ("origin:9f3c/7", true),
    ("origin:9f3c/*", true),
    // The name holds é in one scalar; the same letter in two is canonically equivalent, not equal.
    ("parent_name:caf\u{e9}", true), ("parent_name:cafe\u{301}", false),
    ("parent_name:*\u{e9}", true), ("parent_name:*e\u{301}", false), ("parent_name:cafe*", false),
    ("command:*--x*", true),
    ("latency:>100ms", true), ("latency:150ms", true), ("latency:<150ms", false),
    ("latency:100ms..150ms", true), ("latency:151ms..1s", false), ("duration:50s", true),
    ("rtt:<=20ms", true), ("bytes:1kB", true), ("bytes:>1kB", false), ("sent:600", true),
    ("received:400", true), ("bytes:600", false),
    ("remote:2001:db8::1", true), ("remote:2001:db8::/32", true),
    ("remote:[2001:db8::1]:443", true),
    ("remote:[2001:db8::1]:80", false), ("remote::443", true), ("remote::50000", false),
    ("remote:0.0.0.0/0", false), ("remote:*", true), ("remote::1-1000", true),
    ("local:10.0.0.0/8", true), ("local:10.0.0.0/8:443", false), ("local::50000", true),
    ("address:10.0.0.5", true), ("address:2001:db8::1", true), ("address:10.0.0.6", false),
    // Address and port are those of one end.
    ("address:10.0.0.5:443", false), ("address:10.0.0.5:50000", true),
    ("port:443", true), ("port:50000", true), ("port:444-49999", false), ("-port:443", false),
    ("at:1m", true), ("at:61s", false), ("at:10s", false), ("at:10001ms", true), ("-at:5s", true),
    ("at:5s,30s", true), ("since:1m", true), ("since:59s", false), ("until:1m", false),
    ("until:59s", true),
    ("timestamp:>=1m", true), ("timestamp:>1m", false), ("established_at:<49s", true),
    ("closed_at:>=10s", true), ("updated_at:<10s", false),
    ("my", true), ("APP", true), ("/USR/bin", true), ("10.0.0.5:5", true),
    ("\"[2001:db8::1]:443\"", true),
    ("10.0.0.6", false), ("web-1", true), ("https", true), ("www-data", false), ("nginx", false),
    ("-my", false), ("nothing,https", true), ("my nothing", false), ("my https", true),
    ("error:any -process:curl port:443 my", true), ("error:any process:curl", false),
  ])
  func known(_ text: String, _ expected: Bool) throws {
    #expect(try Filter(text, now: Self.now).matches(Self.known) == expected)
  }

  @Test(arguments: [
    ("error:none", true), ("error:any", false), ("-error:any", true), ("-error:ECONNRESET", true),
    ("-errno:1", true), ("errno:0", false), ("errno:>=0", false), ("direction:listen", false),
    ("-direction:listen", true), ("stage:route", false), ("-stage:route", true),
    ("cause:unknown", false), ("-cause:unknown", true), ("-source:kernel", true),
    // The documented markers of an unknown process.
    ("pid:0", true), ("process:\"\"", true), ("path:\"\"", true), ("process:*", true),
    ("user:*", false), ("-user:*", true), ("user:\"\"", false), ("host:*", false),
    ("-host:a", true),
    ("container:a", false), ("-container:*", true), ("service:*", false), ("origin:*", false),
    ("latency:>=0", false), ("-latency:>=0", true), ("bytes:>=0", false), ("bytes:0", false),
    ("-bytes:>1MB", true), ("id:>=0", false), ("uid:0", false), ("retransmits:0", false),
    ("closed_at:<now", false), ("-closed_at:<now", true), ("established_at:>=now", false),
    ("at:now", true), ("at:1s", false), ("since:now", true), ("until:now", false),
    ("revision:1", true), ("remote:0.0.0.0:0", true),
    ("remote:::", false), ("family:ipv4", true), ("port:53", true), ("0.0.0.0:53", true),
  ])
  func unknown(_ text: String, _ expected: Bool) throws {
    #expect(try Filter(text, now: Self.now).matches(Self.bare) == expected)
  }

  @Test func bytesCountOneDirectionAlone() throws {
    var connection = Self.bare
    connection.bytesReceived = 5
    #expect(try Filter("bytes:5", now: Self.now).matches(connection))
    connection.bytesSent = .max
    #expect(try Filter("bytes:>5", now: Self.now).matches(connection))
  }

  @Test func theTimeOfFailureDecidesForErrorCounts() throws {
    let filter = try Filter("since:30s", now: Self.now)
    #expect(!filter.matches(Self.known))
    #expect(filter.matches(Self.known, occurrence: Self.known.failedAt))
  }

  @Test func aTermWithoutAlternativesHoldsForNothing() {
    #expect(!Filter(terms: [.init(anyOf: [])]).matches(Self.bare))
    #expect(Filter(terms: [.init(isNegated: true, anyOf: [])]).matches(Self.bare))
  }
}
