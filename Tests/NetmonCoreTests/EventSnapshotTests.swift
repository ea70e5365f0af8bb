import NetmonCore
import Testing

/// Events and snapshots of the same sockets: one record each.
@Suite struct EventSnapshotTests {
  private static let open = """
    100 a CL>SS L:0 R:80
    100! a SS>ES L:4000 R:80
    """
  private static let close = """
    100 a ES>F1 L:4000 R:80
    0! a F1>CL L:4000 R:80
    0! a del L:4000 R:80
    """

  private static func socket(
    _ state: TCPState, _ local: String = "192.0.2.1:4000", _ remote: String = "192.0.2.2:80",
    inode: UInt64 = 500, owner: ProcessIdentity? = TracedHost.client,
    transport: TransportProtocol = .tcp, space: UInt64 = 1
  ) -> SocketEntry {
    SocketEntry(
      networkNamespace: space, transport: transport, state: state, local: Endpoint(local)!,
      remote: Endpoint(remote)!, inode: inode, userID: 1000, owner: owner)
  }

  private func look(
    _ host: inout TracedHost, at time: UInt64, _ sockets: [SocketEntry],
    namespaces: Set<UInt64> = [1]
  ) -> [Connection] {
    var snapshot = SocketSnapshot(time: TracedHost.wall(time))
    snapshot.sockets = sockets
    snapshot.completeNamespaces = namespaces
    snapshot.processes = [
      TracedHost.client: TracedHost.details(TracedHost.client, "client"),
      TracedHost.server: TracedHost.details(TracedHost.server, "server"),
    ]
    host.tracker.observe(snapshot)
    return host.tracker.drain()
  }

  private let start: UInt64 = 1_000_000_000_000

  @Test func aSnapshotAddsToWhatEventsTold() throws {
    var host = TracedHost()
    host.play(try EventScript(start: start).events(Self.open))
    let first = try #require(host.tracker.drain().first)
    #expect(first.state == .ESTABLISHED && first.inode == nil)
    let seen = look(&host, at: start + 1_000_000, [Self.socket(.ESTABLISHED)])
    #expect(seen.map(\.origin) == [first.origin])
    #expect(seen.map(\.inode) == [500] && seen.map(\.revision) == [2])
    host.play(try EventScript(start: start + 2_000_000_000).events(Self.close))
    let last = host.finish()
    #expect(last.map(\.origin) == [first.origin] && last.map(\.state) == [.CLOSE])
    #expect(last.map(\.revision) == [3])
  }

  /// A second connect(2) from the same bound port to the same peer.
  @Test func anAttemptThatFindsItsPortTakenLeavesTheConnectionAlone() throws {
    var host = TracedHost()
    host.play(try EventScript(start: start).events(Self.open))
    let first = try #require(host.tracker.drain().first)
    host.play(
      try EventScript(start: start + 1_000_000).events(
        """
        100 b CL>SS L:4000 R:80
        100 b SS>CL L:4000 R:80
        100 b del L:4000 R:0
        """))
    let failed = try #require(host.tracker.drain().first)
    #expect(failed.error == .EADDRNOTAVAIL && failed.local == first.local)
    let seen = look(&host, at: start + 2_000_000_000, [Self.socket(.ESTABLISHED)])
    #expect(seen.map(\.origin) == [first.origin])
    #expect(look(&host, at: start + 3_000_000_000, [Self.socket(.ESTABLISHED)]).isEmpty)
  }

  @Test func eventsContinueWhatASnapshotShowed() throws {
    var host = TracedHost()
    let first = try #require(look(&host, at: start, [Self.socket(.ESTABLISHED)]).first)
    #expect(first.connectMicroseconds == nil)
    host.play(
      try EventScript(start: start + 1_000_000_000).events(
        """
        0! a rst L:4000 R:80
        0! a ES>CL L:4000 R:80
        0! err 104 L:4000 R:80
        100 a del L:4000 R:80
        """))
    let last = try #require(host.finish().first)
    #expect(last.origin == first.origin && last.process.name == "client")
    #expect(last.error == .ECONNRESET && last.errorStage == .established)
    #expect(last.timestamp == first.timestamp)
    // The reset came before the event that names the socket: known by the error report alone.
    #expect(last.closedAt == TracedHost.wall(start + 1_000_020_000))
  }

  @Test func aSocketThatClosedAfterItWasReadDoesNotComeBack() throws {
    var host = TracedHost()
    host.play(try EventScript(start: start).events(Self.open + "\n" + Self.close))
    #expect(host.finish().count == 1)
    #expect(look(&host, at: start, [Self.socket(.ESTABLISHED)]).isEmpty)
    #expect(look(&host, at: start + 5_000_000_000, []).isEmpty)
    let later = look(&host, at: start + 6_000_000_000, [Self.socket(.ESTABLISHED)])
    #expect(later.count == 1, "long after, these ends are another connection")
  }

