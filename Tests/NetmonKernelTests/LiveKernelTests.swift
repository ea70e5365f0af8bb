import CLinux
import Glibc
import NetmonCore
import Testing

@testable import NetmonKernel

/// Tests on the kernel that runs here; they take root and tracefs.
@Suite(
  .serialized,
  .enabled("needs root and tracefs") { geteuid() == 0 && (try? TraceFS()) != nil })
struct LiveKernelTests {
  private let proc: ProcFS

  init() throws { proc = try ProcFS() }

  private func open(_ options: KernelSource.Options = .init()) throws -> KernelSource {
    var capabilities = Capabilities()
    return try KernelSource(options, proc: proc, capabilities: &capabilities)
  }

  /// Everything that happens meanwhile, in the order in which the source tells it, until `isOver`
  /// says that the last of it has come: exits and final figures are told a little later.
  private func events(
    _ options: KernelSource.Options = .init(), during body: () throws -> Void,
    until isOver: ([SocketEvent]) -> Bool
  ) throws -> [SocketEvent] {
    let source = try open(options)
    try body()
    var events: [SocketEvent] = []
    let deadline = ContinuousClock.now + .seconds(10)
    while !isOver(events), ContinuousClock.now < deadline {
      events += try source.nextBatch(waiting: 10).events
    }
    return events + source.finish().events
  }

  /// Whether this many sockets with a port at either end are destroyed.
  private func areDestroyed(
    _ count: Int, port: UInt16
  ) -> ([SocketEvent]) -> Bool {
    { events in story(events, port: port).count { $0 == "destroy" } >= count }
  }

  private func tuple(_ kind: SocketEvent.Kind) -> SocketEvent.Tuple? {
    switch kind {
    case .setState(let change): change.tuple
    case .errorReport(let tuple, _), .destroy(_, let tuple, _), .receiveReset(_, let tuple),
      .sendReset(_, let tuple), .retransmit(_, let tuple, _), .routeLookup(let tuple, _, _):
      tuple
    case .icmpSend(let tuple, _, _): tuple
    default: nil
    }
  }

  /// One word for each event that has this port at either end.
  private func story(_ events: [SocketEvent], port: UInt16) -> [String] {
    events.compactMap { event in
      guard let tuple = tuple(event.kind), tuple.local.port == port || tuple.remote.port == port
      else { return nil }
      return switch event.kind {
      case .setState(let change): "\(change.from)>\(change.to)"
      case .errorReport(_, let error): "error \(error)"
      case .destroy: "destroy"
      case .receiveReset: "receive_reset"
      case .sendReset: "send_reset"
      case .routeLookup(_, _, let error): "route \(error)"
      default: "other"
      }
    }
  }

