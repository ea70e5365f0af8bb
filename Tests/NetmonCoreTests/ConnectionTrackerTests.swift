import NetmonCore
import Testing

/// Scripts of snapshots and the records that must come out of them.
@Suite struct ConnectionTrackerTests {
  private static let start = Timestamp("2026-11-22T10:00:00Z")!
  private static let curl = ProcessIdentity(pid: 4242, startTime: 77)

  /// A host that is looked at once a second.
  private struct Script {
    var tracker: ConnectionTracker
    var second: Int64 = 0
    var counters = NetworkCounters()
    var records: [Connection] = []

    init(excluding path: String? = nil, leavingOutEnded: Bool = false) {
      tracker = ConnectionTracker(
        .init(
          host: "web-1", agent: "a1", firstNumber: 10, excludedPath: path,
          leavesOutEnded: leavingOutEnded
        ) { port, _ in
          port == 443 ? "https" : nil
        })
    }

    /// The next look; returns what it changed.
    @discardableResult
    mutating func look(_ sockets: [SocketEntry], namespaces: Set<UInt64> = [1]) -> [Connection] {
      var snapshot = SocketSnapshot(time: start.advanced(byMicroseconds: second * 1_000_000))
      second += 1
      snapshot.sockets = sockets
      snapshot.completeNamespaces = namespaces
      snapshot.counters = [1: counters]
      var details = ProcessDetails(identity: curl, name: "curl", path: "/usr/bin/curl")
      details.userID = 1000
      snapshot.processes = [curl: details]
      tracker.observe(snapshot)
      return tracker.drain()
    }
  }

  private static func socket(
    _ state: TCPState, _ local: String = "192.0.2.1:40000", _ remote: String = "192.0.2.9:443",
    inode: UInt64 = 500, transport: TransportProtocol = .tcp, retransmits: UInt32 = 0,
    owner: ProcessIdentity? = curl, space: UInt64 = 1
  ) -> SocketEntry {
    SocketEntry(
      networkNamespace: space, transport: transport, state: state, local: Endpoint(local)!,
      remote: Endpoint(remote)!, inode: inode, userID: 1000, retransmits: retransmits,
      owner: owner)
  }

  @Test func lifeOfAConnection() throws {
    var script = Script()
    let attempt = try #require(script.look([Self.socket(.SYN_SENT)]).first)
    #expect(attempt.origin == Origin(agent: "a1", number: 10))
    #expect(attempt.revision == 1)
    #expect(attempt.direction == .outbound)
    #expect(attempt.serviceName == "https")
    #expect(attempt.host == "web-1")
    #expect(attempt.process.name == "curl")
    #expect(attempt.timestamp == Self.start)
    #expect(attempt.establishedAt == nil && attempt.closedAt == nil && attempt.error == nil)

    let established = try #require(script.look([Self.socket(.ESTABLISHED)]).first)
    #expect(established.origin == attempt.origin && established.revision == 2)
    #expect(established.establishedAt == Self.start.advanced(byMicroseconds: 1_000_000))
    #expect(script.look([Self.socket(.ESTABLISHED)]).isEmpty, "nothing changed")

    // TIME_WAIT has no inode and no owner, but it is the same connection.
    let waiting = try #require(script.look([Self.socket(.TIME_WAIT, inode: 0, owner: nil)]).first)
    #expect(waiting.revision == 3)
    #expect(waiting.closedAt == Self.start.advanced(byMicroseconds: 3_000_000))
    #expect(waiting.durationMicroseconds == 3_000_000)
    #expect(waiting.process.name == "curl")

    let closed = try #require(script.look([]).first)
    #expect(closed.state == .CLOSE && closed.revision == 4)
    #expect(closed.closedAt == waiting.closedAt, "it ended when the application let go")
    #expect(script.look([]).isEmpty)
    #expect(script.tracker.openCount == 0)
  }