  /// Events tell no inode, by which snapshots tell listeners apart, and of an inbound connection no
  /// namespace where several have such a listener.
  @Test func aListenerThatClosedAfterItWasReadDoesNotComeBack() throws {
    var host = TracedHost()
    host.play(
      try EventScript(start: start).events(
        """
        300 s CL>LI *:8080 *:0
        0! c LI>SR L:8080 R:5000
        0! c SR>ES L:8080 R:5000
        300 c ES>CL L:8080 R:5000
        300 c del L:8080 R:5000
        300 s LI>CL *:8080 *:0
        300 s del *:8080 *:0
        """))
    #expect(host.finish().count == 2)
    let seen = look(
      &host, at: start,
      [
        Self.socket(.LISTEN, "0.0.0.0:8080", "0.0.0.0:0", inode: 7, owner: TracedHost.server),
        Self.socket(
          .ESTABLISHED, "192.0.2.1:8080", "192.0.2.2:5000", inode: 8, owner: TracedHost.server),
      ])
    #expect(seen.isEmpty)
  }

  @Test func aSnapshotOfOneKindSaysNothingOfTheOther() throws {
    var host = TracedHost()
    let listener = Self.socket(
      .LISTEN, "0.0.0.0:8080", "0.0.0.0:0", inode: 7, owner: TracedHost.server)
    #expect(look(&host, at: start, [Self.socket(.ESTABLISHED), listener]).count == 2)
    for second in 1...9 as ClosedRange<UInt64> {
      var snapshot = SocketSnapshot(
        time: TracedHost.wall(start + second * 1_000_000_000), transports: [.udp])
      snapshot.completeNamespaces = [1]
      host.tracker.observe(snapshot)
    }
    #expect(host.tracker.drain().isEmpty)
    let inbound = try EventScript(start: start + 10_000_000_000).events("0! c LI>SR L:8080 R:5000")
    host.play(inbound)
    #expect(host.tracker.drain().first?.networkNamespace == 1, "the listener is still known")
    #expect(look(&host, at: start + 11_000_000_000, [listener]).count == 1, "of TCP it does")
  }

  @Test func aSnapshotIsWantedWhereNoEventTellsTheProcess() throws {
    var host = TracedHost()
    host.play(
      try EventScript(start: start).events(
        """
        300 s CL>LI *:8080 *:0
        0! c LI>SR L:8080 R:5000
        0! c SR>ES L:8080 R:5000
        """))
    host.tracker.advance(to: start + 100_000_000)
    let isWantedAtOnce = host.tracker.takeWishForSnapshot()
    #expect(!isWantedAtOnce, "most are soon over")
    host.tracker.advance(to: start + 1_000_000_000)
    let wishes = (1...2).map { _ in host.tracker.takeWishForSnapshot() }
    #expect(wishes == [true, false])
  }

  @Test func waitingSocketsAreNoNews() throws {
    var host = TracedHost()
    host.play(try EventScript(start: start).events(Self.open + "\n" + Self.close))
    _ = host.finish()
    let waiting = [
      Self.socket(.TIME_WAIT, inode: 0, owner: nil),
      Self.socket(.FIN_WAIT2, "192.0.2.1:4001", inode: 0, owner: nil),
      Self.socket(.SYN_RECV, "192.0.2.1:4002", inode: 0, owner: nil),
    ]
    #expect(look(&host, at: start + 9_000_000_000, waiting).isEmpty)
  }

  @Test func anAttemptIsNotDoubledByItsSnapshot() throws {
    var host = TracedHost()
    host.play(try EventScript(start: start).events("100 a CL>SS L:0 R:80"))
    #expect(host.tracker.drain().count == 1)
    for second in 1...4 as ClosedRange<UInt64> {
      let time = start + second * 1_000_000_000
      #expect(look(&host, at: time, [Self.socket(.SYN_SENT)]).isEmpty)
    }
    host.play(
      try EventScript(start: start + 5_000_000_000).events(
        "0! a SS>CL L:4000 R:80\n0! err 110 L:4000 R:80\n100 a del L:4000 R:80"))
    #expect(host.finish().map(\.error) == [.ECONNTIMEOUT])
  }

  @Test func listenersAndInboundConnectionsMeetTheirInodes() throws {
    var host = TracedHost()
    host.play(
      try EventScript(start: start).events(
        """
        300 s CL>LI *:8080 *:0
        0! c LI>SR L:8080 R:5000
        0! c SR>ES L:8080 R:5000
        """))
    let opened = host.tracker.drain()
    #expect(opened.map(\.direction) == [.listen, .inbound])
    #expect(opened[1].process == .unknown && opened[1].networkNamespace == 1)
    let seen = look(
      &host, at: start + 1_000_000_000,
      [
        Self.socket(.LISTEN, "0.0.0.0:8080", "0.0.0.0:0", inode: 7, owner: TracedHost.server),
        Self.socket(
          .ESTABLISHED, "192.0.2.1:8080", "192.0.2.2:5000", inode: 8, owner: TracedHost.server),
      ])
    #expect(Set(seen.map(\.origin)) == Set(opened.map(\.origin)))
    #expect(seen.allSatisfy { $0.process.name == "server" })
    // Accepted, as the snapshot has its inode: an early reset hits the application.
    host.play(
      try EventScript(start: start).events(
        "0! c rst L:8080 R:5000\n0! c ES>CL L:8080 R:5000\n0! err 104 L:8080 R:5000\n"
          + "300 c del L:8080 R:5000"))
    #expect(host.finish().map(\.error) == [.ECONNRESET])
  }

