import AsyncHTTPClient
import NetmonCore
import NetmonServer
import NetmonStore
import TestSupport
import Testing

@testable import NetmonAgent

@Suite struct FollowingTests {
  private let stores = TestStores()

  @Test func whatChangesIsTold() async throws {
    let store = try stores.store("server.db")
    let server = try await RunningServer.start(store)
    try store.recordSamples(2)
    let client = try RESTClient(server: server.url, client: .shared)
    let told = Told()
    try await client.followUntil { event in
      told.add(event)
      if case .began = event { try store.recordSamples(3, from: 2) }
      return told.origins.count == 3
    }
    #expect(told.names == ["began", "connection", "connection", "connection"])
    #expect(told.origins == (3...5).map { "\(store.id)/\($0)" })
    try await server.stop()
  }

  @Test func aServerThatComesBackMissesNothing() async throws {
    let store = try stores.store("server.db")
    let server = try await RunningServer.start(store)
    let client = try RESTClient(server: server.url, client: .shared)
    let told = Told()
    let back = Restarted()
    try await client.followUntil { event in
      told.add(event)
      switch event {
      case .began:
        try store.recordSamples(2)
      case .connection where told.origins.count == 2:
        try await server.stop()
      case .away:
        try store.recordSamples(2, from: 2)
        await back.set(try await RunningServer.start(store, port: server.port))
      default: break
      }
      return told.origins.count == 4
    }
    #expect(
      told.names == [
        "began", "connection", "connection", "away", "back", "connection", "connection",
      ])
    #expect(told.origins == (1...4).map { "\(store.id)/\($0)" })
    try await back.server?.stop()
  }

  @Test(arguments: [0, 9])
  func anotherDatabaseIsAReset(records: Int) async throws {
    let store = try stores.store("server.db")
    try store.recordSamples(5)
    // One that has come further is not told by its place.
    let other = try stores.store("other.db")
    try other.recordSamples(records)
    let server = try await RunningServer.start(store)
    let client = try RESTClient(server: server.url, client: .shared)
    let told = Told()
    let back = Restarted()
    try await client.followUntil { event in
      told.add(event)
      switch event {
      case .began: try await server.stop()
      case .away: await back.set(try await RunningServer.start(other, port: server.port))
      case .reset: return true
      default: break
      }
      return false
    }
    #expect(told.names == ["began", "away", "back", "reset"])
    try await back.server?.stop()
  }

  @Test func whereThereIsNoServerItFailsAtOnce() async throws {
    let server = try await RunningServer.start(try stores.store("server.db"))
    try await server.stop()
    try await HTTPClient.withHTTPClient(configuration: RESTClient.configuration) { client in
      let client = try RESTClient(server: server.url, client: client)
      await #expect(throws: RESTError.self) { try await client.follow(Filter()) { _ in } }
    }
  }

  @Test func aFilterNarrowsIt() async throws {
    let store = try stores.store("server.db")
    let server = try await RunningServer.start(store)
    let client = try RESTClient(server: server.url, client: .shared)
    let told = Told()
    let filter = try Filter("host:web-2", now: .test)
    try await client.followUntil(filter) { event in
      told.add(event)
      if case .began = event {
        try store.recordSamples(5)
        try store.recordSamples(1, from: 5) { $0.host = "web-2" }
      }
      return !told.origins.isEmpty
    }
    #expect(told.origins == ["\(store.id)/6"])
    try await server.stop()
  }
}

/// What a follower was told.
private final class Told {
  private(set) var names: [String] = []
  private(set) var origins: [String] = []

  func add(_ event: FollowedEvent) {
    switch event {
    case .began: names.append("began")
    case .connection(let connection):
      names.append("connection")
      origins.append(connection.origin?.description ?? "")
    case .reset: names.append("reset")
    case .away: names.append("away")
    case .back: names.append("back")
    }
  }
}

/// The server that came in place of the first.
private actor Restarted {
  private(set) var server: RunningServer?

  func set(_ server: RunningServer) {
    self.server = server
  }
}

extension RESTClient {
  private struct Enough: Error {}

  /// Follows until `body` returns true.
  fileprivate func followUntil(
    _ filter: Filter = Filter(), _ body: (FollowedEvent) async throws -> Bool
  ) async throws {
    do {
      try await follow(filter) { if try await body($0) { throw Enough() } }
    } catch is Enough {}
  }
}