  @Test func openedAndClosedWithinOneFlushIsOneRecord() {
    var tracker = ConnectionTracker(.init(host: "h", agent: "a"))
    var snapshot = SocketSnapshot(time: Self.start)
    snapshot.completeNamespaces = [1]
    snapshot.sockets = [Self.socket(.ESTABLISHED)]
    tracker.observe(snapshot)
    snapshot.sockets = []
    snapshot.time = Self.start.advanced(byMicroseconds: 1)
    tracker.observe(snapshot)
    let records = tracker.drain()
    #expect(records.map(\.state) == [.CLOSE])
    #expect(records.map(\.revision) == [1])
  }

  @Test func directionFollowsTheListeners() {
    var script = Script()
    let server = Self.socket(.LISTEN, "0.0.0.0:8443", "0.0.0.0:0", inode: 1)
    let accepted = Self.socket(.ESTABLISHED, "127.0.0.1:8443", "127.0.0.1:50000", inode: 2)
    let client = Self.socket(.ESTABLISHED, "127.0.0.1:50000", "127.0.0.1:8443", inode: 3)
    let elsewhere = Self.socket(
      .ESTABLISHED, "127.0.0.1:8443", "127.0.0.1:50001", inode: 4, space: 2)
    let records = script.look([accepted, client, server, elsewhere], namespaces: [1, 2])
    let directions = Dictionary(uniqueKeysWithValues: records.map { ($0.inode!, $0.direction!) })
    #expect(directions == [1: .listen, 2: .inbound, 3: .outbound, 4: .outbound])
  }

  @Test func udp() {
    var script = Script()
    let open = Self.socket(.CLOSE, "0.0.0.0:5353", "0.0.0.0:0", inode: 7, transport: .udp)
    let twin = Self.socket(.CLOSE, "0.0.0.0:5353", "0.0.0.0:0", inode: 8, transport: .udp)
    #expect(script.look([open, twin]).map(\.direction) == [.listen, .listen], "SO_REUSEPORT")
    // The first one connects: its waiting ends and an outbound record begins.
    let connected = Self.socket(
      .ESTABLISHED, "127.0.0.1:5353", "127.0.0.1:53", inode: 7, transport: .udp)
    let changes = script.look([connected, twin])
    #expect(changes.count == 2)
    #expect(changes.contains { $0.direction == .outbound && $0.closedAt == nil })
    #expect(changes.contains { $0.direction == .listen && $0.closedAt != nil })
  }

  @Test func sameEndsAnotherSocket() {
    var script = Script()
    script.look([Self.socket(.ESTABLISHED, inode: 500)])
    let changes = script.look([Self.socket(.ESTABLISHED, inode: 501)])
    #expect(changes.map(\.state) == [.CLOSE, .ESTABLISHED])
    #expect(Set(changes.map(\.origin)).count == 2)

    script.look([Self.socket(.TIME_WAIT, inode: 0, owner: nil)])
    let reopened = script.look([Self.socket(.SYN_SENT, inode: 502)])
    #expect(reopened.count == 2, "a connection out of TIME_WAIT is a new one")
  }

  @Test func namespaceThatCouldNotBeReadEndsNothingAtOnce() {
    var script = Script()
    script.look([Self.socket(.ESTABLISHED)])
    #expect(script.look([], namespaces: []).isEmpty)
    #expect(script.look([Self.socket(.ESTABLISHED)]).isEmpty)
    // A namespace whose last process is gone never comes back.
    #expect(script.look([], namespaces: []).isEmpty)
    #expect(script.look([], namespaces: []).isEmpty)
    #expect(script.look([], namespaces: []).map(\.state) == [.CLOSE])
  }

  @Test func ownTrafficIsLeftOut() {
    var script = Script(excluding: "/usr/bin/curl")
    let server = Self.socket(.LISTEN, "127.0.0.1:8080", "0.0.0.0:0", inode: 1)
    let own = Self.socket(.ESTABLISHED, "127.0.0.1:8080", "127.0.0.1:50000", inode: 2)
    let browser = Self.socket(
      .ESTABLISHED, "127.0.0.1:50000", "127.0.0.1:8080", inode: 3,
      owner: ProcessIdentity(pid: 9, startTime: 1))
    #expect(script.look([server, own, browser]).map(\.inode) == [3])
    #expect(Set(script.tracker.excluded.map(\.inode)) == [1, 2])
    let halfClosed = Self.socket(
      .TIME_WAIT, "127.0.0.1:8080", "127.0.0.1:50000", inode: 0, owner: nil)
    #expect(script.look([server, halfClosed, browser]).isEmpty)
    let short = Self.socket(.TIME_WAIT, "127.0.0.1:8080", "127.0.0.1:50009", inode: 0, owner: nil)
    #expect(script.look([server, short, browser]).isEmpty, "came and went between two looks")
  }

