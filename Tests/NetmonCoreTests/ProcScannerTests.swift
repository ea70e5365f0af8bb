import Testing

@testable import NetmonCore

@Suite("SocketScanner on a made-up /proc")
struct ProcScannerTests {
  private let tree: ProcTree
  private let now = Timestamp(microseconds: 1_763_800_000_000_000)

  init() throws { tree = try ProcTree() }

  private func scanner() throws -> SocketScanner { SocketScanner(try ProcFS(root: tree.root)) }

  /// The pid of the owner of each socket.
  private func owners(_ snapshot: SocketSnapshot) -> [UInt64: Int32] {
    var owners: [UInt64: Int32] = [:]
    for socket in snapshot.sockets { owners[socket.inode] = socket.owner?.pid }
    return owners
  }

  @Test func findsOwnersInTwoNamespaces() throws {
    tree.process(10, name: "one", start: 5, sockets: [101, 102])
    tree.process(11, name: "two", start: 6, sockets: [201], namespace: "b")
    tree.tcp([101, 102])
    tree.tcp([201, 0], namespace: "b")
    var scanner = try scanner()
    let snapshot = try scanner.scan(now: now)
    #expect(snapshot.time == now)
    #expect(owners(snapshot) == [101: 10, 102: 10, 201: 11])
    #expect(snapshot.sockets.count == 4)
    #expect(snapshot.processes.count == 2)
    #expect(snapshot.processes[ProcessIdentity(pid: 11, startTime: 6)]?.path == "/usr/bin/two")
    let (a, b) = (tree.inode(ofNamespace: "a"), tree.inode(ofNamespace: "b"))
    #expect(snapshot.completeNamespaces == [a, b])
    #expect(snapshot.sockets.first { $0.inode == 201 }?.networkNamespace == b)
    #expect(snapshot.skipped == SkipCounts())
  }

  @Test func namespacesAreLookedForAgainWhenAskedToOrWhenOneIsGone() throws {
    tree.process(10, start: 5, sockets: [101])
    tree.tcp([101])
    let fs = try ProcFS(root: tree.root)
    var scanner = SocketScanner(fs, tables: ProcSocketTables(fs), keepsNamespaces: true)
    #expect(try scanner.scan(now: now).sockets.count == 1)
    tree.process(11, start: 6, sockets: [201], namespace: "b")
    tree.tcp([201], namespace: "b")
    #expect(try scanner.scan(now: now).sockets.count == 1)
    scanner.forgetNamespaces()
    #expect(try scanner.scan(now: now).sockets.count == 2)
    tree.remove(process: 11)
    tree.process(12, start: 7, namespace: "b")
    let without = try scanner.scan(now: now)
    #expect(without.completeNamespaces == [tree.inode(ofNamespace: "a")])
    #expect(try scanner.scan(now: now).completeNamespaces.count == 2)
  }

  @Test("A steady scan reads one stat file per owner and walks no open files")
  func steadyScan() throws {
    tree.process(10, start: 5, sockets: [101, 102])
    tree.process(11, start: 6, sockets: [103])
    tree.process(12, start: 7)
    tree.tcp([101, 102, 103, 0])
    var scanner = try scanner()
    let first = try scanner.scan(now: now)
    #expect(scanner.statistics.processesWalked == 2)
    let second = try scanner.scan(now: now)
    #expect(second.sockets == first.sockets)
    #expect(second.processes == first.processes)
    #expect(scanner.statistics.processesWalked == 0)
    #expect(scanner.statistics.descriptorsRead == 0)
    #expect(scanner.statistics.statsRead == 2)
  }

  @Test("A new socket is looked for in new processes first, and no further than needed")
  func newProcessFirst() throws {
    for pid in 10...19 as ClosedRange<Int32> {
      tree.process(pid, start: UInt64(pid), sockets: [UInt64(pid)])
    }
    let old = (10...19).map { UInt64($0) }
    tree.tcp(old)
    var scanner = try scanner()
    _ = try scanner.scan(now: now)
    tree.process(30, start: 99, parent: 12, sockets: [500])
    tree.tcp(old + [500])
    #expect(owners(try scanner.scan(now: now))[500] == 30)
    // The new process, and its parent, which might have had the socket before it.
    #expect(scanner.statistics.processesWalked == 2)
  }

