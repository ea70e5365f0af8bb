import Testing

@testable import NetmonCore

@Suite("/proc/PID/net")
struct ProcNetTests {
  private func sockets(_ tree: String, _ table: NetSocketTable) throws -> ([SocketEntry], Int) {
    let fs = try ProcFS(root: procFixture(tree))
    var entries: [SocketEntry] = []
    var malformed = 0
    try fs.readLines(of: "net/\(table.rawValue)") { text in
      malformed += table.parse(text, networkNamespace: 7) { entries.append($0) }
    }
    return (entries, malformed)
  }

  @Test func tcp() throws {
    let (rows, malformed) = try sockets("healthy", .tcp)
    #expect(malformed == 0)
    try #require(rows.count == 6)
    #expect(
      rows.map(\.state) == [
        .LISTEN, .SYN_SENT, .TIME_WAIT, .SYN_RECV, .ESTABLISHED, .ESTABLISHED,
      ])
    #expect(rows[0].local.description == "127.0.0.1:8080")
    #expect(rows[0].remote.description == "0.0.0.0:0")
    #expect(rows[0].userID == 101)
    #expect(rows[0].inode == 1001)
    #expect(rows[0].networkNamespace == 7)
    #expect(rows[1].local.description == "10.0.2.15:50000")
    #expect(rows[1].remote.description == "192.168.8.1:443")
    #expect(rows[1].retransmits == 3)
    #expect(rows[2].inode == 0)
    #expect(rows[4].userID == 4_294_967_294)
    #expect(rows[4].inode == 4_294_967_295)
  }

  @Test func tcp6() throws {
    let (rows, malformed) = try sockets("healthy", .tcp6)
    #expect(malformed == 0)
    #expect(
      rows.map(\.local.description) == [
        "[::1]:22", "10.0.2.15:443", "[2001:db8::1]:443",
      ])
    #expect(
      rows.map(\.remote.description) == [
        "[::]:0", "192.168.8.1:54321", "[2001:db8::2]:54321",
      ])
    #expect(rows.map(\.state) == [.LISTEN, .ESTABLISHED, .CLOSE_WAIT])
  }

  @Test func udp() throws {
    let (rows, malformed) = try sockets("healthy", .udp)
    #expect(malformed == 0)
    #expect(rows.map(\.local.description) == ["127.0.0.53:53", "10.0.2.15:57344"])
    #expect(rows.map(\.remote.description) == ["0.0.0.0:0", "8.8.8.8:53"])
    #expect(rows.map(\.state) == [.CLOSE, .ESTABLISHED])
    #expect(rows.allSatisfy { $0.transport == .udp })
    let (rows6, _) = try sockets("healthy", .udp6)
    #expect(rows6.map(\.local.description) == ["[fe80::200:1ff:feb7:bcfe]:546"])
  }

  @Test("Only whole and sound lines count, whatever stands between them")
  func brokenTable() throws {
    let (rows, malformed) = try sockets("broken", .tcp)
    #expect(rows.map(\.inode) == [1001, 1009])
    #expect(malformed == 15)
  }

  @Test("A file cut at any byte never crashes and never makes up a socket")
  func cutTable() throws {
    let whole = try ProcFS(root: procFixture("healthy")).contents(of: "net/tcp")
    let (rows, _) = try sockets("healthy", .tcp)
    for length in 0...whole.count {
      let part = Array(whole[..<length])
      var found: [SocketEntry] = []
      _ = NetSocketTable.tcp.parse(part.span, networkNamespace: 7) { found.append($0) }
      #expect(found.elementsEqual(rows.prefix(found.count)))
    }
  }

  @Test func counters() throws {
    let counters = try ProcFS(root: procFixture("healthy")).networkCounters(in: "net")
    #expect(counters.activeOpens == 110)
    #expect(counters.attemptFails == 13)
    #expect(counters.inSegs == 23700)
    #expect(counters.listenOverflows == 3)
    #expect(counters.abortOnTimeout == 21)
    #expect(counters.inDestUnreachs == 12)
  }

  @Test("Counters before a broken value are kept; missing snmp6 means no IPv6")
  func brokenCounters() throws {
    let counters = try ProcFS(root: procFixture("broken")).networkCounters(in: "net")
    #expect(counters.activeOpens == 5)
    #expect(counters.inSegs == 0)
    #expect(counters.listenOverflows == 0)
  }

  @Test func socketCounts() throws {
    let healthy = try ProcFS(root: procFixture("healthy")).socketCounts(in: "net")
    #expect(NetSocketTable.allCases.allSatisfy { !healthy.isEmpty($0) })
    let unknown = try ProcFS(root: procFixture("broken")).socketCounts(in: "net")
    #expect(NetSocketTable.allCases.allSatisfy { !unknown.isEmpty($0) })
  }

  @Test(
    "A TCP table is empty only if no socket of either family waits in TIME_WAIT",
    arguments: [
      ("TCP: inuse 0 orphan 0 tw 0 alloc 9 mem 0\nTCP6: inuse 0\n", true, true),
      ("TCP: inuse 1 orphan 0 tw 0 alloc 9 mem 0\nTCP6: inuse 0\n", false, true),
      ("TCP: inuse 0 orphan 0 tw 4 alloc 9 mem 0\nTCP6: inuse 0\n", false, false),
      ("TCP6: inuse 0\n", false, false),
      ("TCP: inuse x tw 0\nTCP6: inuse 0\n", false, false),
      ("", false, false),
    ])
  func emptyTables(text: String, tcp: Bool, tcp6: Bool) {
    var counts = NetSockstat()
    let bytes = Array(text.utf8)
    counts.parse(bytes.span)
    #expect(counts.isEmpty(.tcp) == tcp)
    #expect(counts.isEmpty(.tcp6) == tcp6)
  }
}