  @Test func whatHadEndedBeforeTheFirstLookIsLeftOut() {
    let waiting = Self.socket(.TIME_WAIT, inode: 0, owner: nil)
    let later = Self.socket(.TIME_WAIT, "192.0.2.1:40001", inode: 0, owner: nil)
    var script = Script()
    #expect(script.look([waiting]).map(\.state) == [.TIME_WAIT], "as a look alone shows it")

    var collecting = Script(leavingOutEnded: true)
    #expect(collecting.look([waiting]).isEmpty)
    #expect(collecting.look([waiting, later]).map(\.local) == [later.local])
    #expect(collecting.look([later]).isEmpty, "its end is no news either")
    let reopened = collecting.look([Self.socket(.ESTABLISHED), later])
    #expect(reopened.map(\.state) == [.ESTABLISHED])
  }

  @Test func aConnectionLeftOpenIsContinuedInTimeWait() {
    var first = Script()
    let records = first.look([Self.socket(.ESTABLISHED)])
    var second = Script(leavingOutEnded: true)
    second.tracker.adopt(records, bootTime: Self.start.advanced(byMicroseconds: -60_000_000))
    let changes = second.look([Self.socket(.TIME_WAIT, inode: 0, owner: nil)])
    #expect(changes.map(\.origin) == records.map(\.origin))
    #expect(changes.map(\.state) == [.TIME_WAIT])
  }

  @Test func adoptedRecordsContinueOrEnd() throws {
    var first = Script()
    let records = first.look([
      Self.socket(.ESTABLISHED), Self.socket(.ESTABLISHED, "192.0.2.1:40001", inode: 600),
    ])
    var second = Script()
    second.tracker.adopt(records, bootTime: Self.start.advanced(byMicroseconds: -60_000_000))
    second.second = 60
    let changes = second.look([Self.socket(.ESTABLISHED)])
    let ended = try #require(changes.first)
    #expect(changes.count == 1)
    #expect(ended.inode == 600 && ended.state == .CLOSE && ended.revision == 2)
  }

  @Test func recordsOfAnEarlierBootEndThere() throws {
    var first = Script()
    let records = first.look([Self.socket(.ESTABLISHED)])
    var second = Script()
    second.second = 60
    let boot = Self.start.advanced(byMicroseconds: 30_000_000)
    second.tracker.adopt(records, bootTime: boot)
    // The same ends and inode by chance: another socket all the same.
    let changes = second.look([Self.socket(.ESTABLISHED)])
    #expect(changes.map(\.state) == [.CLOSE, .ESTABLISHED])
    #expect(changes.first?.closedAt == Self.start)
  }

  @Test func retransmitsKeepTheirHighestCount() {
    var script = Script()
    script.look([Self.socket(.SYN_SENT, retransmits: 3)])
    #expect(script.look([Self.socket(.ESTABLISHED)]).first?.retransmits == 3)
  }

  // MARK: - What sock_diag counts

  private static func counted(
    _ state: TCPState, sent: UInt64, received: UInt64, rtt: UInt32 = 300
  ) -> SocketEntry {
    var entry = socket(state)
    entry.figures = SocketFigures(
      bytesSent: sent, bytesReceived: received, rtt: rtt, retransmits: 0)
    return entry
  }

  @Test func figuresOfAnOpenConnectionComeOnceAMinute() throws {
    var script = Script()
    let first = try #require(script.look([Self.counted(.ESTABLISHED, sent: 10, received: 5)]).first)
    #expect(first.bytesSent == 10 && first.bytesReceived == 5 && first.rttMicroseconds == 300)
    #expect(script.look([Self.counted(.ESTABLISHED, sent: 20, received: 5)]).isEmpty)
    script.second = 60
    let later = try #require(script.look([Self.counted(.ESTABLISHED, sent: 30, received: 5)]).first)
    #expect(later.bytesSent == 30 && later.revision == 2)
    script.second = 180
    #expect(script.look([Self.counted(.ESTABLISHED, sent: 30, received: 5)]).isEmpty)
    // The peer's FIN counts as a byte.
    let half = try #require(script.look([Self.counted(.CLOSE_WAIT, sent: 30, received: 6)]).first)
    #expect(half.bytesReceived == 5)
  }