  @Test("The oldest of those that share a socket owns it, though a new one is asked first")
  func sharedSocket() throws {
    tree.process(20, start: 50, sockets: [101])
    tree.process(21, start: 60, parent: 20, sockets: [101])
    tree.tcp([101])
    var scanner = try scanner()
    #expect(owners(try scanner.scan(now: now)) == [101: 20])
    tree.process(20, start: 50, sockets: [101, 102])
    tree.process(22, start: 70, parent: 20, sockets: [101, 102])
    tree.tcp([101, 102])
    #expect(owners(try scanner.scan(now: now)) == [101: 20, 102: 20])
  }

  @Test("When the owner ends, the next oldest that holds the socket inherits it")
  func handOver() throws {
    tree.process(20, start: 50, sockets: [101])
    tree.process(21, start: 60, parent: 20, sockets: [101])
    tree.process(22, start: 55, parent: 20, sockets: [101])
    tree.tcp([101])
    var scanner = try scanner()
    #expect(owners(try scanner.scan(now: now)) == [101: 20])
    tree.remove(process: 20)
    let snapshot = try scanner.scan(now: now)
    #expect(owners(snapshot) == [101: 22])
    #expect(snapshot.processes.keys.map(\.pid) == [22])
  }

  @Test("A pid that was given out again is another process")
  func reusedPID() throws {
    tree.process(20, name: "old", start: 50, sockets: [101])
    tree.tcp([101])
    var scanner = try scanner()
    _ = try scanner.scan(now: now)
    tree.process(20, name: "new", start: 90, sockets: [102])
    tree.tcp([101, 102])
    let snapshot = try scanner.scan(now: now)
    #expect(owners(snapshot) == [102: 20])
    #expect(snapshot.processes.values.map(\.name) == ["new"])
    #expect(snapshot.processes.keys.map(\.startTime) == [90])
  }

  @Test("After execve the same process has another name and path")
  func exec() throws {
    tree.process(20, name: "sh", start: 50, sockets: [101])
    tree.tcp([101])
    var scanner = try scanner()
    _ = try scanner.scan(now: now)
    tree.process(20, name: "curl", start: 50, sockets: [101])
    let snapshot = try scanner.scan(now: now)
    #expect(snapshot.processes.values.map(\.path) == ["/usr/bin/curl"])
    #expect(scanner.statistics.processesWalked == 0)
  }

  @Test("An executable that changes behind the same name is noticed in time")
  func slowRefresh() throws {
    tree.process(20, name: "app", start: 50, sockets: [101])
    tree.tcp([101])
    var scanner = try scanner()
    _ = try scanner.scan(now: now)
    tree.link("20/exe", to: "/opt/app")
    let paths = try (1...32).map { _ in try scanner.scan(now: now).processes.values.map(\.path) }
    #expect(paths.last == ["/opt/app"])
  }

  @Test("A socket that nobody has is not searched for in every scan, but found when it appears")
  func unownedSocket() throws {
    tree.process(20, start: 50, sockets: [101])
    tree.tcp([101, 900])
    var scanner = try scanner()
    _ = try scanner.scan(now: now)
    #expect(scanner.statistics.unowned == 1)
    var walks = 0
    for _ in 1...100 {
      _ = try scanner.scan(now: now)
      walks += scanner.statistics.processesWalked
    }
    #expect(walks == 3)
    // A new process is asked at once.
    tree.process(21, start: 60, sockets: [900])
    #expect(owners(try scanner.scan(now: now)) == [101: 20, 900: 21])
  }

  @Test("An inode that returns after a pause is another socket")
  func reusedInode() throws {
    tree.process(20, start: 50, sockets: [101])
    tree.process(21, start: 60)
    tree.tcp([101])
    var scanner = try scanner()
    _ = try scanner.scan(now: now)
    tree.tcp([])
    _ = try scanner.scan(now: now)
    tree.process(20, start: 50)
    tree.process(21, start: 60, sockets: [101])
    tree.tcp([101])
    #expect(owners(try scanner.scan(now: now)) == [101: 21])
  }

