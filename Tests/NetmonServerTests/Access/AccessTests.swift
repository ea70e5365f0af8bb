import Foundation
import HTTPTypes
import NIOCore
import NetmonCore
import NetmonStore
import Testing
import TestSupport

@testable import NetmonServer

/// Tokens, sign-ins and limits, as those see them who ask.
@Suite struct AccessTests {
  private let tokens: TestTokens

  init() throws {
    tokens = try TestTokens()
  }

  // MARK: - Being told why

  @Test func refusalsSayWhatIsWrong() async throws {
    try await withServer(tokens: tokens.file) { server in
      let none = try await server.get("/api/stats")
      #expect(none.status == 401)
      #expect(none.headers[.wwwAuthenticate] == "Bearer realm=\"netmon\"")
      #expect(none.headers[.contentType] == "application/problem+json")
      #expect(none.detail == "This server asks for a token.")
      let cases = [
        (tokens.revoked, 401, "revoked"), (tokens.expired, 401, "expired"),
        (tokens.sender, 403, "--scope read"), (tokens.reader, 200, ""), (tokens.both, 200, ""),
      ]
      for (made, status, part) in cases {
        let reply = try await server.get("/api/stats", headers: .bearer(made))
        #expect(reply.status == status)
        let isTold = reply.detail.contains(part) && reply.detail.contains(made.token.id)
        #expect(part.isEmpty || isTold, "\(reply.detail)")
        #expect(!reply.text.contains(made.secret.text))
      }
      let unknown = try await server.get("/api/stats", headers: [.authorization: "Bearer x"])
      #expect(unknown.headers[.wwwAuthenticate]?.hasSuffix("error=\"invalid_token\"") == true)
    }
  }

  @Test func theSchemeIsReadAsHTTPSays() async throws {
    try await withServer(tokens: tokens.file) { server in
      for scheme in ["Bearer", "bearer", "BEARER", "Bearer  "] {
        let value = "\(scheme) \(tokens.reader.secret.text)"
        let reply = try await server.get("/api/stats", headers: [.authorization: value])
        #expect(reply.status == 200)
      }
    }
  }