  @Test(arguments: ["127.0.0.1", "[::1]"])
  func refused(host: String) throws {
    let closed = try LiveSocket(host)
    let port = closed.port
    closed.close()
    let all = try events {
      try LiveSocket.refusedConnect(host, port)
    } until: { events in
      story(events, port: port).contains("error 111")
    }
    #expect(
      story(all, port: port).prefix(5) == [
        "CLOSE>SYN_SENT", "send_reset", "receive_reset", "SYN_SENT>CLOSE", "error 111",
      ])
    let first = try #require(all.first { tuple($0.kind)?.remote.port == port })
    #expect(!first.isInterrupt)
    #expect(first.thread == currentThread)
    #expect(all.map(\.time) == all.map(\.time).sorted())
  }

  @Test func successWithFinalFigures() throws {
    let listener = try LiveSocket("127.0.0.1")
    let all = try events {
      try listener.exchange(bytes: 1000)
    } until: { events in
      areDestroyed(2, port: listener.port)(events)
        && events.contains {
          if case .figures(_, let figures) = $0.kind { figures.bytesSent == 1000 } else { false }
        }
    }
    let changes = story(all, port: listener.port)
    #expect(changes.first == "CLOSE>SYN_SENT")
    for change in ["SYN_SENT>ESTABLISHED", "LISTEN>SYN_RECV", "SYN_RECV>ESTABLISHED", "destroy"] {
      #expect(changes.contains(change))
    }
    let cookies = all.compactMap { event -> UInt64? in
      guard case .destroy(_, let tuple, let cookie) = event.kind,
        tuple.remote.port == listener.port
      else { return nil }
      return cookie
    }
    let figures = all.compactMap { event -> SocketFigures? in
      guard case .figures(let cookie, let figures) = event.kind, cookies.contains(cookie) else {
        return nil
      }
      return figures
    }
    #expect(figures.map(\.bytesSent) == [1000])
  }

  @Test func udpRefused() throws {
    let closed = try LiveSocket("127.0.0.1")
    let port = closed.port
    closed.close()
    let all = try events {
      LiveSocket.sendDatagram("127.0.0.1", port)
    } until: {
      story($0, port: port).contains("error 111")
    }
    #expect(story(all, port: port).first == "route 0")
    #expect(story(all, port: port).contains("error 111"))
  }

  @Test func syscallsOnRequest() throws {
    var options = KernelSource.Options()
    options.traceSyscalls = true
    let closed = try LiveSocket("127.0.0.1")
    let port = closed.port
    closed.close()
    func isExit(_ event: SocketEvent) -> Bool {
      event.thread == currentThread && event.kind == .connectExit(result: -ECONNREFUSED)
    }
    let all = try events(options) {
      try LiveSocket.refusedConnect("127.0.0.1", port)
    } until: { events in
      events.contains(where: isExit)
    }
    #expect(all.contains(where: isExit))
  }

  /// TCP to a broadcast address fails before a route is looked for, and before any packet.
  @Test func whereACallGoesThatFailsAtOnce() throws {
    var options = KernelSource.Options()
    options.traceSyscalls = true
    func isExit(_ event: SocketEvent) -> Bool {
      event.thread == currentThread && event.kind == .connectExit(result: -ENETUNREACH)
    }
    let all = try events(options) {
      try LiveSocket.failingConnect("255.255.255.255", 4711, with: ENETUNREACH)
    } until: { events in
      events.contains(where: isExit)
    }
    #expect(all.contains(where: isExit))
    #expect(
      all.contains { event in
        guard case .connectEnter(_, let destination?) = event.kind else { return false }
        return event.thread == currentThread && destination == Endpoint("255.255.255.255:4711")
      })
  }

  @Test func processesAndTheirNamespaces() throws {
    var child: Int32 = 0
    let all = try events {
      child = try run("/usr/bin/unshare", "-n", "/bin/true")
    } until: { events in
      events.contains { $0.kind == .exit(process: child, thread: child) }
    }
    let mine = all.filter { event in
      switch event.kind {
      case .fork(let process, _, _, _), .exit(let process, _), .name(let process, _, _, _),
        .executable(let process, _), .networkNamespace(let process, _, _):
        process == child
      default: false
      }
    }
    let story = mine.map { event -> String in
      switch event.kind {
      case .fork(_, _, let parent, _): parent == getpid() ? "fork" : "fork of another"
      case .exit: "exit"
      case .name(_, _, let name, let isExec): isExec ? "exec \(name)" : "name"
      case .executable(_, let path): path
      case .networkNamespace(_, _, let inode):
        inode == (try? proc.networkNamespace(of: getpid())) ? "our namespace" : "new namespace"
      default: "other"
      }
    }
    #expect(
      story == [
        "fork", "our namespace", "exec unshare", "/usr/bin/unshare", "new namespace", "exec true",
        "/usr/bin/true", "exit",
      ])
  }

  @Test func lossesAreCounted() throws {
    var options = KernelSource.Options()
    options.ringKilobytes = 8
    let all = try events(options) {
      for _ in 0..<1000 { try LiveSocket.refusedConnect("127.0.0.1", 1) }
    } until: { events in
      events.contains { if case .lost(.tracefs, _, _) = $0.kind { true } else { false } }
    }
    let lost = all.reduce(UInt64(0)) { sum, event in
      guard case .lost(.tracefs, let count, _) = event.kind else { return sum }
      return sum + count
    }
    // About seven events an attempt, of which two small rings hold a few hundred.
    #expect(lost > 3000)
    let firstAttempt = all.firstIndex { tuple($0.kind)?.remote.port == 1 } ?? 0
    #expect(
      all.prefix(firstAttempt).contains { event in
        if case .lost = event.kind { true } else { false }
      })
  }

  @Test func instanceEndsWithItsSource() throws {
    let fs = try TraceFS()
    let own = try proc.ownIdentity()
    let name = "netmon-\(own.pid)-\(own.startTime)"
    do {
      let source = try open()
      #expect(try fs.names(in: "instances").contains(name))
      withExtendedLifetime(source) {}
    }
    #expect(try !fs.names(in: "instances").contains(name))
  }

  @Test func staleInstances() throws {
    let fs = try TraceFS()
    let own = try proc.ownIdentity()
    // The same pid, but another process; and one that lives.
    let gone = "netmon-\(own.pid)-1"
    try fs.makeDirectory("instances/\(gone)")
    let other = "netmon-test\(own.pid)-other"
    try fs.makeDirectory("instances/\(other)")
    defer { try? fs.removeDirectory("instances/\(other)") }
    let source = try open()
    let names = try fs.names(in: "instances")
    #expect(!names.contains(gone))
    #expect(names.contains(other))
    #expect(names.contains("netmon-\(own.pid)-\(own.startTime)"))
    // In use, so that it stays although it is said to be gone.
    #expect(try TraceInstance.removeStale(in: fs) { $0 != own }.isEmpty)
    withExtendedLifetime(source) {}
  }

  /// Its process is in another one.
  @Test func aThreadInANamespaceOfItsOwnIsHeard() throws {
    let source = try open()
    func comes(_ isIt: (SocketEvent.Kind) -> Bool) throws -> Bool {
      let deadline = ContinuousClock.now + .seconds(60)
      while ContinuousClock.now < deadline {
        if try source.nextBatch(waiting: 10).events.contains(where: { isIt($0.kind) }) {
          return true
        }
      }
      return false
    }
    let thread = try NetworkThread()
    #expect(
      try comes {
        $0
          == .networkNamespace(
            process: getpid(), thread: thread.number, inode: thread.namespace)
      })
    let cookie = try thread.endSocket()
    #expect(try comes { if case .figures(cookie, _) = $0 { true } else { false } })
  }

  @Test func capabilitiesAreTold() throws {
    var capabilities = Capabilities()
    _ = try KernelSource(.init(), proc: proc, capabilities: &capabilities)
    #expect(capabilities.works("tracefs"))
    #expect(capabilities.works("sock:inet_sock_set_state"))
    #expect(capabilities.items.allSatisfy { $0.problem?.remedy != "" })
  }

  // MARK: - sock_diag

  @Test func diagSeesWhatProcSees() throws {
    let listener = try LiveSocket("127.0.0.1")
    let listener6 = try LiveSocket("[::1]")
    var text = SocketScanner(proc)
    var diag = SocketScanner(proc, tables: DiagSocketTables(proc))
    let now = Timestamp(microseconds: 0)
    let (expected, actual) = (try text.scan(now: now), try diag.scan(now: now))
    for port in [listener.port, listener6.port] {
      let row = try #require(actual.sockets.first { $0.state == .LISTEN && $0.local.port == port })
      #expect(row.listenQueue == ListenQueue(length: 0, limit: 16))
      #expect(row.drops == 0)
      #expect(row.owner?.pid == getpid())
      let other = try #require(expected.sockets.first { $0.inode == row.inode })
      #expect(row.local == other.local && row.remote == other.remote && row.state == other.state)
      #expect(row.owner == other.owner && row.userID == other.userID)
    }
  }

  /// A process that sits in a namespace of its own, with a listener in it.
  @Test func diagInAnotherNamespace() throws {
    let python = "/usr/bin/python3"
    guard access(python, X_OK) == 0 else { return }
    let program = """
      import socket, sys, time
      s = socket.socket(); s.bind(('0.0.0.0', 4242)); s.listen(3); time.sleep(600)
      """
    let child = try spawn("/usr/bin/unshare", "-n", python, "-c", program)
    defer {
      kill(child, SIGKILL)
      waitpid(child, nil, 0)
    }
    var scanner = SocketScanner(proc, tables: DiagSocketTables(proc))
    let own = try proc.networkNamespace(of: getpid())
    var found: SocketEntry?
    let deadline = ContinuousClock.now + .seconds(60)
    while found == nil, ContinuousClock.now < deadline {
      let snapshot = try scanner.scan(now: Timestamp(microseconds: 0))
      found = snapshot.sockets.first { $0.local.port == 4242 && $0.networkNamespace != own }
    }
    #expect(found?.owner?.pid == child)
    #expect(found?.listenQueue?.limit == 3)
  }
}
