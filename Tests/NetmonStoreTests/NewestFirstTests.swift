import NetmonCore
import NetmonStore
import Testing

/// However the rows of a list are come by, it is the same list.
@Suite struct NewestFirstTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
  }

  /// So many rows that passing over all is the dearest way, of few processes and remotes each.
  private func fill(displaced: Int = 0) throws {
    var records = (0..<40_000 as Range<Int64>).map { number in
      sample(
        at: number * 500_000, process: "p\(number % 1000)", pid: Int32(number % 1000),
        remote: Endpoint("10.\(number % 7).\(number % 250).\(number % 11):443") ?? "10.0.0.1:1",
        error: number % 5000 == 17 ? .ECONNREFUSED : nil)
    }
    records += (0..<displaced).map { sample(at: 7, process: "p1", pid: Int32($0)) }
    _ = try store.record(records)
  }

  @Test(arguments: [0, 30])
  func everyWayFindsTheSame(displaced: Int) throws {
    try fill(displaced: displaced)
    let all = try store.all()
    let terms = [
      "pid:7", "process:p1,p2", "process:p99*", "error:any", "error:ECONNREFUSED", "error:none",
      "error:any process:p17", "remote:10.1.2.0/24", "remote:10.3.17.0/24,10.4.18.0/24",
      "remote:10.0.0.0/8", "remote:192.0.2.7", "p17", "nowhere", "-process:p1",
      "remote:10.1.0.0/16",
    ]
    let now = Timestamp.at(20_000_000_000)
    for term in terms.flatMap({ [$0, "\($0) since:1h", "\($0) until:2026-11-22T11:10Z since:2h"] })
    {
      let filter = try Filter(term, now: now)
      let expected = all.filter(filter.matches)
      var query = ConnectionQuery(filter: filter, limit: 7)
      var found: [Connection] = []
      for _ in 0..<6 {
        let page = try store.connections(query)
        found += page.connections
        query.cursor = page.next
        guard page.next != nil else { break }
      }
      #expect(found.map(\.id) == expected.prefix(42).map(\.id), "\(term)")
      let offset = ConnectionQuery(filter: filter, limit: 5, offset: 3)
      #expect(
        try store.connections(offset).connections.map(\.id)
          == expected.dropFirst(3).prefix(5).map(\.id), "\(term)")
      #expect(try store.count(filter) == expected.count, "\(term)")
    }
  }
}