  @Test func whereThereIsNoTokenNobodyIsAsked() async throws {
    try await withServer { server in
      #expect(
        try await server.get("/api/stats", headers: [.authorization: "Bearer x"]).status == 200)
      let session = try await server.get("/api/session").object
      #expect(session["required"] as? Bool == false)
      let document = try await server.get("/api/openapi.json").object
      #expect(Self.security(document, "/api/stats", "get")?.contains { $0.isEmpty } == true)
    }
  }

  @Test func theDescriptionSaysWhatATokenMustBeFor() async throws {
    try await withServer(tokens: tokens.file) { server in
      let reply = try await server.get("/api/openapi.json", headers: .bearer(tokens.reader))
      let document = reply.object
      #expect(
        Self.security(document, "/api/stats", "get") == [["token": ["read"]], ["session": []]])
      #expect(Self.security(document, "/api/gaps", "post") == [["token": ["ingest"]]])
      #expect(Self.security(document, "/healthz", "get") == [])
    }
  }

  private static func security(
    _ document: [String: Any], _ path: String, _ method: String
  ) -> [[String: [String]]]? {
    let paths = document["paths"] as? [String: [String: [String: Any]]]
    return paths?[path]?[method]?["security"] as? [[String: [String]]]
  }

  // MARK: - Whose records

  private func record(_ host: String?, origin: String? = nil, revision: Int = 1) -> String {
    var record = Record().with("host", host.map { "\"\($0)\"" } ?? "null")
    if let origin { record = record.with("origin", "\"\(origin)\"") }
    return record.with("revision", "\(revision)").json
  }

  @Test func anAgentSendsItsOwnHostAlone() async throws {
    try await withServer(tokens: tokens.file) { server in
      let sender = HTTPFields.bearer(tokens.sender)
      let (own, other, none) = (record("web-1"), record("web-2"), record(nil))
      #expect(try await server.post(own, headers: sender).status == 201)
      #expect(try await server.post("[\(own),\(own)]", headers: sender).status == 200)
      #expect(try await server.post("[]", headers: sender).status == 200)
      for (body, pointers) in [
        (other, ["/host"]), (none, ["/host"]),
        ("[\(own),\(other),\(none)]", ["/1/host", "/2/host"]),
      ] {
        let reply = try await server.post(body, headers: sender)
        #expect(reply.status == 403)
        #expect(reply.mistakes.map(\.pointer) == pointers)
        #expect(reply.detail.contains("'web-1'"))
      }
      let lines = try await server.post(
        "\(own)\n\(other)\n", type: "application/x-ndjson", headers: sender)
      #expect(lines.status == 403 && lines.mistakes.map(\.pointer) == ["/1/host"])
      #expect(try server.store.statistics().connections == 3, "all of it or nothing")
    }
  }

  @Test func nobodyWritesOverWhatAnotherHostHasSent() async throws {
    try await withServer(tokens: tokens.file) { server in
      let origin = Origin(agent: "agent", number: 7)
      let theirs = Record().with("host", #""web-2""#).with("origin", #""agent/7""#).json
      _ = try server.store.record(RecordReader.read(Array(theirs.utf8), as: .json).connections)
      _ = try server.store.record([
        Gap(host: "web-2", from: testNow, to: testNow, count: 1, reason: "x", origin: origin)
      ])
      let sender = HTTPFields.bearer(tokens.sender)
      for revision in [1, 2] {
        let record = record("web-1", origin: "agent/7", revision: revision)
        let alone = try await server.post(record, headers: sender)
        #expect(alone.status == 403 && alone.mistakes.map(\.pointer) == ["/origin"])
        #expect(!alone.text.contains("web-2"))
        let list = "[\(self.record("web-1", origin: "mine/1")),\(record)]"
        let reply = try await server.post(list, headers: sender)
        #expect(reply.status == 403 && reply.mistakes.map(\.pointer) == ["/1/origin"])
        let gap =
          #"{"host":"web-1","from":"2026-11-22T10:00:00Z","to":"2026-11-22T11:00:00Z","#
          + #""reason":"y","origin":"agent/7","revision":\#(revision)}"#
        let refused = try await server.post(gap, to: "/api/gaps", headers: sender)
        #expect(refused.status == 403 && refused.mistakes.map(\.pointer) == ["/origin"])
      }
      #expect(try server.store.gaps().map(\.reason) == ["x"])
      let stored = try server.store.connections(ConnectionQuery(limit: nil)).connections
      #expect(stored.map(\.host) == ["web-2"] && stored.map(\.revision) == [1])
      // Its own it may.
      for revision in [1, 2] {
        let own = record("web-1", origin: "mine/1", revision: revision)
        #expect(try await server.post(own, headers: sender).status < 300)
      }
    }
  }

  @Test(arguments: ["/api/gaps", "/api/hosts"])
  func soItIsWithGapsAndReports(path: String) async throws {
    try await withServer(tokens: tokens.file) { server in
      let sender = HTTPFields.bearer(tokens.sender)
      func body(_ host: String) -> String {
        #"{"host":"\#(host)","seen":"2026-11-22T11:00:00Z","from":"2026-11-22T10:00:00Z","#
          + #""to":"2026-11-22T11:00:00Z","reason":"x"}"#
      }
      #expect(try await server.post(body("web-1"), to: path, headers: sender).status < 300)
      for host in ["web-2", "WEB-1", ""] {
        let reply = try await server.post("[\(body(host))]", to: path, headers: sender)
        #expect([400, 403].contains(reply.status))
        #expect(reply.mistakes.map(\.pointer) == ["/0/host"])
      }
    }
  }

  @Test func whatUnicodeCallsTheSameIsAnotherHost() throws {
    let token = Token(
      id: "00000000", name: "", scope: .init(reads: false, ingestHost: "caf\u{e9}")!,
      created: testNow, expires: nil, digest: SecretDigest(of: ""))
    let caller = Caller.holder(token, session: nil)
    try caller.check(["caf\u{e9}"], isSingle: true, of: "record")
    #expect(throws: Problem.self) {
      try caller.check(["cafe\u{301}"], isSingle: true, of: "record")
    }
  }

  // MARK: - Signing in

  private func signIn(
    _ text: String, _ server: TestServer
  ) async throws -> (reply: Reply, cookie: String) {
    let reply = try await server.post("{\"token\":\"\(text)\"}", to: "/api/session")
    return (reply, reply.headers[.setCookie] ?? "")
  }

  @Test func aPageSignsInAndOut() async throws {
    try await withServer(tokens: tokens.file) { server in
      let (reply, cookie) = try await signIn(tokens.reader.secret.text, server)
      #expect(reply.status == 200)
      #expect(reply.object["token_id"] as? String == tokens.reader.token.id)
      #expect(reply.object["expires"] as? String == "2026-11-23T00:00:00.000000Z")
      let form = /netmon=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict/
      #expect(cookie.wholeMatch(of: form) != nil, "\(cookie)")
      #expect(!cookie.contains(tokens.reader.secret.text.suffix(20)), "it is not the token")
      let shown: HTTPFields = [.cookie: String(cookie.prefix { $0 != ";" })]
      #expect(try await server.get("/api/stats", headers: shown).status == 200)
      let session = try await server.get("/api/session", headers: shown).object
      #expect(session["token_name"] as? String == "a test")
      #expect(session["required"] as? Bool == true)

      let out = try await server.send(.delete, "/api/session", headers: shown)
      #expect(out.status == 204)
      #expect(out.headers[.setCookie]?.contains("netmon=; Path=/; Max-Age=0;") == true)
      let after = try await server.get("/api/stats", headers: shown)
      #expect(after.status == 401)
      #expect(after.headers[.setCookie]?.contains("Max-Age=0") == true)
      let standing = try await server.get("/api/session", headers: shown).object
      #expect(standing["token_id"] is NSNull)
    }
  }

  @Test func withTLSTheCookieGoesOverNothingElse() {
    #expect(SessionCookie.setting("a", seconds: 1, isSecure: true).hasSuffix("; Secure"))
    #expect(SessionCookie.removal(isSecure: true).hasSuffix("; Secure"))
  }

  @Test func onlyATokenThatReadsSignsIn() async throws {
    try await withServer(tokens: tokens.file) { server in
      for (made, status) in [
        (tokens.sender, 403), (tokens.revoked, 401), (tokens.expired, 401), (tokens.both, 200),
      ] {
        let (reply, cookie) = try await signIn(made.secret.text, server)
        #expect(reply.status == status)
        #expect(cookie.isEmpty == (status != 200))
      }
      #expect(try await signIn("netmon_", server).reply.status == 401)
      for body in ["{}", "[]", "7", "{\"token\":7}", "[{\"token\":\"x\"}]"] {
        #expect(try await server.post(body, to: "/api/session").status == 400, "\(body)")
      }
      let large = "{\"token\":\"\(String(repeating: "a", count: 20_000))\"}"
      #expect(try await server.post(large, to: "/api/session").status == 413)
    }
  }

  @Test func cookiesOfOtherServersOfThisMachineDoNoHarm() async throws {
    try await withServer(tokens: tokens.file) { server in
      let (_, cookie) = try await signIn(tokens.reader.secret.text, server)
      let own = cookie.prefix { $0 != ";" }
      let shown: HTTPFields = [.cookie: "netmon=other; a=b;netmon=; \(own)"]
      #expect(try await server.get("/api/stats", headers: shown).status == 200)
    }
  }

  @Test func aSessionEndsWithItsTokenAndItsServer() async throws {
    try await withServer(tokens: tokens.file) { server in
      let (_, cookie) = try await signIn(tokens.reader.secret.text, server)
      let shown: HTTPFields = [.cookie: String(cookie.prefix { $0 != ";" })]
      #expect(try await server.get("/api/stats", headers: shown).status == 200)
      try await withServer(tokens: tokens.file) { restarted in
        let reply = try await restarted.get("/api/stats", headers: shown)
        #expect(reply.status == 401)
      }
      try tokens.revoke(tokens.reader)
      let isOut = try await eventually(within: .seconds(10)) {
        try await server.get("/api/stats", headers: shown).status == 401
      }
      #expect(isOut)
    }
  }

  // MARK: - Limits

  @Test func eachTokenHasARateOfItsOwn() async throws {
    var limits = Server.Limits()
    limits.requestsPerSecond = 1
    try await withServer(limits: limits, tokens: tokens.file) { server in
      func status(_ made: TestTokens.Made) async throws -> Reply {
        try await server.get("/api/hosts", headers: .bearer(made))
      }
      var replies: [Reply] = []
      for _ in 0..<10 { replies.append(try await status(tokens.reader)) }
      #expect(replies.prefix(2).allSatisfy { $0.status == 200 })
      let refused = try #require(replies.first { $0.status == 429 })
      #expect(refused.headers[.retryAfter] == "1")
      #expect(try await status(tokens.both).status == 200)
    }
  }

  @Test func wrongTokensOfAnAddressAreToldToWait() async throws {
    var limits = Server.Limits()
    limits.failuresPerMinute = 3
    try await withServer(limits: limits, tokens: tokens.file) { server in
      var statuses: [Int] = []
      for _ in 0..<5 {
        let reply = try await server.get("/api/hosts", headers: .bearer(tokens.revoked))
        statuses.append(reply.status)
      }
      #expect(statuses == [401, 401, 401, 429, 429])
      let (reply, _) = try await signIn("netmon_x", server)
      #expect(reply.status == 429)
      #expect(reply.headers[.retryAfter].flatMap { Int($0) } ?? 0 > 1)
      // Others at the same address are not to suffer for it, nor does one without a token.
      #expect(try await server.get("/api/hosts", headers: .bearer(tokens.reader)).status == 200)
      #expect(try await server.get("/api/hosts").status == 401)
    }
  }

  @Test func anAddressIsWhatItsNetworkHasGivenIt() throws {
    func network(_ address: String) throws -> PeerNetwork {
      PeerNetwork(try SocketAddress(ipAddress: address, port: 1))
    }
    #expect(try network("192.0.2.1") == network("::ffff:192.0.2.1"))
    #expect(try network("192.0.2.1") != network("192.0.2.2"))
    #expect(try network("2001:db8::1") == network("2001:db8::ffff:1"))
    #expect(try network("2001:db8::1") != network("2001:db8:0:1::1"))
    #expect(PeerNetwork(nil) == PeerNetwork(nil))
  }

  // MARK: - Streams

  @Test func aStreamEndsWithItsToken() async throws {
    try await withRunningServer(tokens: tokens.file) { server in
      for made in [tokens.reader, tokens.both] {
        try await EventClient.with(server, token: made, isLast: true) { client in
          #expect(try await client.event().name == "start")
          try tokens.revoke(made)
          #expect(try await client.next() == nil, "the stream has ended")
        }
      }
    }
  }

  @Test func aStreamEndsWhenThereIsAFirstToken() async throws {
    let file = TokenFile(path: tokens.file.path + ".first")
    try await withRunningServer(tokens: file) { server in
      try await EventClient.with(server, isLast: true) { client in
        #expect(try await client.event().name == "start")
        try TestTokens.make(in: file, reads: true)
        #expect(try await client.next() == nil, "whoever has no token is out")
      }
    }
  }
}
