import NetmonCore
import NetmonStore
import Testing

@testable import NetmonServer

/// What a server says before a response, and when it says that one was the last.
@Suite struct ContinuationTests {
  @Test func oldRequestsAreNotToldToGoOn() async throws {
    try await withRunningServer { server in
      try await RawConnection.with(port: server.address.port) { connection in
        try await connection.send(
          """
          POST /api/connections HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n\
          Expect: 100-continue\r\nContent-Length: 2\r\n\r\n[]
          """)
        #expect(try await connection.receiveToEnd().hasPrefix("HTTP/1.0 200 "))
      }
    }
  }

  /// The stream of events goes on for as long as the server does, so nothing may come in between.
  @Test func nobodyIsToldToGoOnWithinAnotherResponse() async throws {
    try await withRunningServer { server in
      try await RawConnection.with(port: server.address.port) { connection in
        try await connection.send("GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _ = try await connection.receive(upTo: "event: start")
        try await connection.send(
          """
          POST /api/connections HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
          Expect: 100-continue\r\nContent-Length: 2\r\n\r\n
          """)
        let records = try RecordReader.read(Array(Record.series(1).json.utf8), as: .json)
        _ = try server.store.record(records.connections)
        let events = try await connection.receive(upTo: "event: connection")
        #expect(!events.contains("HTTP/1.1"))
      }
    }
  }

  @Test func whoDoesNotWaitForAResponseIsToldToGoOnAfterIt() async throws {
    try await withRunningServer { server in
      try await RawConnection.with(port: server.address.port) { connection in
        try await connection.send(
          """
          GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n\
          POST /api/connections HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
          Expect: 100-continue\r\nContent-Length: 2\r\n\r\n
          """)
        let first = try await connection.receive(upTo: "HTTP/1.1 100 Continue\r\n\r\n")
        #expect(first.hasPrefix("HTTP/1.1 200 "))
        #expect(try await connection.status(of: "[]") == 200)
      }
    }
  }

  /// Of the last two the decoder would not read what comes after.
  @Test(arguments: [
    "Connection: Close\r\n", "Connection: te, close\r\n",
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
    "Upgrade: websocket\r\nConnection: upgrade\r\n",
  ])
  func theLastResponseIsFollowedByTheEnd(fields: String) async throws {
    try await withRunningServer { server in
      try await RawConnection.with(port: server.address.port) { connection in
        try await connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n")
        let answer = try await connection.receiveToEnd().lowercased()
        #expect(answer.hasPrefix("http/1.1 200 ") && answer.contains("\r\nconnection: close\r\n"))
      }
    }
  }
}
