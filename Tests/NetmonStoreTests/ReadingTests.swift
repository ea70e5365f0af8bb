import NetmonCore
import NetmonStore
import Testing

@Suite struct ReadingTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
  }

  @Test func limitOffsetAndNext() throws {
    _ = try store.record((0..<5).map { sample(at: $0) })
    func times(_ query: ConnectionQuery) throws -> [Int64] {
      try store.connections(query).connections.map { $0.timestamp.microseconds(since: .at(0)) }
    }
    #expect(try times(ConnectionQuery(limit: 2)) == [4, 3])
    #expect(try times(ConnectionQuery(limit: 2, offset: 3)) == [1, 0])
    #expect(try times(ConnectionQuery(limit: 2, offset: 9)) == [])
    #expect(try times(ConnectionQuery(limit: nil, offset: 1)) == [3, 2, 1, 0])
    #expect(try times(ConnectionQuery(limit: 0)) == [])
    #expect(try store.connections(ConnectionQuery(limit: 5)).next == nil)
    let page = try store.connections(ConnectionQuery(limit: 4))
    #expect(try times(ConnectionQuery(limit: 4, cursor: page.next)) == [0])
    for query in [ConnectionQuery(limit: -1), ConnectionQuery(offset: -1)] {
      #expect(throws: StoreError.self) { try store.connections(query) }
    }
  }

  @Test(arguments: RecordField.allCases, [true, false])
  func sortsByEveryField(field: RecordField, descending: Bool) throws {
    let records = try randomRecords(60, seed: 3)
    _ = try store.record(records)
    let sort = ConnectionQuery.Sort(field, descending: descending)
    let sorted = try store.connections(ConnectionQuery(sort: sort, limit: nil)).connections
    #expect(Set(sorted) == Set(try store.all()))
    let values = sorted.map { SortValue($0, field) }
    for (a, b) in zip(values, values.dropFirst()) {
      #expect(descending ? !(a < b) : !(b < a), "\(a) \(b)")
    }
    // Its pages are the same list.
    var paged: [Connection] = []
    var cursor: ConnectionQuery.Cursor?
    repeat {
      let page = try store.connections(ConnectionQuery(sort: sort, limit: 7, cursor: cursor))
      paged += page.connections
      cursor = page.next
    } while cursor != nil
    #expect(paged == sorted)
  }

  /// Rows are written and removed between the pages, before and after the place reached.
  @Test(arguments: [RecordField.process_name, .connect_us, .error, .timestamp], [true, false])
  func sortedPagesHoldWhileRowsComeAndGo(field: RecordField, descending: Bool) throws {
    _ = try store.record(try randomRecords(60, seed: 5))
    let sort = ConnectionQuery.Sort(field, descending: descending)
    let before = try store.connections(ConnectionQuery(sort: sort, limit: nil)).connections
    let gone = before.indices.filter { $0 % 5 == 4 }.map { before[$0] }
    // Ids are given out again.
    var paged: [Origin] = []
    var cursor: ConnectionQuery.Cursor?
    var round = 0
    repeat {
      let query = ConnectionQuery(sort: sort, limit: 7, cursor: cursor)
      let page = try store.connections(query)
      paged += page.connections.compactMap(\.origin)
      cursor = page.next.flatMap { ConnectionQuery.Cursor($0.description) }
      #expect(cursor == page.next)
      let removed = try #require(gone[round % gone.count].origin)
      try directory.execute("DELETE FROM connection WHERE number = \(removed.number)")
      round += 1
      _ = try store.record(
        try randomRecords(3, seed: UInt64(100 + round)).enumerated().map { index, record in
          var record = record
          record.origin = Origin(agent: "new", number: Int64(1000 + round * 3 + index))
          return record
        })
    } while cursor != nil
    #expect(Set(paged).count == paged.count)
    let stayed = before.filter { !gone.contains($0) }.compactMap(\.origin)
    #expect(paged.filter(stayed.contains) == stayed)
  }

  @Test(arguments: [true, false])
  func textsOfAnyLengthArePaged(descending: Bool) throws {
    let long = String(repeating: "é", count: 3000)
    let names = [long + "b", long + "a", "", "z\0a", "z\0b", "z", long]
    _ = try store.record(names.enumerated().map { sample(at: Int64($0), process: $1) })
    let sort = ConnectionQuery.Sort(.process_name, descending: descending)
    var paged: [String] = []
    var cursor: ConnectionQuery.Cursor?
    repeat {
      let page = try store.connections(ConnectionQuery(sort: sort, limit: 1, cursor: cursor))
      paged += page.connections.map(\.process.name)
      cursor = page.next
      #expect((cursor?.description.utf8.count ?? 0) < 2200)
    } while cursor != nil
    // The long ones agree as far as they are compared, and so come as they were seen.
    let sorted = ["", "z", "z\0a", "z\0b", long + "b", long + "a", long]
    #expect(paged == (descending ? sorted.reversed() : sorted))
  }

  @Test func sortAndCursorTexts() throws {
    #expect(ConnectionQuery.Sort("-connect_us") == .init(.connect_us, descending: true))
    #expect(ConnectionQuery.Sort("error") == .init(.error))
    #expect(ConnectionQuery.Sort("nothing") == nil)
    #expect(ConnectionQuery.Sort("--error") == nil)
    for text in [
      "", "n", "n1", "n1-2-3", "n-1-2", "s-1", "s+1", "sZ", "x1", "s01", "n1-zzzzzzzzzzzzzzzzz",
      "é", "s1", "su-1", "si01-0-0", "st0-0-0", "st0g-0-0", "stFF-0-0", "su-0--1",
    ] {
      #expect(ConnectionQuery.Cursor(text) == nil, "\(text)")
    }
    _ = try store.record([sample(), sample(at: 1)])
    let cursor = try #require(try store.connections(ConnectionQuery(limit: 1)).next)
    let sorted = try #require(
      try store.connections(ConnectionQuery(sort: .init(.host), limit: 1)).next)
    #expect(throws: StoreError.self) {
      try store.connections(ConnectionQuery(sort: .init(.host), cursor: cursor))
    }
    #expect(throws: StoreError.self) { try store.connections(ConnectionQuery(cursor: sorted)) }
  }

  @Test func forEachGoesThroughAllOrStops() throws {
    _ = try store.record((0..<2500).map { sample(at: $0 / 10) })
    var query = ConnectionQuery(limit: nil)
    var seen: [Connection] = []
    try store.forEachConnection(query) { connection in
      seen.append(connection)
      return true
    }
    #expect(seen == (try store.all()))
    for sort in [nil, ConnectionQuery.Sort(.timestamp)] {
      query.sort = sort
      query.offset = 10
      query.limit = 1200
      var count = 0
      try store.forEachConnection(query) { connection in
        count += 1
        // The store may be used meanwhile.
        let again = try store.connection(id: connection.id ?? 0)
        #expect(again == connection)
        return true
      }
      #expect(count == 1200)
      count = 0
      try store.forEachConnection(query) { _ in
        count += 1
        return count < 3
      }
      #expect(count == 3)
    }
    struct Stop: Error {}
    #expect(throws: Stop.self) { try store.forEachConnection(query) { _ in throw Stop() } }
  }

  @Test func openConnectionsAreOwnAndOpen() throws {
    _ = try store.record([
      sample(at: 2, closedAfter: nil), sample(at: 1, closedAfter: nil), sample(),
      sample(closedAfter: nil, origin: Origin(agent: "other", number: 1)),
    ])
    #expect(try store.openConnections().map(\.timestamp) == [.at(1), .at(2)])
  }

  @Test func hostsGapsAndStatistics() throws {
    #expect(try store.statistics().newest == nil)
    var local = sample(error: .EPIPE)
    local.host = "b"
    _ = try store.record([local, sample(at: 3, closedAfter: nil)])
    let gap = Gap(host: "b", from: .at(0), to: .at(9), count: 4, reason: "ring overrun")
    try store.recordGap(gap)
    try store.recordGap(Gap(host: "c", from: .at(0), to: .at(1), count: nil, reason: "restart"))
    try store.recordHost(
      HostReport(host: "a", tier: "proc", seen: .at(5), lagSeconds: 1.5, lost: 2))
    try store.recordHost(HostReport(host: "a", tier: "diag", seen: .at(6), lost: 3))
    let hosts = try store.hosts()
    #expect(hosts.map(\.host) == ["a", "b"])
    #expect(hosts[0].tier == "diag" && hosts[0].lost == 3 && hosts[0].lastSeen == .at(6))
    #expect(hosts[0].lagSeconds == nil)
    #expect(hosts[1].connections == 1 && hosts[1].errors == 1 && hosts[1].lost == 4)
    #expect(try store.gaps().first?.reason == gap.reason)
    let statistics = try store.statistics()
    #expect(statistics.connections == 2 && statistics.open == 1 && statistics.errors == 1)
    #expect(statistics.addresses == 2 && statistics.hosts == 2)
    #expect(statistics.oldest == .at(0) && statistics.newest == .at(3))
    #expect(statistics.sizeBytes > 0 && statistics.storeID == store.id)
  }
}
