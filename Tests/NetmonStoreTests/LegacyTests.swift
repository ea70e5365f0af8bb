import NetmonCore
import NetmonStore
import Testing

/// A file with the table `connections` of the earlier tool.
@Suite struct LegacyTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func makeTable(_ rows: [String]) throws {
    try directory.execute(
      """
      CREATE TABLE connections (
        id INTEGER PRIMARY KEY, timestamp TEXT, process_id INTEGER, process_name TEXT,
        process_path TEXT, local_addr TEXT, remote_addr TEXT, error TEXT, service_name TEXT,
        protocol TEXT, state TEXT, note TEXT
      );
      CREATE INDEX connections_timestamp ON connections (timestamp);

      """ + rows.map { "INSERT INTO connections VALUES (\($0));" }.joined()
    )
  }

  private let good = """
    5, '2026-11-22T10:00:00Z', 42, 'curl', '/usr/bin/curl', '10.0.0.1:50000', '[::1]:443',
    'ETIMEDOUT', 'https', 'TCP', 'CLOSE', 'n'
    """

  @Test func rowsBecomeRecords() throws {
    let later = good.replacing("5, '2026", with: "6, '2027")
      .replacing("'ETIMEDOUT', 'https'", with: "NULL, ''")
    try makeTable([good, later])
    let store = try Store(path: directory.file)
    let all = try store.all()
    #expect(all.map(\.error) == [nil, .ECONNTIMEOUT])
    #expect(all.map(\.serviceName) == [nil, "https"])
    #expect(all.map(\.errorSource) == [nil, .reported])
    #expect(all.map(\.remote) == ["[::1]:443", "[::1]:443"])
    #expect(all.allSatisfy { $0.origin?.agent == store.id })
    #expect(try store.lastSequence() == 2)
    #expect(try store.gaps().isEmpty)
    #expect(
      try directory.rows(
        "SELECT name FROM sqlite_schema WHERE name LIKE 'connections_%' ORDER BY name")
        == ["connections_insert", "connections_part", "connections_part_insert"])
    #expect(try directory.brokenRules() == [])
    #expect(try Store(path: directory.file).count(Filter()) == 2)
  }

  @Test func unreadableRowsAreKeptAndCounted() throws {
    let bad = [
      ("'2026-11-22T10:00:00Z'", "'soon'"), ("42", "-3"), ("'10.0.0.1:50000'", "NULL"),
      ("'[::1]:443'", "'example.org:443'"), ("'ETIMEDOUT'", "'EWHAT'"), ("'TCP'", "'sctp'"),
      ("'CLOSE'", "x'00ff'"), ("'2026-11-22T10:00:00Z'", "'1999-01-01T00:00:00Z'"),
    ].enumerated().map { index, change in
      good.replacing("5, ", with: "\(10 + index), ")
        .replacing(change.0, with: change.1)
    }
    try makeTable([good] + bad)
    let store = try Store(path: directory.file)
    #expect(try store.count(Filter()) == 1)
    let gap = try #require(try store.gaps().first)
    #expect(gap.count == bad.count)
    #expect(gap.from == .at(0) && gap.to == .at(0))
    #expect(
      try directory.rows("SELECT id, note, reason FROM connections_unreadable ORDER BY id")[...2]
        == ["10|n|timestamp soon", "11|n|process_id -3", "12|n|local_addr "])
    #expect(try directory.rows("SELECT count(*) FROM connections_unreadable") == ["\(bad.count)"])
  }

  @Test func anotherTableOfThatNameIsLeftAlone() throws {
    try directory.execute(
      "CREATE TABLE connections (host TEXT); INSERT INTO connections VALUES ('x')")
    let error = #expect(throws: StoreError.self) { try Store(path: directory.file) }
    #expect(error?.description.contains("timestamp") == true)
    #expect(try directory.rows("SELECT host FROM connections") == ["x"])
  }
}
