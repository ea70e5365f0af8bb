import HTTPTypes
import TestCertificates
import Testing

@testable import NetmonServer

@Suite struct GuardTests {
  @Test(arguments: [
    ("localhost", 200), ("localhost:8080", 200), ("LOCALHOST:1", 200), ("127.0.0.1", 200),
    ("127.8.8.8:80", 200), ("[::1]", 200), ("[::1]:8080", 200), ("[0:0::1]:8080", 200),
    ("watch.example:8080", 200), ("WATCH.example", 200), ("localhost:", 200),
    ("example.com", 421), ("localhost.example.com", 421), ("127.0.0.1.example.com", 421),
    ("192.0.2.1:8080", 421), ("[2001:db8::1]", 421), ("0.0.0.0", 421), ("2130706433", 421),
    ("0x7f.1", 421), ("", 400), ("local host", 400), ("localhost:x", 400), ("localhost:99999", 400),
    ("::1", 400), ("[::1", 400), ("[localhost]", 400), ("a@localhost", 400), ("localhost/", 400),
  ])
  func onlyOwnNamesAreAnswered(host: String, status: Int) async throws {
    try await withRunningServer(hostNames: ["watch.example"]) { server in
      try await RawConnection.with(port: server.address.port) { connection async throws in
        let request = "GET /healthz HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
        #expect(try await connection.status(of: request) == status)
      }
    }
  }

  @Test(arguments: [
    "GET /healthz HTTP/1.1\r\n\r\n", "GET /healthz HTTP/1.0\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: example.com\r\n\r\n",
  ])
  func noHostOrSeveralAreRefused(request: String) async throws {
    try await withRunningServer { server in
      try await RawConnection.with(port: server.address.port) { connection async throws in
        #expect(try await connection.status(of: request) == 400)
      }
    }
  }

  @Test(arguments: [
    ("http://localhost", 200), ("http://localhost:80", 200), ("HTTP://LOCALHOST", 200),
    ("http://localhost:8080", 403), ("http://127.0.0.1", 403), ("https://localhost", 403),
    ("null", 403), ("http://example.com", 403), ("http://localhost.example.com", 403), ("", 403),
    ("http://localhost/path", 403), ("localhost", 403), ("file://", 403),
    ("http://localhost, http://localhost", 403),
  ])
  func postsOfForeignPagesAreRefused(origin: String, status: Int) async throws {
    try await withServer { server in
      let reply = try await server.post("[]", headers: [.origin: origin])
      #expect(reply.status == status)
    }
  }

  @Test(arguments: [
    ("https://localhost", 200), ("https://localhost:443", 200), ("HTTPS://LOCALHOST", 200),
    ("http://localhost", 403), ("https://localhost:80", 403), ("https://example.com", 403),
  ])
  func withTLSAPageThatCameWithoutIsForeign(origin: String, status: Int) async throws {
    let files = try CertificateFiles()
    try await withServer(tls: files.tls) { server async throws in
      #expect(try await server.post("[]", headers: [.origin: origin]).status == status)
    }
  }

  @Test func readingIsLeftToTheBrowsersOwnRules() async throws {
    try await withServer { server in
      let reply = try await server.get("/api/stats", headers: [.origin: "http://example.com"])
      #expect(reply.status == 200)
      #expect(reply.headers[.accessControlAllowOrigin] == nil)
      #expect(reply.headers[.vary] == nil)
    }
  }

  @Test(arguments: ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"])
  func pagesOfTheServerItselfMayPost(origin: String) async throws {
    try await withRunningServer { server in
      try await RawConnection.with(port: server.address.port) { connection in
        let status = try await connection.status(
          of: """
            POST /api/connections HTTP/1.1\r
            Host: \(origin.dropFirst(7))\r
            Origin: \(origin)\r
            Content-Type: application/json\r
            Content-Length: 2\r
            \r
            []
            """)
        #expect(status == 200)
      }
    }
  }

  @Test func authoritiesCompareAsHTTPSays() {
    #expect(Authority("Example.COM") == Authority("example.com:80"))
    #expect(Authority("[::1]:80") == Authority("[0:0:0:0:0:0:0:1]"))
    #expect(Authority("example.com:81") != Authority("example.com"))
    for text in ["", ":80", "a b", "[::1]x", "a:b", "a:-1", "a:+1", "[]", "a,b", "é"] {
      #expect(Authority(text) == nil, "\(text)")
    }
  }
}
