import Foundation
import NetmonCore
import NetmonStore
import Testing

@testable import netmon

/// What `netmon proc` finds out about a process.
struct ProcessCardTests {
  private static let start = Timestamp(microseconds: 1_800_000_000_000_000)
  private let directory = FileManager.default.temporaryDirectory
    .appending(component: "netmon-\(UUID().uuidString)")

  @Test("A pid that was given out again is another instance, with connections of its own")
  func instances() async throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: directory) }
    let store = try Store(path: directory.appending(component: "netmon.db").path)
    let remotes = [9, 9, 8].map { "192.0.2.\($0):443" }
    let first = try remotes.enumerated().map { index, remote in
      try connection(startTime: 100, second: index, remote: remote, error: index == 2)
    }
    let second = try (10..<14).map {
      try connection(startTime: 700, second: $0, remote: "192.0.2.7:80", error: $0 > 11)
    }
    _ = try store.record(first + second)

    let filter = try Filter("pid:42", now: Self.start)
    let cards = try await ProcessCard.all(
      of: "42", matching: filter, in: .store(store), limit: 2, now: Self.start)
    try #require(cards.count == 2)
    #expect(cards.map(\.summary.process.identity.startTime) == [700, 100])
    #expect(cards.map(\.summary.connections) == [4, 3])
    #expect(cards.map(\.connections.count) == [2, 2])
    #expect(cards.map(\.considered) == [4, 3])
    #expect(cards[0].peers.mostFrequent.map(\.peer.text) == ["192.0.2.7:80"])
    #expect(cards[0].peers.mostFrequent[0].count.failed == 2)
    #expect(cards[1].peers.mostFrequent.map(\.peer.text) == ["192.0.2.9:443", "192.0.2.8:443"])
    #expect(cards[1].peers.latestFailures.map(\.failure.error) == [.ECONNREFUSED])
    #expect(cards[0].peers.latestFailures.map(\.count.count) == [2])
    // They were recorded on another host.
    #expect(cards.allSatisfy { $0.isRunning == nil })
  }

  @Test("Whether it runs is told of this host's own processes")
  func running() async throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: directory) }
    let store = try Store(path: directory.appending(component: "netmon.db").path)
    var reader = ProcessReader(try ProcFS())
    let own = try reader.process(pid: getpid())
    var alive = try connection(startTime: 1, second: 0, remote: "192.0.2.1:80", error: false)
    alive.host = HostIdentity.hostName
    alive.process = own
    var dead = alive
    dead.process = ProcessDetails(
      identity: ProcessIdentity(pid: getpid(), startTime: own.identity.startTime + 1),
      name: own.name, path: own.path)
    dead.timestamp = dead.timestamp.advanced(byMicroseconds: -1_000_000)
    _ = try store.record([alive, dead])
    let cards = try await ProcessCard.all(
      of: "\(getpid())", matching: try Filter("pid:\(getpid())", now: Self.start),
      in: .store(store), limit: 0, now: Self.start)
    #expect(cards.map(\.isRunning) == [true, false])
  }

  private func connection(
    startTime: UInt64, second: Int, remote: String, error: Bool
  ) throws -> Connection {
    let (local, remote) = (Endpoint("192.0.2.1:40000"), Endpoint(remote))
    var connection = Connection(
      timestamp: Self.start.advanced(byMicroseconds: Int64(second) * 1_000_000), transport: .tcp,
      state: error ? .CLOSE : .ESTABLISHED, local: try #require(local),
      remote: try #require(remote))
    connection.process = ProcessDetails(
      identity: ProcessIdentity(pid: 42, startTime: startTime), name: "curl", path: "/bin/curl")
    connection.host = "elsewhere.example"
    connection.direction = .outbound
    connection.error = error ? .ECONNREFUSED : nil
    return connection
  }
}
