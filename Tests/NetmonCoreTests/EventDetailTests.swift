import NetmonCore
import Testing

/// Times, counts, revisions and what system calls add.
@Suite struct EventDetailTests {
  private let start: UInt64 = 1_000_000_000_000

  private func play(_ script: String, excluding path: String? = nil) throws -> [Connection] {
    var host = TracedHost(excluding: path)
    host.play(try EventScript(start: start).events(script))
    return host.finish()
  }

  @Test func timesAndCounts() throws {
    let record = try #require(
      try play(
        """
        @100 100 a CL>SS L:0 R:80
        @1000100 0! a rtx L:4000 R:80
        @1002600 0! a SS>ES L:4000 R:80
        @5000100 100 a ES>F1 L:4000 R:80
        @5000300 0! a F1>F2 L:4000 R:80
        @5000310 0! a F2>CL L:4000 R:80
        @5000311 0! a del L:4000 R:80 77
        @5000400 0 figures 77 1200 3401 250
        """
      ).first)
    #expect(record.timestamp == TracedHost.wall(start + 100_000))
    #expect(record.connectMicroseconds == 1_002_500)
    #expect(record.establishedAt == record.timestamp.advanced(byMicroseconds: 1_002_500))
    #expect(record.durationMicroseconds == 5_000_210)
    #expect(record.closedAt == record.timestamp.advanced(byMicroseconds: 5_000_210))
    #expect(record.retransmits == 1)
    #expect(record.bytesSent == 1200 && record.bytesReceived == 3400)
    #expect(record.rttMicroseconds == 250)
    #expect(record.serviceName == "http" && record.host == "web-1")
  }

  @Test func figuresAfterTheDrainAreANewRevision() throws {
    var host = TracedHost()
    let script = EventScript(start: start)
    host.play(
      try script.events(
        "100 a CL>SS L:0 R:80\n0! a SS>ES L:4000 R:80\n0! a ES>CL L:4000 R:80\n0! a del L:4000 R:80 9"
      ))
    let first = host.tracker.drain()
    host.play(try script.events("0 figures 9 1 2 3"))
    let second = host.tracker.drain()
    #expect(first.map(\.revision) == [1] && second.map(\.revision) == [2])
    #expect(first.map(\.origin) == second.map(\.origin) && second.map(\.bytesSent) == [1])
  }

  @Test func settingTheClockReordersNothingWithinARecord() throws {
    var host = TracedHost()
    host.play(try EventScript(start: start).events("100 a CL>SS L:0 R:80"))
    host.tracker.setClock(EventClock(realtimeOffset: 1_000_000_000_000_000_000))
    host.play(
      try EventScript(start: start + 1_000_000).events(
        "0! a SS>ES L:4000 R:80\n0! a ES>CL L:4000 R:80\n0! a del L:4000 R:80"))
    let record = try #require(host.finish().first)
    let established = try #require(record.establishedAt)
    let closed = try #require(record.closedAt)
    #expect(record.timestamp < established && established < closed)
    #expect(record.durationMicroseconds == closed.microseconds(since: record.timestamp))
  }

  @Test func revisionsAndCoalescing() throws {
    var host = TracedHost()
    let script = EventScript(start: start)
    host.play(try script.events("100 a CL>SS L:0 R:80"))
    #expect(host.tracker.drain().map(\.state) == [.SYN_SENT])
    host.play(try script.events("0! a rst L:4000 R:80\n0! a SS>CL L:4000 R:80"))
    #expect(host.tracker.drain().isEmpty, "how it ended is not known yet")
    host.play(try script.events("0! err 111 L:4000 R:80\n100 a del L:4000 R:80"))
    let last = host.tracker.drain()
    #expect(last.map(\.revision) == [2] && last.map(\.error) == [.ECONNREFUSED])
  }

  @Test func aKeptSocketIsToldAfterASecondAndOnlyOnce() throws {
    var host = TracedHost()
    host.play(
      try EventScript(start: start).events(
        "100 a CL>SS L:0 R:80\n0! a rst L:4000 R:80\n0! a SS>CL L:4000 R:80\n0! err 111 L:4000 R:80"
      ))
    host.tracker.advance(to: start + 500_000_000)
    #expect(host.tracker.drain().isEmpty)
    host.tracker.advance(to: start + 2_000_000_000)
    #expect(host.tracker.drain().map(\.error) == [.ECONNREFUSED])
    host.play(try EventScript(start: start + 9_000_000_000).events("100 a del *:4000 R:0"))
    #expect(host.finish().isEmpty)
    #expect(host.tracker.openCount == 0)
  }

  @Test func ownSocketsAreLeftOut() throws {
    let script = """
      300 s CL>LI *:8080 *:0
      0! c LI>SR L:8080 R:5000
      0! c SR>ES L:8080 R:5000
      300 c ES>F1 L:8080 R:5000
      0! c F1>CL L:8080 R:5000
      0! c del L:8080 R:5000
      300 fib -11 254 *:0 R:99
      100 a CL>SS L:0 R:8080
      100! a SS>ES L:5000 R:8080
      """
    let records = try play(script, excluding: "/usr/bin/server")
    #expect(records.map(\.process.name) == ["client"])
  }

  // MARK: - Connected UDP sockets

  @Test func aUDPSocketThatConnectsOverIPv4() throws {
    let script = "100 fib 0 254 udp *:4000 R:53\n100 fib 0 254 udp L:4000 R:53"
    let records = try play(script)
    #expect(records.map(\.state) == [.ESTABLISHED] && records.map(\.direction) == [.outbound])
    #expect(records.map(\.process.name) == ["client"] && records.map(\.error) == [nil])
    // What refuses it later is its error, and no record of its own.
    let refused = try play(script + "\n0! err 111 udp L:4000 R:53")
    #expect(refused.map(\.error) == [.ECONNREFUSED])
  }

  @Test(arguments: [
    "100 fib 0 254 udp *:4000 R:53\n100 fib 0 254 udp *:4000 R:53",
    "100 fib 0 254 udp L:4000 R:53\n100 fib 0 254 udp L:4000 R:53",
    "100 fib 0 254 udp *:4000 R:53\n300 fib 0 254 udp L:4000 R:53",
    "100 fib 0 254 udp *:4000 R:53\n+1s\n100 fib 0 254 udp L:4000 R:53",
    "100 fib 0 254 udp *:4000 R:53\n100 fib 0 254 udp L:4001 R:53",
  ])
  func datagramsWithoutConnect(script: String) throws {
    #expect(try play(script).isEmpty)
  }

  // MARK: - System calls

  private static let calls: [(String, String, String?)] = [
    (
      "exact where the route leaves it open",
      "100 enter 5 R:80\n100 fib -113 254 *:0 R:80\n100 exit -113",
      "EHOSTUNREACH route kernel no_route"
    ),
    (
      "no route at all is asked for", "100 enter 5 R:80\n100 exit -101",
      "ENETUNREACH route kernel no_route"
    ),
    (
      "inline failure",
      "100 enter 5 R:80\n100 a CL>SS L:0 R:80\n100 a SS>CL L:0 R:80\n100 exit -99\n100 a del *:0 R:0",
      "EADDRNOTAVAIL port kernel no_ports"
    ),
    (
      "told twice, with and without its destination",
      "100 enter 5 R:80\n100 enter 5\n100 exit -101", "ENETUNREACH route kernel no_route"
    ),
    (
      "told twice, the other way round",
      "100 enter 5\n100 enter 5 R:80\n100 exit -101", "ENETUNREACH route kernel no_route"
    ),
    ("AF_UNIX", "100 enter 5\n100 exit -2", nil),
    ("not a socket", "100 enter 5 R:80\n100 exit -88", nil),
    ("in progress", "100 enter 5 R:80\n100 exit -115", nil),
    ("interrupted", "100 enter 5 R:80\n100 exit -512", nil),
    ("already connected", "100 enter 5 R:80\n100 exit -106", nil),
    ("second connect on a finished socket", "100 enter 5 R:80\n100 exit -103", nil),
  ]

  @Test(arguments: 0..<calls.count)
  func systemCalls(_ index: Int) throws {
    let (what, script, expected) = Self.calls[index]
    let records = try play(script)
    #expect(records.count == (expected == nil ? 0 : 1), "\(what)")
    for record in records {
      #expect(summary(record).hasSuffix(expected ?? ""), "\(what): \(summary(record))")
      #expect(record.remote == Endpoint("192.0.2.2:80"))
    }
  }

  // MARK: - Accepting

  @Test func anAnswerProvesThatItWasAccepted() throws {
    let records = try play(
      """
      300 s CL>LI L:8080 *:0
      0! c LI>SR L:8080 R:5000
      0! c SR>ES L:8080 R:5000
      0! c rst L:8080 R:5000
      0! c ES>CL L:8080 R:5000
      0! err 104 L:8080 R:5000
      300 c del L:8080 R:5000 5
      0 figures 5 10 20 30
      """)
    let inbound = try #require(records.first { $0.direction == .inbound })
    #expect(inbound.error == .ECONNRESET && inbound.errorStage == .established)
    #expect(inbound.errorSource == .kernel)
  }

  @Test func keptSocketsAreBounded() {
    var host = TracedHost()
    for number in 0..<70_000 as Range<UInt64> {
      let tuple = SocketEvent.Tuple(
        .tcp, local: Endpoint("192.0.2.1:4000")!, remote: Endpoint("192.0.2.2:80")!)
      for (from, to) in [(TCPState.CLOSE, TCPState.SYN_SENT), (.SYN_SENT, .CLOSE)] {
        host.tracker.handle(
          SocketEvent(
            time: start + number, cpu: 0, thread: 100,
            kind: .setState(.init(socket: number + 1, tuple: tuple, from: from, to: to))))
      }
    }
    host.tracker.advance(to: start + 5_000_000_000)
    #expect(host.tracker.drain().count == 70_000)
    #expect(host.tracker.openCount == 65_536)
  }

  /// One process after the other may get the same port.
  @Test func aUDPPortIsSoonAnotherProcesss() throws {
    let refused = try play(
      """
      100 fib 0 255 udp *:4000 R:53
      0! err 111 udp L:4000 R:53
      300 fib 0 255 udp *:4000 R:53
      0! err 111 udp L:4000 R:53
      """)
    #expect(refused.map(\.process.identity) == [TracedHost.client, TracedHost.server])
    #expect(refused.map(\.error) == [.ECONNREFUSED, .ECONNREFUSED])
    #expect(refused.map(\.state) == [.CLOSE, .ESTABLISHED])
    let unseen = try play(
      """
      100 fib 0 255 udp *:4000 R:53
      0! icmp 3/3 udp L:4000 R:53
      300 fib 0 255 udp *:4000 R:53
      0! icmp 3/3 udp L:4000 R:53
      """)
    #expect(unseen.map(\.process.identity) == [TracedHost.client, TracedHost.server])
    let untold = try play(
      """
      100 fib 0 255 udp *:4000 R:53
      0! icmp 3/3 udp L:4000 R:53
      300 fib 0 255 udp *:4000 R:53
      0! icmp 3/3 udp L:4000 R:53
      0! err 111 udp L:4000 R:53
      """)
    #expect(Set(untold.map(\.process.identity)) == [TracedHost.client, TracedHost.server])
    let unroutable = try play(
      "100 fib -11 254 udp *:4000 R:53\n+0.05s\n300 fib -11 254 udp *:4000 R:53")
    #expect(unroutable.map(\.process.identity) == [TracedHost.client, TracedHost.server])
    #expect(unroutable.map(\.error) == [.ENETUNREACH, .ENETUNREACH])
  }

  /// What is not told to the sender is one record, however often it is tried; another thread has
  /// another socket, as far as can be known.
  @Test func whatAThreadRepeatsIsOneRecord() throws {
    let lines = (0..<40).map { count in
      """
      \(count % 2 == 0 ? 100 : 101) fib 0 255 udp *:4000 R:53
      0! icmp 3/3 udp L:4000 R:53
      +0.1s
      """
    }
    #expect(try play(lines.joined(separator: "\n")).count == 2)
  }

  /// `tcp_disconnect` has set the counters back by then.
  @Test func anAbortHasNoFigures() throws {
    let record = try #require(
      try play(
        """
        100 a CL>SS L:0 R:80
        0! a SS>ES L:4000 R:80
        100 a ES>CL L:4000 R:80
        100 a rst-out L:4000 R:80
        100 err 104 *:4000 R:0
        100 a del *:4000 R:0 9
        0 figures 9 0 0 0
        """
      ).first)
    #expect(record.errorCause == .local_abort)
    #expect(record.bytesSent == nil && record.bytesReceived == nil)
  }

  /// The listener was there before the tracing, so that only the server's own end tells.
  @Test func whoDestroysAnInboundConnectionWasInItsNamespace() throws {
    let record = try #require(
      try play(
        """
        0! c LI>SR L:8080 R:5000
        0! c SR>ES L:8080 R:5000
        0! c rst L:8080 R:5000
        0! c ES>CL L:8080 R:5000
        0! err 104 L:8080 R:5000
        300 c del L:8080 R:5000
        """
      ).first)
    #expect(record.process.identity.pid == 300 && record.networkNamespace == 1)
  }

  /// What events did not show is concluded from only where none were lost.
  @Test(
    arguments: [
      ("0! lost 1s\n" + gaveUp, nil, .unknown),
      (gaveUp + "\n0! lost 1s", .ECONNABORTED, .local_abort),
      ("0! lost 1s\n+2s\n" + gaveUp, .ECONNABORTED, .local_abort),
      // The process is not known, so it may have got through elsewhere.
      (gaveUp.replacing("100 ", with: "555 "), nil, .unknown),
    ] as [(String, ConnectionError?, ErrorCause)])
  func whatMayHaveBeenLost(_ script: String, _ error: ConnectionError?, _ cause: ErrorCause) throws
  {
    var host = TracedHost()
    host.play(try EventScript().events(script))
    let record = try #require(host.finish().first)
    #expect(record.error == error && record.errorCause == cause)
  }

  private static let gaveUp = """
    100 a CL>SS L:0 R:80
    100 a SS>CL L:4000 R:80
    100 a del L:4000 R:80
    """
}
