import Foundation
import NetmonCore
import TestSupport
import Testing

@testable import NetmonServer
@testable import NetmonStore

/// A client whose connection is cut anywhere, again and again, while records are written.
@Suite struct StreamCutTests {
  @Test(arguments: 1...3)
  func whoComesBackMissesNothingAndGetsNothingTwice(seed: UInt64) async throws {
    try await withRunningServer { server in
      let writer = Task.detached {
        // One batch after the other, each record three times over.
        for round: Int64 in 0..<60 {
          for revision: Int64 in 1...3 {
            let last = max(0, round - revision + 1)
            try server.store.record(numbers: last * 20..<last * 20 + 20, revision: revision)
          }
        }
        return try server.store.lastSequence()
      }
      var chance = SplitMix(seed: seed)
      var received = Received()
      for _ in 0..<25 { try await received.follow(server, cutAfter: chance.below(40_000)) }
      let end = try await writer.value
      while received.last < end { try await received.follow(server, cutAfter: 400_000) }

      #expect(received.repeated.isEmpty)
      let stored = try server.store.connections(ConnectionQuery(limit: nil)).connections
      for connection in stored {
        let number = try #require(connection.origin?.number)
        #expect(received.revisions[number] == connection.revision)
      }
      #expect(received.revisions.count == stored.count)
    }
  }
}

/// What a client has, whatever became of its connections.
private struct Received {
  var last: Int64 = 0
  /// The latest revision by number.
  var revisions: [Int64: Int64] = [:]
  /// What came twice, or out of order.
  var repeated: [Int64] = []

  /// Takes so many bytes, the last event perhaps in part, or all up to the place reached.
  mutating func follow(_ server: RunningServer, cutAfter limit: Int) async throws {
    let (port, last) = (server.address.port, last)
    let text = try await RawConnection.with(port: port) { connection in
      try await connection.send(
        "GET /api/stream HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: \(last)\r\n\r\n")
      return try await connection.receive(bytes: limit) { text in
        // All that was written is there: there may be nothing more to wait for.
        text.contains("id: \(try server.store.lastSequence())\n")
      }
    }
    // Of an event that was cut a client knows nothing.
    for block in text.split(separator: "\n\n").dropLast(text.hasSuffix("\n\n") ? 0 : 1) {
      guard let block = block.split(separator: "\r\n").last else { continue }
      take(EventClient.Event(block))
    }
  }

  private mutating func take(_ event: EventClient.Event) {
    guard event.name == "connection", let id = event.id, let number = event.number,
      let revision = event.revision
    else { return }
    if id <= last || revision <= revisions[number] ?? 0 { repeated.append(id) }
    last = id
    revisions[number] = revision
  }
}
