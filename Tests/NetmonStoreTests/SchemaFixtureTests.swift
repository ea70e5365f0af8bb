import Foundation
import GRDB
import NetmonCore
import Testing

@testable import NetmonStore

/// Databases that earlier versions of the schema made, as SQL that `sqlite3 FILE .dump` printed. Each
/// has four records, of which two failed and one listens, a gap, a host and a place in a delivery. One
/// that is out is never changed.
@Suite struct SchemaFixtureTests {
  private static let versions = Array(1..<Schema.migrator.migrations.count)
  private let directory: TemporaryDirectory

  /// Makes the file of a version.
  private func makeFile(_ version: Int) throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/schema-\(version).sql")
    let sql = try String(contentsOf: url, encoding: .utf8)
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let queue = try DatabaseQueue(path: directory.file, configuration: configuration)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
  }

  init() throws {
    directory = try TemporaryDirectory()
  }

  @Test(arguments: versions) func aReaderSaysThatItIsOlder(version: Int) throws {
    try makeFile(version)
    let error = #expect(throws: StoreError.self) {
      try Store(path: directory.file, access: .readOnly)
    }
    let known = Schema.migrator.migrations.count
    #expect(error == .olderSchema(path: directory.file, found: version, known: known))
  }

  @Test(arguments: versions) func itIsReadAndGoesOn(version: Int) throws {
    try makeFile(version)
    let opened = try Store.opening(directory.file, host: "web-1", now: .at(0))
    #expect(opened.damage == nil && opened.setAside == nil)
    let store = opened.store
    #expect(store.id == "0123456789abcdef")

    let records = try store.all()
    #expect(records.map(\.process.name) == ["resolver", "sshd", "curl", "curl"])
    #expect(records.map(\.error) == [.EHOSTUNREACH, nil, nil, .ECONNREFUSED])
    #expect(
      records.map(\.remote) == ["[2001:db8::53]:53", "0.0.0.0:0", "192.0.2.8:443", "192.0.2.7:443"])
    #expect(records.map(\.host) == Array(repeating: "web-1", count: 4))
    #expect(records.map(\.drops) == [nil, version >= 2 ? 5 : nil, nil, nil])
    let success = records[2]
    #expect(success.process.user == "me" && success.process.userID == 1000)
    #expect(success.bytesReceived == 4096 && success.connectMicroseconds == 900)
    #expect(success.closedAt == success.timestamp.advanced(byMicroseconds: 1_500_000))

    let gaps = try store.gaps()
    #expect(gaps.map(\.count) == [3] && gaps.map(\.reason) == ["events of the kernel were lost"])
    #expect(try store.hosts().map(\.host) == ["web-1"])
    #expect(
      try directory.rows("SELECT name, seq FROM cursor") == ["server fedcba9876543210|2"])
    // The same as of a file that was counted from its beginning.
    #expect(try directory.rows("SELECT connections, errors, open FROM rollup") == ["4|2|1"])
    #expect(try directory.rows("SELECT sum(connections) FROM minute_total") == ["4"])
    #expect(try directory.database().read(Schema.isWhole))
    #expect(try directory.brokenRules() == [])

    _ = try store.record([sample(at: 5, error: .ECONNRESET)])
    #expect(try store.count(Filter()) == 5)
    #expect(try Store(path: directory.file, access: .readOnly).count(Filter()) == 5)
  }

  @Test func thereIsOneOfEachVersion() throws {
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    let names = try FileManager.default.contentsOfDirectory(atPath: fixtures.path())
    #expect(Set(names) == Set(Self.versions.map { "schema-\($0).sql" }))
  }
}
