import Foundation
import NetmonCore
import NetmonStore
import Testing

/// One file, several writers.
@Suite struct SharingTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  /// Two stores that write records of the same processes and addresses at the same time.
  @Test func twoStoresWriteAtOnce() async throws {
    let file = directory.file
    _ = try Store(path: file)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<2 as Range<Int64> {
        group.addTask { @concurrent in
          let store = try Store(path: file)
          for batch in 0..<40 as Range<Int64> {
            _ = try store.record(
              (0..<25).map { index in
                sample(
                  at: batch % 4, process: "p\(index % 7)",
                  remote: Endpoint(IPAddress(ipv4: UInt32(batch)), 1),
                  closedAfter: 5, origin: Origin(agent: "w\(writer)", number: batch * 25 + index))
              })
            if batch % 10 == 9 { _ = try store.removeClosed(before: .at(2)) }
          }
        }
      }
      try await group.waitForAll()
    }
    let store = try Store(path: file)
    for connection in try store.all() {
      let number = try #require(connection.origin?.number)
      #expect(connection.remote == Endpoint(IPAddress(ipv4: UInt32(number / 25)), 1))
      #expect(connection.process.name == "p\(number % 25 % 7)")
    }
    #expect(try store.lastSequence() == 2000)
    #expect(try directory.brokenRules().filter { !$0.contains("change") } == [])
  }

  @Test func aFollowerMissesNothing() async throws {
    let file = directory.file
    let store = try Store(path: file)
    let total: Int64 = 3 * 20 * 10
    let seen = try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<3 as Range<Int64> {
        group.addTask { @concurrent in
          let store = try Store(path: file)
          for batch in 0..<20 as Range<Int64> {
            _ = try store.record(
              (0..<10).map {
                sample(at: batch, origin: Origin(agent: "w\(writer)", number: batch * 10 + $0))
              })
          }
        }
      }
      // Follows while they write.
      var seen: [Int64] = []
      var cursor: Int64 = 0
      while cursor < total {
        let batch = try store.changes(after: cursor, limit: 37)
        seen += batch.changes.map(\.sequence)
        cursor = batch.lastSequence
      }
      try await group.waitForAll()
      return seen
    }
    #expect(seen == Array(1...total))
  }

  @Test(.needsSQLiteShell) func aShellWritesAtTheSameTime() async throws {
    let store = try Store(path: directory.file)
    let version = try store.version()
    let insert = """
      INSERT INTO connections (timestamp, process_id, process_name, process_path, local_addr,
        remote_addr, protocol, state)
      VALUES ('2026-11-22T10:00:00Z', 7, 'shell', '', '[::2]:1', '[::0003]:2', 'tcp', 'CLOSE');

      """
    let shell = try SQLiteShell(file: directory.file).start(String(repeating: insert, count: 200))
    for batch in 0..<50 as Range<Int64> {
      _ = try store.record((0..<4).map { sample(at: $0, process: "netmon\(batch)") })
    }
    _ = try SQLiteShell.finish(shell)
    #expect(try store.version() != version)
    let all = try store.all()
    #expect(all.count == 400)
    #expect(Set(all.compactMap { $0.origin?.number }).count == 400)
    #expect(all.filter { $0.process.name == "shell" }.allSatisfy { $0.remote == "[::3]:2" })
    #expect(try store.changes(after: 0, limit: 1000).changes.count == 400)
    #expect(try directory.brokenRules() == [])
  }
}