  @Test func lostEndsShowByAbsence() throws {
    var host = TracedHost()
    host.play(try EventScript(start: start).events(Self.open))
    _ = host.tracker.drain()
    #expect(look(&host, at: start + 1_000_000_000, [Self.socket(.ESTABLISHED)]).count == 1)
    #expect(look(&host, at: start + 2_000_000_000, []).isEmpty, "a reading may skip one")
    let ended = look(&host, at: start + 3_000_000_000, [])
    #expect(ended.map(\.state) == [.CLOSE] && ended.map(\.error) == [nil])
    #expect(ended.map(\.errorCause) == [.unknown])
    #expect(host.tracker.openCount == 0)
  }

  @Test func lostEndsOfUnknownProcessesShowByAbsenceToo() throws {
    var host = TracedHost()
    host.play(
      try EventScript(start: start).events(
        "0! lost 1s\n555 a CL>SS L:0 R:80\n0! a SS>ES L:4000 R:80"))
    for second in 1...2 as ClosedRange<UInt64> {
      _ = look(&host, at: start + second * 1_000_000_000, [])
      #expect(host.tracker.openCount == 1)
    }
    let ended = look(&host, at: start + 3_000_000_000, [])
    #expect(ended.map(\.state) == [.CLOSE] && ended.map(\.errorCause) == [.unknown])
    #expect(host.tracker.openCount == 0)
  }

  @Test func aUDPErrorLandsOnTheSocketOfTheSnapshot() throws {
    var host = TracedHost()
    let socket = Self.socket(
      .ESTABLISHED, "192.0.2.1:4000", "192.0.2.2:53", transport: .udp)
    let first = try #require(look(&host, at: start, [socket]).first)
    host.play(
      try EventScript(start: start + 1000).events("0! err 111 udp L:4000 R:53"))
    let told = try #require(host.finish().first)
    #expect(told.origin == first.origin && told.error == .ECONNREFUSED)
    #expect(told.state == .ESTABLISHED && told.closedAt == nil)
    let ended = look(&host, at: start + 9_000_000_000, [])
    #expect(ended.map(\.error) == [.ECONNREFUSED] && ended.map(\.state) == [.CLOSE])
  }

  /// The snapshot was begun before the socket was there.
  @Test func aUDPErrorIsNotEndedByAnOlderSnapshot() throws {
    var host = TracedHost()
    host.play(
      try EventScript(start: start + 1000).events(
        "100 fib 0 255 udp *:4000 R:53\n0! err 111 udp L:4000 R:53"))
    let failed = look(&host, at: start, [])
    #expect(failed.map(\.error) == [.ECONNREFUSED] && failed.map(\.closedAt) == [nil])
    let gone = look(&host, at: start + 2_000_000_000, [])
    #expect(gone.map(\.origin) == failed.map(\.origin) && gone.map(\.state) == [.CLOSE])
  }

  @Test func aUDPSocketWithoutOwnerIsWhoseRouteItWas() throws {
    var host = TracedHost()
    host.play(try EventScript(start: start).events("100 fib 0 255 udp *:4000 R:53"))
    let socket = Self.socket(
      .ESTABLISHED, "192.0.2.1:4000", "192.0.2.2:53", owner: nil, transport: .udp)
    let records = look(&host, at: start + 1000, [socket])
    #expect(records.map(\.process.identity) == [TracedHost.client])
  }

  /// The snapshot was read while the first one was there, and is compared when there is a second.
  @Test func theEndsOfOneThatClosedMeanwhile() throws {
    var host = TracedHost()
    let script = EventScript(start: start)
    host.play(try script.events("100 a CL>SS L:0 R:80\n0! a SS>ES L:4000 R:80"))
    host.play(
      try EventScript(start: start + 2_000_000).events(
        "100 a ES>CL L:4000 R:80\n100 a del L:4000 R:80\n101 b CL>SS L:4000 R:80\n"
          + "0! b SS>ES L:4000 R:80"))
    let records = look(&host, at: start + 1_000_000, [Self.socket(.ESTABLISHED)])
    let second = try #require(records.first { $0.state == .ESTABLISHED })
    #expect(second.inode == nil, "that was the first one's")
  }

  @Test func twoNamespacesWithTheSameEnds() throws {
    var host = TracedHost()
    let socket = Self.socket(.ESTABLISHED)
    let twin = Self.socket(.ESTABLISHED, inode: 900, owner: TracedHost.server, space: 2)
    #expect(look(&host, at: start, [socket, twin], namespaces: [1, 2]).count == 2)
    host.play(
      try EventScript(start: start).events(
        "300 net 300/300 2\n300 b ES>F1 L:4000 R:80\n0! b F1>CL L:4000 R:80\n0! b del L:4000 R:80"))
    let ended = host.finish()
    #expect(ended.map(\.networkNamespace) == [2] && ended.map(\.inode) == [900])
  }
}
