import NetmonCore
import NetmonStore
import Testing

/// The documented table `connections`, from plain SQL.
@Suite(.needsSQLiteShell) struct ViewTests {
  let directory: TemporaryDirectory
  let store: Store
  let shell: SQLiteShell

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
    shell = SQLiteShell(file: directory.file)
  }

  /// An INSERT with one value changed.
  private func insert(_ changed: [String: String] = [:], verb: String = "INSERT") -> String {
    var values = [
      "timestamp": "'2026-11-22T10:00:00.000000Z'", "process_id": "42", "process_name": "'curl'",
      "process_path": "'/usr/bin/curl'", "local_addr": "'10.0.0.1:50000'",
      "remote_addr": "'192.0.2.7:443'", "error": "NULL", "service_name": "'https'",
      "protocol": "'tcp'", "state": "'CLOSE'",
    ]
    values.merge(changed) { $1 }
    let columns = values.keys.sorted()
    return """
      \(verb) INTO connections (\(columns.joined(separator: ", ")))
      VALUES (\(columns.map { values[$0] ?? "NULL" }.joined(separator: ", ")));

      """
  }

  @Test func showsTheDocumentedColumns() throws {
    var connection = sample(at: 1, local: "[2001:db8::1]:80", error: .ECONNTIMEOUT)
    connection.serviceName = "https"
    let id = try store.record([connection, sample(process: "", pid: 0)])[0].id
    let columns = try shell.run("SELECT name FROM pragma_table_info('connections')")
    #expect(
      columns == """
        id
        timestamp
        process_id
        process_name
        process_path
        local_addr
        remote_addr
        error
        service_name
        protocol
        state

        """)
    let rows = try shell.run(".nullvalue NULL\nSELECT * FROM connections ORDER BY timestamp DESC;")
    #expect(
      rows == """
        \(id)|2026-11-22T10:00:00.000001Z|42|curl|/usr/bin/curl|[2001:db8::1]:80|192.0.2.7:443|ECONNTIMEOUT|https|tcp|CLOSE
        \(id - 8)|2026-11-22T10:00:00.000000Z|0||/usr/bin/|10.0.0.1:50000|192.0.2.7:443|NULL|NULL|tcp|CLOSE

        """)
  }

  @Test func insertsARecord() throws {
    try shell.run(
      insert(["error": "'econnreset'", "timestamp": "'2026-11-22T11:00:00.0000019+01:00'"]))
    var expected = sample(at: 1, error: .ECONNRESET, state: .CLOSE, closedAfter: nil)
    expected.process = ProcessDetails(
      identity: ProcessIdentity(pid: 42, startTime: 0), name: "curl", path: "/usr/bin/curl"
    )
    expected.direction = nil
    expected.errorSource = .reported
    expected.serviceName = "https"
    let stored = try store.all()
    #expect(stored.map(\.bare) == [expected])
    #expect(stored[0].origin == Origin(agent: store.id, number: 1))
    // It is a change like any other, and its number is taken.
    #expect(try store.changes(after: 0, limit: 9).changes.map(\.connection) == stored)
    #expect(try store.reserveNumbers(1) == 2..<3)
    #expect(try directory.brokenRules() == [])
  }

  @Test(arguments: [
    ("timestamp", "'2026-11-22 10:00:00'", "2026-11-22T10:00:00.000000Z"),
    ("timestamp", "'2026-11-22t10:00:00.5z'", "2026-11-22T10:00:00.500000Z"),
    ("timestamp", "'2026-11-22T10:00:00.9999999Z'", "2026-11-22T10:00:00.999999Z"),
    ("timestamp", "'2049-12-31T23:59:59.999999Z'", "2049-12-31T23:59:59.999999Z"),
    ("timestamp", "datetime('2026-11-22 10:00')", "2026-11-22T10:00:00.000000Z"),
    ("error", "'ETIMEDOUT'", "ECONNTIMEOUT"), ("error", "'EADDRNOTAVAIL'", "EADDRNOTAVAIL"),
    ("error", "''", "NULL"), ("service_name", "''", "NULL"), ("service_name", "NULL", "NULL"),
    ("protocol", "'UDP'", "udp"), ("state", "'syn_sent'", "SYN_SENT"),
    ("process_id", "NULL", "0"), ("process_id", "'7'", "7"), ("process_name", "NULL", ""),
    ("process_name", "'it''s'", "it's"), ("process_name", "12", "12"),
    ("local_addr", "'0.0.0.0:0'", "0.0.0.0:0"),
    ("local_addr", "'255.255.255.255:65535'", "255.255.255.255:65535"),
    ("remote_addr", "'[::1]:443'", "[::1]:443"), ("remote_addr", "'[::]:0'", "[::]:0"),
    ("remote_addr", "'[2001:DB8:0:0:0:0:0:1]:443'", "[2001:db8::1]:443"),
    ("remote_addr", "'[1:2:3:4:5:6:7::]:1'", "[1:2:3:4:5:6:7:0]:1"),
    ("remote_addr", "'[::2:3:4:5:6:7:8]:1'", "[0:2:3:4:5:6:7:8]:1"),
    ("remote_addr", "'[::ffff:10.0.0.9]:1'", "10.0.0.9:1"),
    ("remote_addr", "'[::ffff:a00:9]:1'", "10.0.0.9:1"),
  ])
  func takesWhatCanBeRead(column: String, value: String, shown: String) throws {
    try shell.run(insert([column: value]))
    _ = try store.all()
    let row = try directory.rows("SELECT \(column) FROM connections")
    #expect(row == [shown])
    #expect(try directory.rows("SELECT * FROM unread_address") == [])
    #expect(try directory.rows("SELECT * FROM address WHERE ip IS NULL") == [])
    #expect(try directory.brokenRules() == [])
  }

  @Test(arguments: [
    ("timestamp", "'yesterday'"), ("timestamp", "NULL"), ("timestamp", "'now'"), ("timestamp", "0"),
    ("timestamp", "'2026-02-31T10:00:00Z'"), ("timestamp", "'2014-12-31T23:59:59Z'"),
    ("timestamp", "'2050-01-01T00:00:00Z'"), ("timestamp", "'2026-11-22T10:00:00.Z'"),
    ("timestamp", "'2026-11-22T10:00:00..5Z'"), ("timestamp", "'2026-11-22T10:00:00.5'' OR 1'"),
    ("timestamp", "'2026-11-22T24:00:00Z'"), ("timestamp", "'2026-11-22T10:00:00+0100'"),
    ("process_id", "-1"), ("process_id", "'x'"), ("process_id", "1.5"),
    ("process_id", "2147483648"),
    ("local_addr", "NULL"), ("local_addr", "''"), ("local_addr", "'10.0.0.1'"),
    ("local_addr", "'10.0.0.1:'"), ("local_addr", "'10.0.0.1:65536'"),
    ("local_addr", "'10.0.0.256:1'"),
    ("local_addr", "'10.0.0:1'"), ("local_addr", "'10.0.0.01:1'"), ("local_addr", "'10.0.0.1.:1'"),
    ("local_addr", "'localhost:80'"), ("local_addr", "'::1:80'"), ("local_addr", "'[10.0.0.1]:80'"),
    ("remote_addr", "'[::1'"), ("remote_addr", "'[:::]:1'"), ("remote_addr", "'[1::2::3]:1'"),
    ("remote_addr", "'[12345::]:1'"), ("remote_addr", "'[1:2:3:4:5:6:7]:1'"),
    ("remote_addr", "'[1:2:3:4:5:6:7:8:9]:1'"), ("remote_addr", "'[:1::]:1'"),
    ("remote_addr", "'[fe80::1%eth0]:1'"), ("remote_addr", "'[::g]:1'"),
    ("remote_addr", "'\",\":1'"),
    ("remote_addr", "'[::ffff:10.0.0.300]:1'"), ("remote_addr", "'[1:2:3:4::5:6:7:8]:1'"),
    ("error", "'ENOSUCH'"), ("error", "'111'"), ("protocol", "'icmp'"), ("protocol", "NULL"),
    ("state", "'OPEN'"), ("state", "NULL"),
  ])
  func refusesWhatCannotBeRead(column: String, value: String) throws {
    let failure = #expect(throws: SQLiteShell.Failure.self) {
      try shell.run(insert([column: value]))
    }
    #expect(failure?.description.contains("\(column) must be") == true, "\(failure as Any)")
    #expect(try store.lastSequence() == 0)
    #expect(try directory.rows("SELECT * FROM address") == [])
  }

  @Test func conflictClausesDoNoHarm() throws {
    for verb in ["INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE", "REPLACE"] {
      try shell.run(insert(verb: verb))
    }
    #expect(try store.count(Filter()) == 4)
    #expect(try store.statistics().addresses == 2)
    #expect(try directory.brokenRules() == [])
  }

  @Test func manyAtOneMoment() throws {
    try shell.run("BEGIN;" + String(repeating: insert(), count: 500) + "COMMIT;")
    try shell.run(insert(["timestamp": "'2026-11-22T10:00:00.000001Z'"]))
    let all = try store.all()
    #expect(all.count == 501)
    #expect(all[0].timestamp == .at(1))
    #expect(Set(all.map(\.id)).count == 501)
    #expect(
      try directory.rows("SELECT count(*) >= 492 FROM connection WHERE home IS NOT NULL") == ["1"])
    #expect(try directory.brokenRules() == [])
  }

  @Test func addressesAreReadBeforeTheyAreAskedFor() throws {
    _ = try store.record([sample(remote: "[2001:db8::1]:443")])
    try shell.run(
      insert(["remote_addr": "'[2001:0DB8::0001]:443'"])
        + insert(["remote_addr": "'[2001:db8::1]:444'"])
        + insert(["local_addr": "'[2001:0db8::1]:1'", "remote_addr": "'[2001:0db8::1]:1'"])
    )
    let filter = Filter(terms: [
      .init(.endpoint(.remote, prefix: IPPrefix("2001:db8::/32"), port: nil))
    ])
    // A reader cannot write them down; it shows them right nevertheless.
    #expect(
      try Store(path: directory.file, access: .readOnly).all().allSatisfy {
        $0.remote.address == IPAddress("2001:db8::1")
      })
    #expect(try store.count(filter) == 4)
    #expect(
      try directory.rows("SELECT text FROM address ORDER BY text")
        == ["10.0.0.1", "192.0.2.7", "2001:db8::1"].filter { $0 != "192.0.2.7" })
    #expect(try directory.brokenRules() == [])
  }
}