  @Test("Rows that a changing table shows twice count once; rows without inode all count")
  func repeatedRows() throws {
    tree.process(20, start: 50, sockets: [101])
    tree.tcp([101, 101, 0, 0, 101])
    var scanner = try scanner()
    #expect(try scanner.scan(now: now).sockets.map(\.inode) == [101, 0, 0])
    #expect(scanner.statistics.repeatedRows == 2)
  }

  @Test("A namespace with a line that cannot be understood is not complete")
  func malformedLine() throws {
    tree.process(20, start: 50, sockets: [101])
    tree.process(21, start: 51, namespace: "b")
    tree.tcp([101])
    tree.tcp([], namespace: "b")
    tree.write("net-a/udp", "  sl …\n  broken\n")
    var scanner = try scanner()
    let snapshot = try scanner.scan(now: now)
    #expect(snapshot.sockets.count == 1)
    #expect(snapshot.skipped.malformed == 1)
    #expect(snapshot.completeNamespaces == [tree.inode(ofNamespace: "b")])
  }

  @Test("When a process of a namespace cannot be used, another one is")
  func otherRepresentative() throws {
    for pid in 20...24 as ClosedRange<Int32> { tree.process(pid, start: 50) }
    tree.tcp([101])
    for pid in [20, 21, 23, 24] { tree.link("\(pid)/net", to: "../gone") }
    var scanner = try scanner()
    let snapshot = try scanner.scan(now: now)
    #expect(snapshot.sockets.count == 1)
    #expect(snapshot.completeNamespaces.count == 1)
  }

  @Test("Processes that vanish half-way are counted and passed over")
  func vanishing() throws {
    tree.process(20, start: 50, sockets: [101])
    tree.tcp([101])
    tree.write("30/stat", "30 (cut")
    tree.write("31/comm", "no stat")
    var scanner = try scanner()
    let snapshot = try scanner.scan(now: now)
    #expect(owners(snapshot) == [101: 20])
    #expect(snapshot.skipped.malformed == 1)
    #expect(snapshot.skipped.vanished >= 2)
  }

  @Test("Tables that are counted as empty are not read, unless they held sockets before")
  func emptyTables() throws {
    tree.process(20, start: 50, sockets: [101])
    tree.tcp([101])
    var scanner = try scanner()
    #expect(try scanner.scan(now: now).sockets.count == 1)
    tree.write("net-a/sockstat", "TCP: inuse 0 orphan 0 tw 0 alloc 0 mem 0\nUDP: inuse 0 mem 0\n")
    tree.write("net-a/sockstat6", "TCP6: inuse 0\nUDP6: inuse 0\n")
    #expect(try scanner.scan(now: now).sockets.count == 1)
    tree.tcp([])
    #expect(try scanner.scan(now: now).sockets.isEmpty)
    #expect(scanner.statistics.tables == 1)
    let snapshot = try scanner.scan(now: now)
    #expect(scanner.statistics.tables == 0)
    #expect(snapshot.completeNamespaces.count == 1)
  }

  @Test("Without any readable namespace the reader's own is shown")
  func ownNamespaceOnly() throws {
    var scanner = SocketScanner(try ProcFS(root: procFixture("healthy")))
    let snapshot = try scanner.scan(now: now)
    #expect(snapshot.sockets.count == 11)
    #expect(snapshot.completeNamespaces == [0])
    #expect(snapshot.counters[0]?.activeOpens == 110)
  }

  @Test("A directory that is no /proc is an error")
  func noProc() throws {
    var scanner = try scanner()
    #expect(throws: ProcError.self) { try scanner.scan(now: now) }
  }

  @Test("Memory does not grow with the sockets that have come and gone")
  func boundedMemory() throws {
    tree.process(20, start: 50)
    var owners = SocketOwners(try ProcFS(root: tree.root))
    for round in 0..<200 {
      var snapshot = SocketSnapshot(time: now)
      let end = Endpoint(.anyIPv4, 1)
      for row in 0..<50 {
        snapshot.sockets.append(
          SocketEntry(
            networkNamespace: 1, transport: .tcp, state: .ESTABLISHED, local: end, remote: end,
            inode: UInt64(round * 50 + row + 1)))
      }
      var statistics = ScanStatistics()
      try owners.assign(to: &snapshot, statistics: &statistics)
      #expect(owners.rememberedSockets <= 100)
    }
  }
}
