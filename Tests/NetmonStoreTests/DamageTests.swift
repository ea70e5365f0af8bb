import Foundation
import GRDB
import NetmonCore
import NetmonStore
import Testing
import TestSupport

/// Files that were damaged while nobody, or a store, had them open.
@Suite struct DamageTests {
  let directory: TemporaryDirectory
  private let now = Timestamp("2026-11-22T21:45:00.5Z")!

  init() throws {
    directory = try TemporaryDirectory()
  }

  /// What a killed netmon leaves: the file, and a log with the latest records.
  private func leaveFiles() throws {
    let store = try Store(path: directory.file)
    _ = try store.record((0..<500).map { sample(at: $0, pid: Int32($0)) })
    try store.checkpoint()
    let kept = try TemporaryDirectory()
    _ = try store.record((500..<700).map { sample(at: $0, pid: Int32($0)) })
    for suffix in ["", "-wal", "-shm"] {
      try FileManager.default.copyItem(atPath: directory.file + suffix, toPath: kept.file + suffix)
    }
    for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
      try FileManager.default.removeItem(atPath: directory.path + "/" + name)
    }
    for suffix in ["", "-wal", "-shm"] {
      try FileManager.default.moveItem(atPath: kept.file + suffix, toPath: directory.file + suffix)
    }
  }

  private func opening(instead broken: Store? = nil) throws -> OpenedStore {
    try Store.opening(directory.file, instead: broken, host: "web-1", now: now)
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
  }

  private func change(_ suffix: String = "", _ body: (inout Data) -> Void) throws {
    let url = URL(fileURLWithPath: directory.file + suffix)
    var data = try Data(contentsOf: url)
    body(&data)
    try data.write(to: url)
  }

  @Test func whatIsWholeIsOpenedAsItIs() throws {
    try leaveFiles()
    let opened = try opening()
    #expect(opened.damage == nil && opened.setAside == nil)
    #expect(try opened.store.count(Filter()) == 700)
    #expect(try opened.store.gaps().isEmpty)
    #expect(try directory.rows("PRAGMA application_id") == ["\(0x6E65_746D)"])
  }

  /// Nobody had it open, and what stands beside it shows that there was one.
  @Test(arguments: [true, false])
  func whatWasEmptiedOrDeletedIsMissed(isDeleted: Bool) throws {
    do {
      let store = try Store(path: directory.file)
      try store.prepare(for: RetentionPolicy(age: .seconds(60), maximumSize: 16_000_000))
      _ = try store.record([sample(at: 0, pid: 1)])
      try store.checkpoint()
    }
    for suffix in ["", "-wal", "-shm"] {
      try FileManager.default.removeItem(atPath: directory.file + suffix)
    }
    if !isDeleted { try Data().write(to: URL(fileURLWithPath: directory.file)) }
    let opened = try opening()
    #expect(opened.damage != nil && (opened.setAside == nil) == isDeleted)
    let gap = try #require(try opened.store.gaps().first)
    #expect(gap.host == "web-1" && gap.to == now)
    #expect(gap.reason.contains(isDeleted ? "deleted or replaced" : "set aside as"))
    #expect(try opening().damage == nil)
  }

  @Test(arguments: [
    "zeroed header", "text", "empty", "cut", "zeroed", "gone", "other text encoding", "read-only",
    "schema", "no store id", "no migrations",
  ])
  func whatIsDamagedIsSetAside(damage: String) throws {
    try leaveFiles()
    if ["no store id", "no migrations"].contains(damage) {
      try directory.execute(
        damage == "no store id"
          ? "PRAGMA ignore_check_constraints = 1; UPDATE meta SET store_id = ''"
          : "PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE name = 'grdb_migrations'")
    }
    if damage == "gone" { try FileManager.default.removeItem(atPath: directory.file) }
    // Otherwise the log would mend it.
    if damage == "schema" { try change("-wal") { $0 = Data() } }
    try damage == "gone"
      ? ()
      : change { data in
        switch damage {
        case "zeroed header": data.resetBytes(in: 0..<100)
        case "text": data = Data(repeating: 65, count: 5000)
        case "empty": data = Data()
        case "cut": data = data.prefix(10_000)
        case "zeroed": data = Data(count: data.count)
        case "other text encoding": data[59] = 2
        case "read-only": data[18] = 3
        case "schema": data.replaceSubrange(100..<4096, with: repeatElement(0xFF, count: 3996))
        default: break
        }
      }
    let opened = try opening()
    let reason = try #require(opened.damage)
    guard case .corrupt = reason else {
      Issue.record("\(reason)")
      return
    }
    let aside = directory.file + ".corrupt-20261122T214500Z"
    let suffix = damage == "gone" ? "-wal" : ""
    #expect(opened.setAside == aside + suffix)
    if damage == "empty" || damage == "gone" {
      #expect(try names().contains("netmon.db.corrupt-20261122T214500Z-wal"))
    }
    #expect(FileManager.default.fileExists(atPath: aside) == (damage != "gone"))
    _ = try opened.store.record([sample()])
    #expect(try opened.store.count(Filter()) == 1)
    let gap = try #require(try opened.store.gaps().first)
    #expect(gap.host == "web-1" && gap.count == nil && gap.to == now && gap.from <= now)
    let name = "netmon.db.corrupt-20261122T214500Z\(suffix)"
    #expect(gap.reason == "the database was damaged and set aside as \(name)")
    #expect(try Store(path: directory.file).count(Filter()) == 1)
    #expect(try directory.brokenRules() == [])
  }

  /// Whatever happens to the bytes, there is a store to write to afterwards.
  @Test func anythingMayHappenToTheFiles() throws {
    var generator = SplitMix(seed: 4)
    try leaveFiles()
    let original = try ["", "-wal", "-shm"].map {
      ($0, try Data(contentsOf: URL(fileURLWithPath: directory.file + $0)))
    }
    var outcomes: [String: Int] = [:]
    for _ in 0..<60 {
      for name in try names() {
        try FileManager.default.removeItem(atPath: directory.path + "/" + name)
      }
      for (suffix, data) in original {
        try data.write(to: URL(fileURLWithPath: directory.file + suffix))
      }
      let suffix = ["", "", "", "-wal", "-shm"].randomElement(using: &generator) ?? ""
      let way = Int.random(in: 0..<4, using: &generator)
      try change(suffix) { data in
        let place = Int.random(in: 0..<data.count, using: &generator)
        let page = place / 4096 * 4096
        switch way {
        case 0: data[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: data = data.prefix(place)
        case 2: data.resetBytes(in: page..<min(page + 4096, data.count))
        default:
          for index in page..<min(page + 4096, data.count) {
            data[index] = UInt8.random(in: 0...255, using: &generator)
          }
        }
      }
      var opened = try opening()
      // What opening does not find, is found by using it.
      for attempt in 0..<3 {
        do {
          _ = try opened.store.record((0..<100).map { sample(at: 1000 + $0, pid: Int32($0)) })
          _ = try opened.store.all()
          break
        } catch {
          #expect(attempt < 2 && opened.store.damage != nil, "\(error)")
          opened = try opening(instead: opened.store)
        }
      }
      #expect(try opened.store.count(Filter()) >= 100)
      #expect(try opened.setAside == nil || opened.store.gaps().count == 1)
      outcomes[opened.setAside == nil ? "whole" : "set aside", default: 0] += 1
    }
    #expect(outcomes.count == 2)
  }

  @Test func aFileThatNeverWasOursIsNotTouched() throws {
    for (name, data) in [
      ("text", Data("dear diary".utf8)), ("zeros", Data(count: 10_000)),
      ("image", Data([0x89, 0x50, 0x4E, 0x47] + Array(repeating: 7, count: 900))),
    ] {
      let path = directory.path + "/" + name
      try data.write(to: URL(fileURLWithPath: path))
      #expect(throws: StoreError.notADatabase(path: path)) {
        try Store.opening(path, host: "", now: now)
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == data)
    }
    try directory.execute("CREATE TABLE bookmarks (url TEXT)")
    #expect(throws: StoreError.foreignDatabase(path: directory.file)) { try opening() }
    try change { $0[100] = 0xFF }
    #expect(throws: StoreError.self) { try opening() }
    #expect(try names() == ["image", "netmon.db", "text", "zeros"])
  }

  @Test func aNewerSchemaIsRefusedAndNotSetAside() throws {
    _ = try Store(path: directory.file)
    try directory.execute("INSERT INTO grdb_migrations VALUES ('999')")
    let error = #expect(throws: StoreError.self) { try opening() }
    guard case .newerSchema = error else { throw try #require(error) }
    #expect(!(try names().contains { $0.contains("corrupt") }))
  }

  @Test func damageThatIsMetWhileRunningIsHealed() throws {
    let store = try Store(path: directory.file)
    _ = try store.record((0..<3000).map { sample(at: $0, pid: Int32($0)) })
    try store.checkpoint()
    #expect(store.damage == nil)
    try change { data in
      for index in data.count / 2..<data.count { data[index] = 0x5A }
    }
    let fresh = try Store(path: directory.file, access: .readOnly)
    #expect(throws: StoreError.self) { try fresh.all() }
    guard case .corrupt = fresh.damage else { throw try #require(fresh.damage) }
    #expect("\(try #require(fresh.damage))".contains("set it aside"))
    let opened = try opening(instead: fresh)
    #expect(opened.setAside != nil && opened.store.id != store.id)
    _ = try opened.store.record([sample()])
    #expect(try opened.store.gaps().count == 1)
    // The one that still has the old file open is told.
    #expect(store.damage == .replaced(path: directory.file))
    #expect(throws: StoreError.replaced(path: directory.file)) { try store.record([sample()]) }
    let other = try opening(instead: store)
    #expect(other.store.id == opened.store.id && other.setAside == nil)
  }

  @Test(arguments: [true, false])
  func aFileThatWasDeletedOrReplacedIsLeftBehind(isReplaced: Bool) throws {
    let store = try Store(path: directory.file)
    _ = try store.record([sample(at: 5)])
    for name in try names() {
      try FileManager.default.removeItem(atPath: directory.path + "/" + name)
    }
    if isReplaced { _ = try Store(path: directory.file).record([sample(at: 9)]) }
    #expect(store.damage == .replaced(path: directory.file))
    let opened = try opening(instead: store)
    #expect(opened.setAside == nil && opened.damage == .replaced(path: directory.file))
    #expect(try opened.store.count(Filter()) == (isReplaced ? 1 : 0))
    let gap = try #require(try opened.store.gaps().first)
    #expect(gap.host == "web-1" && gap.from == .at(5) && gap.to == now && gap.count == nil)
    #expect(gap.reason == "the database was deleted or replaced")
  }

  @Test func ofManyWhoFindItDamagedOneSetsItAside() async throws {
    try leaveFiles()
    try change { $0.resetBytes(in: 0..<100) }
    let (file, now) = (directory.file, now)
    let ids = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<6 {
        group.addTask { @concurrent in
          try Store.opening(file, host: "", now: now).store.id
        }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(ids.count == 1)
    #expect(try names().count { $0.hasPrefix("netmon.db.corrupt") && $0.hasSuffix("Z") } == 1)
    #expect(try Store(path: file).gaps().count == 1)
  }
}
