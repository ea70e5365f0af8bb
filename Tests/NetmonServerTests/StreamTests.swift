import HTTPTypes
import NetmonCore
import TestSupport
import Testing

@testable import NetmonServer
@testable import NetmonStore

@Suite struct StreamTests {
  @Test func whatChangesIsSent() async throws {
    try await withRunningServer { server in
      try server.store.record(numbers: 0..<2)
      try await EventClient.with(server) { client async throws in
        let start = try await client.event()
        #expect(start.name == "start")
        #expect(start.id == 2)
        #expect(start.data == #"{"sequence":2,"store_id":"\#(server.store.id)"}"#)
        try server.store.record(numbers: 2..<4)
        try server.store.record(numbers: 0..<1, revision: 2)
        var events: [EventClient.Event] = []
        while events.count < 3 { events.append(try await client.event()) }
        #expect(events.map(\.name) == ["connection", "connection", "connection"])
        #expect(events.map(\.id) == [3, 4, 5])
        #expect(events.map(\.number) == [2, 3, 0])
        #expect(events.map(\.revision) == [1, 1, 2])
        let stored = try #require(
          try server.store.connections(ConnectionQuery()).connections.first {
            $0.origin?.number == 0
          })
        #expect(events[2].data == stored.json)
      }
    }
  }

  @Test func whoComesBackGoesOnWhereItWas() async throws {
    try await withRunningServer { server in
      try server.store.record(numbers: 0..<10)
      try await EventClient.with(server, after: 7) { client async throws in
        #expect(try await client.event().name == "start")
        for id: Int64 in 8...10 { #expect(try await client.event().id == id) }
        try server.store.record(numbers: 10..<11)
        #expect(try await client.event().id == 11)
      }
    }
  }

  @Test func anAddressMayNameTheEventButTheHeaderIsNewer() async throws {
    try await withRunningServer { server in
      try server.store.record(numbers: 0..<10)
      try await EventClient.with(server, "?last_event_id=4") { client async throws in
        #expect(try await client.event().id == 4)
        #expect(try await client.event().id == 5)
      }
      try await EventClient.with(server, "?last_event_id=4", after: 8) { client async throws in
        #expect(try await client.event().id == 8)
      }
    }
  }

  @Test func aPlaceThatIsPrunedIsAReset() async throws {
    try await withRunningServer { server in
      try server.store.record(numbers: 0..<10)
      try server.store.write(.remove) { db, _ in try db.run("DELETE FROM change WHERE seq <= 5") }
      try await EventClient.with(server, after: 4) { client async throws in
        let reset = try await client.event()
        #expect(reset.name == "reset")
        #expect(reset.id == 10)
        #expect(reset.data.contains(server.store.id))
        try server.store.record(numbers: 10..<11)
        #expect(try await client.event().id == 11)
      }
      try await EventClient.with(server, after: 5) { client async throws in
        #expect(try await client.event().name == "start")
      }
    }
  }

  @Test func aPlaceThisStoreNeverReachedIsAReset() async throws {
    try await withRunningServer { server in
      try server.store.record(numbers: 0..<3)
      try await EventClient.with(server, after: 4) { client async throws in
        #expect(try await client.event().name == "reset")
      }
    }
  }

  @Test(arguments: ["?q=revision:%3E1", "?revision=%3E1"])
  func onlyWhatMatchesIsSent(query: String) async throws {
    try await withRunningServer { server in
      try await EventClient.with(server, query) { client async throws in
        #expect(try await client.event().name == "start")
        try server.store.record(numbers: 0..<100)
        try server.store.record(numbers: 50..<51, revision: 2)
        let event = try await client.event()
        #expect(event.id == 101)
        #expect(event.number == 50)
      }
      // The same for one that has to read it from the store.
      try await EventClient.with(server, query, after: 1) { client async throws in
        #expect(try await client.event().name == "start")
        #expect(try await client.event().id == 101)
      }
    }
  }

  @Test func whatAnotherProcessWritesIsSentToo() async throws {
    try await withRunningServer { server in
      let other = try Store(path: server.store.path)
      try await EventClient.with(server) { client async throws in
        #expect(try await client.event().name == "start")
        for number: Int64 in 0..<3 {
          try other.record(numbers: number..<number + 1)
          #expect(try await client.event().number == number)
        }
      }
    }
  }

  @Test func heartbeatsTellThePlace() async throws {
    var limits = Server.Limits()
    limits.heartbeat = .milliseconds(20)
    try await withRunningServer(limits: limits) { server in
      try await EventClient.with(server, "?error=any") { client async throws in
        #expect(try await client.event().name == "start")
        try server.store.record(numbers: 0..<5)
        var beats = 0
        while let beat = try await client.next() {
          #expect(beat.name == nil)
          beats += 1
          // Also past what did not match.
          if beat.id == 5 { break }
        }
        #expect(beats > 0)
      }
    }
  }

  @Test(arguments: [
    "?last_event_id=x", "?last_event_id=-1", "?last_event_id=", "?limit=3", "?q=a:b",
  ])
  func mistakesAreProblems(query: String) async throws {
    try await withServer { server in
      try await server.expect(400, from: "/api/stream\(query)")
    }
  }

  @Test func headHasNoStream() async throws {
    try await withServer { server in
      let head = try await server.send(.head, "/api/stream")
      #expect(head.status == 200)
      #expect(head.headers[.contentType] == "text/event-stream")
      #expect(head.size == 0)
    }
  }

  @Test func thereAreOnlySoManyStreams() async throws {
    var limits = Server.Limits()
    limits.streams = 2
    try await withRunningServer(limits: limits) { server in
      try await EventClient.with(server) { first in
        #expect(try await first.event().name == "start")
        try await EventClient.with(server) { second in
          #expect(try await second.event().name == "start")
          try await RawConnection.with(port: server.address.port) { connection in
            let request = "GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
            try await connection.send(request)
            let head = try await connection.receive(upTo: "\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 503"))
            #expect(head.contains("Retry-After: "))
          }
        }
      }
      // Those who have gone make room.
      let isOpen = try await eventually {
        try await RawConnection.with(port: server.address.port) { connection in
          try await connection.status(
            of: "GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n") == 200
        }
      }
      #expect(isOpen)
    }
  }

  @Test func manyStreamsEndAtOnceOnShutdown() async throws {
    try await withRunningServer { server in
      try await withThrowingTaskGroup { group in
        let (started, isStarted) = AsyncStream.makeStream(of: Void.self)
        for _ in 0..<50 {
          group.addTask {
            try await EventClient.with(server) { client async throws in
              #expect(try await client.event().name == "start")
              isStarted.yield()
              while try await client.next() != nil {}
            }
          }
        }
        var waiting = started.makeAsyncIterator()
        for _ in 0..<50 { await waiting.next() }
        let begin = ContinuousClock.now
        await server.shutDown()
        #expect(ContinuousClock.now - begin < .seconds(10))
        try await group.waitForAll()
      }
    }
  }

  @Test func aClientThatTakesNothingDoesNotHoldUpShutdown() async throws {
    try await withRunningServer { server in
      try server.store.record(numbers: 0..<20_000)
      try await EventClient.with(server, after: 0, receiveBuffer: 4096) { client async throws in
        #expect(try await client.event().name == "start")
        let begin = ContinuousClock.now
        await server.shutDown()
        #expect(ContinuousClock.now - begin < .seconds(5))
      }
    }
  }

  @Test func aSlowClientGetsEverything() async throws {
    try await withRunningServer { server in
      try await EventClient.with(server, receiveBuffer: 4096) { client async throws in
        #expect(try await client.event().name == "start")
        // Several times what the tail and the socket's buffers hold.
        for start in stride(from: Int64(0), to: 20_000, by: 2000) {
          try server.store.record(numbers: start..<start + 2000)
        }
        var last: Int64 = 0
        while last < 20_000 {
          let id = try #require(try await client.event().id)
          #expect(id == last + 1)
          last = id
        }
      }
    }
  }
}

extension Store {
  /// Records made elsewhere under these numbers.
  func record(numbers: Range<Int64>, revision: Int64 = 1) throws {
    _ = try record(
      numbers.map { number in
        var connection = Connection(
          timestamp: testNow.advanced(byMicroseconds: number), transport: .tcp, state: .ESTABLISHED,
          local: Endpoint(.anyIPv4, 1), remote: Endpoint(.anyIPv4, 2))
        connection.origin = Origin(agent: "far", number: number)
        connection.revision = revision
        return connection
      })
  }
}