  @Test func attemptsHaveNoFigures() throws {
    var script = Script()
    let attempt = script.look([Self.counted(.SYN_SENT, sent: 0, received: 0, rtt: 0)])
    #expect(attempt.first?.bytesSent == nil && attempt.first?.rttMicroseconds == nil)
  }

  @Test func everyDropOfAListenerIsTold() {
    var script = Script()
    var listener = Self.socket(.LISTEN, "0.0.0.0:80", "0.0.0.0:0")
    #expect(script.look([listener]).first?.drops == nil)
    listener.drops = 0
    #expect(script.look([listener]).first?.drops == 0)
    #expect(script.look([listener]).isEmpty)
    listener.drops = 3
    #expect(script.look([listener]).first?.drops == 3)
  }

  // MARK: - Inferred errors

  private struct Ending: CustomTestStringConvertible {
    var what: String
    var retransmits: UInt32 = 0
    var seconds = 1
    var grow: @Sendable (inout NetworkCounters) -> Void
    var error: ConnectionError?
    var cause: ErrorCause?
    var testDescription: String { what }
  }

  private static let endings = [
    Ending(
      what: "refused",
      grow: {
        $0.attemptFails += 1; $0.inSegs += 1
      }, error: .ECONNREFUSED,
      cause: .peer_reset),
    Ending(
      what: "timed out", retransmits: 6, seconds: 4,
      grow: {
        $0.attemptFails += 1; $0.abortOnTimeout += 1
      }, error: .ECONNTIMEOUT,
      cause: .timeout),
    Ending(
      what: "neighbour silent", retransmits: 1, seconds: 3,
      grow: {
        $0.attemptFails += 1; $0.inDestUnreachs += 1
      }, error: .EHOSTUNREACH, cause: .icmp),
    Ending(
      what: "unreachable at once: port or host cannot be told",
      grow: {
        $0.attemptFails += 1; $0.inDestUnreachs += 1
      }),
    Ending(
      what: "gave up", retransmits: 2, seconds: 3, grow: { _ in }, error: .ECONNTIMEOUT,
      cause: .gave_up),
    Ending(
      what: "maybe established and closed between looks", grow: { $0.inSegs += 5 }),
    Ending(
      what: "a failure that an unseen attempt may own",
      grow: {
        $0.attemptFails += 1; $0.inSegs += 1; $0.activeOpens += 1
      }),
    Ending(
      what: "both failed, the unseen one too",
      grow: {
        $0.attemptFails += 2; $0.inSegs += 2; $0.activeOpens += 1
      }, error: .ECONNREFUSED,
      cause: .peer_reset),
  ]

  @Test(arguments: endings)
  private func vanishedAttempt(_ ending: Ending) throws {
    var script = Script()
    script.look([])
    script.counters.activeOpens += 1
    for _ in 0..<ending.seconds {
      script.look([Self.socket(.SYN_SENT, retransmits: ending.retransmits)])
    }
    ending.grow(&script.counters)
    let end = try #require(script.look([]).first)
    #expect(end.state == .CLOSE)
    #expect(end.error == ending.error)
    #expect(end.errorCause == ending.cause)
    #expect(end.errorSource == (ending.error == nil ? nil : .inferred))
    #expect(end.errorStage == (ending.error == nil ? nil : .handshake))
  }

  @Test func withoutCountersNothingIsInferred() throws {
    var tracker = ConnectionTracker(.init(host: "h", agent: "a"))
    for sockets in [[Self.socket(.SYN_SENT)], []] {
      var snapshot = SocketSnapshot(time: Self.start)
      snapshot.sockets = sockets
      snapshot.completeNamespaces = [1]
      tracker.observe(snapshot)
    }
    #expect(tracker.drain().map(\.error) == [nil])
  }
}
