import Foundation
import NetmonCore
import NetmonStore
import ServiceLifecycle
import Testing

@testable import NetmonServer

@Suite struct LifecycleTests {
  @Test func anIdleConnectionDoesNotHoldUpShutdown() async throws {
    try await withRunningServer { server in
      try await RawConnection.with(port: server.address.port) { connection in
        try await connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try await connection.receive(upTo: #"{"status":"ok"}"#).hasPrefix("HTTP/1.1 200"))
        await server.group.triggerGracefulShutdown()
        #expect(try await connection.receiveToEnd() == "")
      }
    }
  }

  @Test func aHalfSentHeadDoesNotHoldUpShutdown() async throws {
    try await withRunningServer { server in
      try await RawConnection.with(port: server.address.port) { connection in
        try await connection.send("GET /healthz HTT")
        await server.group.triggerGracefulShutdown()
        #expect(try await connection.receiveToEnd() == "")
      }
    }
  }

  @Test func aRequestInFlightIsAnsweredBeforeShutdown() async throws {
    try await withRunningServer { server in
      try await RawConnection.with(port: server.address.port) { connection in
        // The answer to the expectation shows that the server is at work on the request.
        try await connection.send(
          """
          POST /api/connections HTTP/1.1\r
          Host: localhost\r
          Content-Type: application/json\r
          Content-Length: 2\r
          Expect: 100-continue\r
          \r

          """)
        #expect(try await connection.receive(upTo: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        await server.group.triggerGracefulShutdown()
        try await connection.send("[]")
        #expect(try await connection.receiveToEnd().hasPrefix("HTTP/1.1 200 OK"))
      }
    }
  }

  /// Gives `body` a server, and a connection to it on which a large answer was asked for.
  private func withLargeAnswer(
    limits: Server.Limits = Server.Limits(),
    _ body: @Sendable (RunningServer, inout RawConnection.Conversation) async throws -> Void
  ) async throws {
    try await withRunningServer(limits: limits) { server in
      let records = try RecordReader.read(Array(Record.series(10_000).json.utf8), as: .json)
      _ = try server.store.record(records.connections)
      try await RawConnection.with(port: server.address.port, receiveBuffer: 4096) { connection in
        try await connection.send(
          "GET /api/connections?limit=10000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try await body(server, &connection)
      }
    }
  }

  @Test func aLargeAnswerIsCompletedBeforeShutdown() async throws {
    try await withLargeAnswer { server, connection in
      let head = try await connection.receive(upTo: "\r\n\r\n")
      let length = try #require(head.firstMatch(of: /Content-Length: (\d+)/)?.1)
      await server.group.triggerGracefulShutdown()
      #expect(try await connection.receiveToEnd().utf8.count == Int(length))
    }
  }

  @Test func aClientThatTakesNothingIsLetGo() async throws {
    var limits = Server.Limits()
    limits.responseTimeout = .milliseconds(50)
    try await withLargeAnswer(limits: limits) { server, _ in await server.shutDown() }
  }

  @Test(.timeLimit(.minutes(2)))
  func aSlowClientDoesNotKeepTheServerFromShuttingDown() async throws {
    var limits = Server.Limits()
    limits.responseTimeout = .seconds(3600)
    limits.lastDelivery = .milliseconds(50)
    try await withLargeAnswer(limits: limits) { server, connection in
      _ = try await connection.receive(upTo: "\r\n\r\n")
      await server.shutDown()
    }
  }

  @Test func aPortInUseIsAClearError() async throws {
    try await withRunningServer { running in
      let port = running.address.port
      let second = try Server(
        configuration: .init(port: port, now: { testNow }), store: running.store, logger: .silent)
      let expected = ServerError.cannotBind(host: "127.0.0.1", port: port, errno: EADDRINUSE)
      await #expect(throws: expected) { try await second.run() }
    }
  }

  @Test func errorsReadWell() {
    #expect(
      "\(ServerError.cannotBind(host: "127.0.0.1", port: 80, errno: EADDRINUSE))"
        == "cannot listen on 127.0.0.1:80: the port is in use by another process")
    #expect(
      "\(ServerError.cannotBind(host: "::1", port: 80, errno: EACCES))"
        == "cannot listen on [::1]:80: ports below 1024 need privilege (CAP_NET_BIND_SERVICE)")
    let file = TokenFile(path: "/srv/netmon.tokens")
    let needed = "\(ServerError.needsToken(host: "0.0.0.0", tokenFile: file))"
    #expect(needed.contains("netmon token create --tokens /srv/netmon.tokens"))
    #expect("\(ServerError.notAnAddress(host: "example.com"))".contains("127.0.0.1"))
  }

