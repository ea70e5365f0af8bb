import Glibc
import Testing

@testable import NetmonCore

/// Real sockets of this test, found in the real `/proc`.
@Suite("SocketScanner on this machine")
struct ProcLiveTests {
  private let now = Timestamp(microseconds: 1_763_800_000_000_000)

  private func snapshot() throws -> SocketSnapshot {
    var scanner = SocketScanner(try ProcFS(), includeCommand: true)
    return try scanner.scan(now: now)
  }

  /// Checks what holds for each socket of this process, and returns it.
  private func own(_ socket: LiveSocket, in snapshot: SocketSnapshot) throws -> SocketEntry {
    let entry = try #require(snapshot.sockets.first { $0.inode == socket.inode })
    let owner = try #require(entry.owner)
    #expect(owner.pid == getpid())
    #expect(entry.userID == geteuid())
    #expect(snapshot.completeNamespaces.contains(entry.networkNamespace))
    #expect(snapshot.counters[entry.networkNamespace] != nil)
    let details = try #require(snapshot.processes[owner])
    #expect(details.path == (try ProcFS().target(of: "self/exe")))
    #expect(details.name == (try ProcFS().line(of: "self/comm")))
    #expect(details.parentID == getppid())
    #expect(details.userID == geteuid())
    #expect(details.command?.isEmpty == false)
    return entry
  }

  @Test func tcpOverIPv4() throws {
    let listener = try LiveSocket(.tcp, .ipv4)
    try listener.bind("127.0.0.1:0")
    try listener.listen()
    let client = try LiveSocket(.tcp, .ipv4)
    try client.connect(to: listener.local)
    let snapshot = try snapshot()
    let listening = try own(listener, in: snapshot)
    #expect(listening.state == .LISTEN)
    #expect(listening.local.description == "127.0.0.1:\(listener.local.port)")
    #expect(listening.remote.description == "0.0.0.0:0")
    let connected = try own(client, in: snapshot)
    #expect(connected.state == .ESTABLISHED)
    #expect(connected.local == client.local)
    #expect(connected.remote == listener.local)
    #expect(connected.transport == .tcp)
    // The other end is established but has no inode until it is accepted.
    let other = snapshot.sockets.first {
      $0.local == connected.remote && $0.remote == connected.local
    }
    #expect(other?.inode == 0)
  }

  @Test(.enabled(if: LiveSocket.hasIPv6, "this machine has no IPv6 loopback"))
  func tcpOverIPv6() throws {
    let listener = try LiveSocket(.tcp, .ipv6)
    try listener.bind("[::1]:0")
    try listener.listen()
    let client = try LiveSocket(.tcp, .ipv6)
    try client.connect(to: listener.local)
    let snapshot = try snapshot()
    #expect(try own(listener, in: snapshot).local.description == "[::1]:\(listener.local.port)")
    let connected = try own(client, in: snapshot)
    #expect(connected.remote == listener.local)
    #expect(connected.local == client.local)
  }

  @Test(.enabled(if: LiveSocket.hasIPv6, "this machine has no IPv6 loopback"))
  func ipv4OverAnIPv6Socket() throws {
    let listener = try LiveSocket(.tcp, .ipv4)
    try listener.bind("127.0.0.1:0")
    try listener.listen()
    let client = try LiveSocket(.tcp, .ipv6)
    try client.connect(to: listener.local)
    let connected = try own(client, in: try snapshot())
    #expect(connected.remote == listener.local)
    #expect(connected.local.address.family == .ipv4)
  }

  @Test func udp() throws {
    let bound = try LiveSocket(.udp, .ipv4)
    try bound.bind("127.0.0.1:0")
    let client = try LiveSocket(.udp, .ipv4)
    try client.connect(to: bound.local)
    let snapshot = try snapshot()
    let waiting = try own(bound, in: snapshot)
    #expect(waiting.transport == .udp)
    #expect(waiting.state == .CLOSE)
    #expect(waiting.local == bound.local)
    #expect(waiting.remote.port == 0)
    let connected = try own(client, in: snapshot)
    #expect(connected.state == .ESTABLISHED)
    #expect(connected.remote == bound.local)
  }

  @Test("The kernel's count agrees with its tables, so that empty ones may be passed over")
  func emptyTablesAreEmpty() throws {
    let fs = try ProcFS()
    func agrees(_ table: NetSocketTable) throws -> Bool {
      let isEmpty = fs.socketCounts(in: "net").isEmpty(table)
      var rows = 0
      try fs.readLines(of: "net/\(table.rawValue)") { text in
        _ = table.parse(text, networkNamespace: 0) { _ in rows += 1 }
      }
      return !isEmpty || rows == 0
    }
    for table in NetSocketTable.allCases {
      // Other tests may open a socket between the two readings, but not always.
      #expect(try (1...100).contains { _ in try agrees(table) })
    }
  }

  @Test("A socket passes to the child when the parent that owned it is killed")
  func handOver() throws {
    let socket = try LiveSocket(.tcp, .ipv4)
    try socket.bind("127.0.0.1:0")
    try socket.listen()
    let inode = socket.inode
    let parent = try ChildProcess(
      "/bin/sh", ["-c", "sleep 300 & echo $!; wait"], inheriting: socket)
    let child = try #require(Int32(parent.readLine()))
    defer { kill(child, SIGKILL) }
    socket.close()

    var scanner = SocketScanner(try ProcFS())
    func owner() throws -> Int32? {
      try scanner.scan(now: now).sockets.first { $0.inode == inode }?.owner?.pid
    }
    #expect(try owner() == parent.pid)
    parent.kill()
    #expect(try owner() == child)
  }

  @Test(
    "Sockets of another network namespace, owned by a process in it",
    .enabled(if: OtherNamespace.isAvailable, "needs root: unshare(CLONE_NEWNET)"))
  func otherNamespace() throws {
    let other = try OtherNamespace()
    let snapshot = try snapshot()
    let entry = try #require(snapshot.sockets.first { $0.inode == other.inode })
    let own = try ProcFS().networkNamespace(of: getpid())
    #expect(entry.networkNamespace == (try ProcFS().networkNamespace(of: other.child.pid)))
    #expect(entry.networkNamespace != own)
    #expect(entry.state == .LISTEN)
    #expect(entry.local.port == other.port)
    #expect(entry.owner?.pid == other.child.pid)
    #expect(snapshot.completeNamespaces.isSuperset(of: [own, entry.networkNamespace]))
  }

  @Test func processLookup() throws {
    var reader = ProcessReader(try ProcFS())
    let me = try reader.process(pid: getpid())
    #expect(try reader.processes(named: me.name).contains { $0.identity == me.identity })
    #expect(throws: ProcError.self) { try reader.process(pid: Int32.max) }
  }

  @Test("A process cannot have started before the boot or after now")
  func startTime() throws {
    let facts = try HostFacts(ProcFS())
    var reader = ProcessReader(try ProcFS())
    let start = try #require(facts.startTime(of: try reader.process(pid: getpid()).identity))
    var clock = timespec()
    clock_gettime(CLOCK_REALTIME, &clock)
    #expect(start > facts.bootTime)
    #expect(start.microseconds / 1_000_000 <= Int64(clock.tv_sec) + 1)
  }
}
