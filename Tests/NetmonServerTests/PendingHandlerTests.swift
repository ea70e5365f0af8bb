import NIOSSL
import TestCertificates
import Testing

@testable import NetmonServer

/// Which connections a crowded server closes, and which it does not.
@Suite struct PendingHandlerTests {
  private static let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
  private static let unheard = "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"
  private static let post = """
    POST /api/connections HTTP/1.1\r
    Host: localhost\r
    Content-Type: application/json\r
    Content-Length: 2\r
    Expect: 100-continue\r
    \r

    """

  private var limits: Server.Limits {
    var limits = Server.Limits()
    limits.unheardConnections = 2
    limits.unheardBurst = 2
    limits.incompleteBodies = 1
    limits.idleConnections = 1
    limits.silence = .milliseconds(1)
    return limits
  }

  private func count(_ fault: ConnectionFault, of server: RunningServer) async throws -> Double? {
    try await RawConnection.with(port: server.address.port) { connection async throws in
      try await connection.send(
        "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
      let answer = try await connection.receiveToEnd()
      let body = answer.split(separator: "\r\n\r\n").last.map(String.init) ?? ""
      return Exposition(body).value("netmon_connection_faults_total", ["reason": fault.rawValue])
    }
  }

  @Test func theOldestWithoutARequestMakesRoom() async throws {
    try await withRunningServer(limits: limits) { server async throws in
      let port = server.address.port
      try await RawConnection.with(port: port) { first async throws in
        try await first.send("GET /healthz HT")
        try await RawConnection.with(port: port) { second async throws in
          // One that was refused counts as one that asked nothing.
          #expect(try await second.status(of: Self.unheard) == 404)
          try await RawConnection.with(port: port) { third async throws in
            #expect(try await third.status(of: Self.request) == 200)
          }
        }
        #expect(try await first.receiveToEnd() == "")
      }
      #expect(try await count(.requestDropped, of: server) == 1)
    }
  }

  @Test func ofThoseThatComeAtOnceTheOldestMakesRoomInAMoment() async throws {
    var limits = limits
    limits.unheardBurst = 8
    limits.unheardGrace = .milliseconds(20)
    try await withRunningServer(limits: limits) { server async throws in
      let port = server.address.port
      try await RawConnection.with(port: port) { first async throws in
        try await first.send("GET /healthz HT")
        try await RawConnection.with(port: port) { _ async throws in
          try await RawConnection.with(port: port) { _ async throws in
            #expect(try await first.receiveToEnd() == "")
          }
        }
      }
      // Whoever asks for that may have had its moment too, on a slow machine.
      #expect(try await count(.requestDropped, of: server) ?? 0 >= 1)
    }
  }

  @Test func handshakesCountAsWell() async throws {
    let files = try CertificateFiles()
    let client = try files.client()
    try await withRunningServer(limits: limits, tls: files.tls) { server async throws in
      let port = server.address.port
      try await RawConnection.with(port: port) { first async throws in
        try await first.send("\u{16}\u{3}\u{1}\u{0}")
        for _ in 0..<3 {
          try await RawConnection.with(port: port, secured: client) { connection async throws in
            #expect(try await connection.status(of: Self.unheard) == 404)
          }
        }
        try await RawConnection.with(port: port) { _ async throws in
          try await RawConnection.with(port: port, secured: client) { connection async throws in
            #expect(try await connection.status(of: Self.request) == 200)
          }
        }
        #expect(try await first.receiveToEnd() == "")
      }
    }
  }

  @Test func theSlowestBodyMakesRoom() async throws {
    try await withRunningServer(limits: limits) { server async throws in
      let port = server.address.port
      try await RawConnection.with(port: port) { first async throws in
        try await first.send(Self.post)
        #expect(try await first.receive(upTo: "\r\n\r\n").hasPrefix("HTTP/1.1 100"))
        try await RawConnection.with(port: port) { second async throws in
          try await second.send(Self.post)
          #expect(try await second.receive(upTo: "\r\n\r\n").hasPrefix("HTTP/1.1 100"))
          #expect(try await first.receiveToEnd() == "")
          #expect(try await second.status(of: "[]") == 200)
        }
      }
      #expect(try await count(.bodyDropped, of: server) == 1)
    }
  }

  @Test func ofIdleOnesTheOneThatWaitedLongest() async throws {
    try await withRunningServer(limits: limits) { server async throws in
      let port = server.address.port
      try await RawConnection.with(port: port) { first async throws in
        #expect(try await first.status(of: Self.request) == 200)
        try await RawConnection.with(port: port) { second async throws in
          #expect(try await second.status(of: Self.request) == 200)
          let rest = try await first.receiveToEnd()
          #expect(rest.isEmpty || rest.hasSuffix(#"{"status":"ok"}"#))
          #expect(try await second.status(of: Self.request) != nil)
        }
      }
    }
  }

  @Test func streamsAreNoneOfThem() async throws {
    try await withRunningServer(limits: limits) { server async throws in
      try await EventClient.with(server) { stream async throws in
        #expect(try await stream.event().name == "start")
        for _ in 0..<10 {
          try await RawConnection.with(port: server.address.port) { connection async throws in
            #expect(try await connection.status(of: Self.request) == 200)
          }
        }
        try server.store.record(numbers: 0..<1)
        #expect(try await stream.event().name == "connection")
      }
      #expect(try await count(.requestDropped, of: server) == 0)
    }
  }
}
