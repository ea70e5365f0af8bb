import Foundation
import NetmonCore
import NetmonStore
import TestSupport
import Testing

@Suite struct OpeningTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  @Test func makesDirectoriesAndKeepsItsIdentity() throws {
    let path = directory.path + "/a/b/netmon.db"
    let id = try Store(path: path).id
    #expect(id.count == 16 && id.allSatisfy { "0123456789abcdef".contains($0) })
    #expect(try Store(path: path).id == id)
    #expect(try Store(path: path, access: .readOnly).id == id)
    #expect(try Store(path: directory.file).id != id)
    let attributes = try FileManager.default.attributesOfItem(atPath: directory.path + "/a")
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o755)
  }

  @Test func refusesWhatIsNoDatabase() throws {
    try Data(repeating: 65, count: 5000).write(to: URL(fileURLWithPath: directory.file))
    for access in [Store.Access.readWrite, .readOnly] {
      let error = #expect(throws: StoreError.self) {
        try Store(path: directory.file, access: access)
      }
      #expect(error == .notADatabase(path: directory.file))
      #expect(error?.description.contains("is not an SQLite database") == true)
    }
  }

  @Test func refusesTheDatabaseOfAnotherProgram() throws {
    try directory.execute("CREATE TABLE bookmarks (url TEXT)")
    for access in [Store.Access.readWrite, .readOnly] {
      let error = #expect(throws: StoreError.self) {
        try Store(path: directory.file, access: access)
      }
      #expect(error == .foreignDatabase(path: directory.file))
    }
    #expect(try directory.rows("SELECT name FROM sqlite_schema") == ["bookmarks"])
  }

  @Test func afterACheckpointTheFileIsAWholeCopy() throws {
    let store = try Store(path: directory.file)
    _ = try store.record([sample(at: 0), sample(at: 1)])
    try store.checkpoint()
    let copy = directory.path + "/copy.db"
    try FileManager.default.copyItem(atPath: directory.file, toPath: copy)
    #expect(try Store(path: copy).all().count == 2)
  }

  @Test func refusesPathsThatCannotBe() throws {
    try Data().write(to: URL(fileURLWithPath: directory.path + "/file"))
    for path in [directory.path, directory.path + "/file/netmon.db"] {
      let error = #expect(throws: StoreError.self) { try Store(path: path) }
      guard case .cannotOpen(path, _) = error else { throw try #require(error) }
    }
    let missing = #expect(throws: StoreError.self) {
      try Store(path: directory.path + "/missing", access: .readOnly)
    }
    guard case .cannotOpen = missing else { throw try #require(missing) }
    #expect(!FileManager.default.fileExists(atPath: directory.path + "/missing"))
  }

  @Test func refusesSchemasOfOtherVersions() throws {
    _ = try Store(path: directory.file)
    try directory.execute("INSERT INTO grdb_migrations VALUES ('999')")
    for access in [Store.Access.readWrite, .readOnly] {
      let error = #expect(throws: StoreError.self) {
        try Store(path: directory.file, access: access)
      }
      #expect(error == .newerSchema(path: directory.file, found: 7, known: 6))
    }
    try directory.execute("DELETE FROM grdb_migrations")
    let error = #expect(throws: StoreError.self) {
      try Store(path: directory.file, access: .readOnly)
    }
    #expect(error == .olderSchema(path: directory.file, found: 0, known: 6))
  }

  @Test func anEmptyFileIsOlderForReaders() throws {
    try Data().write(to: URL(fileURLWithPath: directory.file))
    let error = #expect(throws: StoreError.self) {
      try Store(path: directory.file, access: .readOnly)
    }
    #expect(error == .olderSchema(path: directory.file, found: 0, known: 6))
    #expect(try Store(path: directory.file).count(Filter()) == 0)
  }

  @Test func aFileOfTheFirstSchemaIsBroughtUp() throws {
    do { _ = try Store(path: directory.file).record([sample(at: 0)]) }
    // As the first version made it.
    try directory.execute(
      "ALTER TABLE connection DROP COLUMN drops; DELETE FROM grdb_migrations WHERE identifier = '2'"
    )
    let store = try Store(path: directory.file)
    #expect(try store.all().map(\.drops) == [nil])
    var later = sample(at: 1)
    later.drops = 10
    _ = try store.record([later])
    #expect(try store.all().compactMap(\.drops) == [10])
  }

  @Test func readersCannotWrite() throws {
    _ = try Store(path: directory.file).record([sample()])
    let reader = try Store(path: directory.file, access: .readOnly)
    #expect(try reader.count(Filter()) == 1)
    #expect(throws: StoreError.readOnly(.record, path: directory.file)) {
      try reader.record([sample()])
    }
    #expect(throws: StoreError.readOnly(.record, path: directory.file)) {
      try reader.checkWritable()
    }
  }

  @Test func theLogStaysForReadersWhoCannotMakeIt() throws {
    do { _ = try Store(path: directory.file).record([sample()]) }
    for suffix in ["-wal", "-shm"] {
      #expect(FileManager.default.fileExists(atPath: directory.file + suffix))
    }
  }

  @Test(.enabled(if: geteuid() == 0, "mounting needs root"))
  func aCopyIsReadWhereNothingCanBeWritten() throws {
    let store = try Store(path: directory.file)
    _ = try store.record([sample()])
    try store.checkpoint()
    let disk = try SmallDisk(megabytes: 4)
    // What an URI would take for something else.
    let copy = disk.path + "/a copy?#1%.db"
    try FileManager.default.copyItem(atPath: directory.file, toPath: copy)
    try disk.makeReadOnly()
    let reader = try Store(path: copy, access: .readOnly)
    #expect(try reader.all().count == 1)
    #expect(try reader.version() == reader.version())
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).count == 1)
  }

  @Test(.enabled(if: geteuid() == 0, "mounting needs root"))
  func aCopyWithChangesInItsLogIsNotReadWithoutThem() throws {
    let store = try Store(path: directory.file)
    _ = try store.record([sample()])
    let disk = try SmallDisk(megabytes: 8)
    let copy = disk.path + "/copy.db"
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: directory.file + suffix, toPath: copy + suffix)
    }
    try disk.makeReadOnly()
    let error = #expect(throws: StoreError.self) { try Store(path: copy, access: .readOnly) }
    #expect(error?.description.contains("copy.db-shm, of which one cannot be read or made") == true)
  }

  @Test(.enabled(if: geteuid() == 0, "mounting needs root"))
  func aFileReadAsOneThatNobodyChangesIsRefusedWhenSomebodyDoes() throws {
    do { try Store(path: directory.file).checkpoint() }
    let disk = try SmallDisk(megabytes: 4)
    let copy = disk.path + "/copy.db"
    try FileManager.default.copyItem(atPath: directory.file, toPath: copy)
    try disk.makeReadOnly()
    let reader = try Store(path: copy, access: .readOnly)
    try disk.makeReadOnly(false)
    let writer = try Store(path: copy)
    _ = try writer.record([sample()])
    #expect(throws: StoreError.self) { try reader.count(Filter()) }
    #expect(throws: StoreError.self) { try reader.version() }
  }

  @Test func manyMayOpenANewFileAtOnce() async throws {
    let file = directory.file
    let ids = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<8 { group.addTask { @concurrent in try Store(path: file).id } }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(ids.count == 1)
  }
}
