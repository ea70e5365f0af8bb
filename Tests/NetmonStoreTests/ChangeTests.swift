import NetmonCore
import NetmonStore
import Testing

@Suite struct ChangeTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
  }

  @Test func eachRecordOnceInItsLatestState() throws {
    #expect(try store.lastSequence() == 0)
    let origins = (0..<3).map { Origin(agent: "a", number: $0) }
    _ = try store.record(origins.map { sample(at: $0.number, origin: $0) })
    _ = try store.record([sample(at: 0, closedAfter: 5, origin: origins[0], revision: 2)])
    let batch = try store.changes(after: 0, limit: 10)
    #expect(batch.changes.map(\.sequence) == [2, 3, 4])
    #expect(batch.changes.map { $0.connection.origin?.number } == [1, 2, 0])
    #expect(batch.changes[2].connection.revision == 2)
    #expect(batch.lastSequence == 4)
    #expect(!batch.isTruncated)
    // An unchanged record is no change.
    _ = try store.record([sample(at: 0, origin: origins[0])])
    #expect(try store.changes(after: 4, limit: 10).changes.isEmpty)
    #expect(try store.lastSequence() == 4)
  }

  @Test(arguments: [1, 2, 5, 100])
  func batchesCoverEverything(limit: Int) throws {
    _ = try store.record((0..<11).map { sample(at: $0) })
    var cursor: Int64 = 0
    var seen: [Timestamp] = []
    while true {
      let batch = try store.changes(after: cursor, limit: limit)
      if batch.changes.isEmpty { break }
      seen += batch.changes.map(\.connection.timestamp)
      cursor = batch.lastSequence
    }
    #expect(seen == (0..<11).map { .at($0) })
    #expect(cursor == 11)
  }

  @Test func onlyOwnPassesOverOthers() throws {
    let other = (0..<5).map { sample(at: $0, origin: Origin(agent: "other", number: $0)) }
    _ = try store.record(
      other + [sample(at: 9)]
        + other.map {
          var c = $0; c.revision = 2; return c
        })
    let batch = try store.changes(after: 0, limit: 3, onlyOwn: true)
    #expect(batch.changes.map(\.connection.timestamp) == [.at(9)])
    #expect(batch.lastSequence == 11)
  }

  @Test func cursorsThatCannotResumeAreTruncated() throws {
    _ = try store.record((0..<4).map { sample(at: $0) })
    try directory.execute("DELETE FROM change WHERE seq <= 2")
    #expect(try store.changes(after: 1, limit: 9).isTruncated)
    #expect(try !store.changes(after: 2, limit: 9).isTruncated)
    #expect(try !store.changes(after: 4, limit: 9).isTruncated)
    #expect(try store.changes(after: 5, limit: 9).isTruncated)
    try directory.execute("DELETE FROM change")
    #expect(try store.lastSequence() == 4)
    #expect(try store.changes(after: 3, limit: 9).isTruncated)
    #expect(try !store.changes(after: 4, limit: 9).isTruncated)
  }

  @Test func namedCursorsLast() throws {
    #expect(try store.cursor(named: "server") == nil)
    try store.setCursor(3, named: "server")
    try store.setCursor(7, named: "server")
    #expect(try Store(path: directory.file).cursor(named: "server") == 7)
    try store.removeCursors(except: ["server"])
    #expect(try store.cursor(named: "server") != nil)
    try store.removeCursors()
    #expect(try store.cursor(named: "server") == nil)
  }

  @Test func versionTellsOfCommitsByAnyone() throws {
    let second = try Store(path: directory.file)
    var versions = [try store.version()]
    #expect(try store.version() == versions[0])
    _ = try store.record([sample()])
    versions.append(try store.version())
    _ = try second.record([sample(at: 1)])
    versions.append(try store.version())
    try directory.execute("UPDATE host SET tier = 'x'; INSERT INTO host (name) VALUES ('h')")
    versions.append(try store.version())
    #expect(Set(versions).count == 4)
  }
}