  @Test(arguments: ["0.0.0.0", "::", "192.0.2.1", "[::]", "128.0.0.1"])
  func beyondLoopbackItTakesAToken(host: String) async throws {
    let tokens = try TestTokens()
    try await withStore { store in
      func make(_ file: TokenFile?) throws(ServerError) -> Server {
        var configuration = Server.Configuration(host: host, now: { testNow })
        configuration.allowsPlaintext = true
        configuration.tokenFile = file
        return try Server(configuration: configuration, store: store, logger: .silent)
      }
      let missing = TokenFile(path: tokens.file.path + ".none")
      for file in [nil, missing] {
        #expect(throws: ServerError.needsToken(host: host, tokenFile: file)) { try make(file) }
      }
      _ = try make(tokens.file)
      for made in [tokens.reader, tokens.sender, tokens.both] { try tokens.revoke(made) }
      // Those that are left are revoked or have expired.
      #expect(throws: ServerError.needsToken(host: host, tokenFile: tokens.file)) {
        try make(tokens.file)
      }
    }
  }

  @Test(arguments: ["example.com", "", "127.0.0.1.example.com", "localhost.", "127.1", "*"])
  func onlyAddressesAreBound(host: String) async throws {
    let tokens = try TestTokens()
    try await withStore { store in
      var configuration = Server.Configuration(host: host, now: { testNow })
      configuration.tokenFile = tokens.file
      #expect(throws: ServerError.notAnAddress(host: host)) {
        try Server(configuration: configuration, store: store, logger: .silent)
      }
    }
  }

  @Test func aDamagedTokenFileStopsTheStart() async throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("netmon-\(UUID().uuidString).tokens").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("{}\n".utf8).write(to: URL(fileURLWithPath: path))
    try #require(chmod(path, 0o600) == 0)
    var configuration = Server.Configuration(port: 0, now: { testNow })
    configuration.tokenFile = TokenFile(path: path)
    do {
      try await Server.check(configuration)
      Issue.record("it was taken")
    } catch {
      #expect("\(error)".contains("\(path) is damaged in line 1"))
    }
  }

  @Test(arguments: [
    ("localhost", "127.0.0.1"), ("127.0.0.2", "127.0.0.2"), ("::1", "::1"), ("[::1]", "::1"),
    ("LocalHost", "127.0.0.1"), ("::ffff:127.0.0.1", "127.0.0.1"),
  ])
  func loopbackHasSeveralNames(host: String, address: String) {
    #expect(Server.loopbackAddress(host) == address)
  }

  @Test func addressesMakeURLs() {
    #expect(Server.ListeningAddress(host: "::1", port: 80).url == "http://[::1]:80")
    #expect(Server.ListeningAddress(host: "127.0.0.1", port: 8080).url == "http://127.0.0.1:8080")
  }

  @Test func aBodyThatDoesNotComeTimesOut() async throws {
    var limits = Server.Limits()
    limits.bodyTimeout = .milliseconds(50)
    try await withRunningServer(limits: limits) { server in
      try await RawConnection.with(port: server.address.port) { connection in
        try await connection.send(
          """
          POST /api/connections HTTP/1.1\r
          Host: localhost\r
          Content-Type: application/json\r
          Content-Length: 100\r
          \r
          [
          """)
        let answer = try await connection.receiveToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout"))
        #expect(answer.contains("The body did not arrive in time."))
      }
    }
  }

  @Test func aBodyThatNobodyReadsTimesOutAsWell() async throws {
    var limits = Server.Limits()
    limits.bodyTimeout = .milliseconds(50)
    try await withRunningServer(limits: limits) { server in
      try await RawConnection.with(port: server.address.port) { connection in
        try await connection.send(
          "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n[")
        #expect(try await connection.receiveToEnd().hasPrefix("HTTP/1.1 404"))
      }
    }
  }

  @Test func aHeadThatDoesNotComeTimesOut() async throws {
    var limits = Server.Limits()
    limits.headerTimeout = .milliseconds(50)
    try await withRunningServer(limits: limits) { server in
      try await RawConnection.with(port: server.address.port) { connection async throws in
        #expect(try await connection.receiveToEnd() == "")
      }
    }
  }

  @Test(arguments: ["x\r\n[]\r\n0\r\n\r\n", "2\r\n[]0\r\n\r\n", "-1\r\n"])
  func aBrokenBodyIsRefused(chunks: String) async throws {
    try await withRunningServer { server in
      try await RawConnection.with(port: server.address.port) { connection in
        try await connection.send(
          """
          POST /api/connections HTTP/1.1\r
          Host: localhost\r
          Content-Type: application/json\r
          Transfer-Encoding: chunked\r
          \r
          \(chunks)
          """)
        let answer = try await connection.receiveToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 400"))
        #expect(answer.contains("not sent as HTTP asks"))
      }
    }
  }

  @Test func anOversizedHeadIsRefused() async throws {
    try await withRunningServer { server in
      try await RawConnection.with(port: server.address.port) { connection in
        let filler = String(repeating: "x", count: 20 << 10)
        let status = try await connection.status(
          of: "GET / HTTP/1.1\r\nHost: localhost\r\nX: \(filler)\r\n\r\n")
        #expect(status == 431)
      }
    }
  }
}
