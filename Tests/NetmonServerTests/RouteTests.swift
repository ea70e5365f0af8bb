import HTTPTypes
import Testing

@testable import NetmonServer

@Suite struct RouteTests {
  @Test(arguments: [
    ("/", "GET, HEAD"), ("/main.js", "GET, HEAD"), ("/style.css", "GET, HEAD"),
    ("/api/connections", "POST, GET, HEAD"), ("/api/connections/1", "GET, HEAD"),
    ("/api/connections/error/ECONNRESET", "GET, HEAD"),
    ("/api/connections/process/1", "GET, HEAD"), ("/api/errors", "GET, HEAD"),
    ("/api/processes", "GET, HEAD"), ("/api/hosts", "POST, GET, HEAD"), ("/api/stats", "GET, HEAD"),
    ("/api/gaps", "POST, GET, HEAD"), ("/api/stream", "GET, HEAD"), ("/healthz", "GET, HEAD"),
    ("/readyz", "GET, HEAD"),
  ])
  func wrongMethodsAreToldTheRightOnes(path: String, allowed: String) async throws {
    try await withServer { server in
      for method in ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"] {
        let reply = try await server.send(HTTPRequest.Method(method)!, path)
        #expect(reply.status == 405, "\(method) \(path)")
        #expect(reply.headers[.allow] == allowed)
        #expect(reply.headers[.contentType] == "application/problem+json")
      }
    }
  }

  @Test(arguments: [
    "/api", "/api/", "/api/connection", "/api/connections/", "//api/connections",
    "/api//connections", "/api/connections/1/2", "/api/connections/error/", "/healthz/", "/.git",
    "/..%2f..%2fetc/passwd", "/%00", "/app.js/", "/index.html", "/API/CONNECTIONS",
  ])
  func unknownPathsAreProblems(path: String) async throws {
    try await withServer { server in
      let reply = try await server.get(path)
      #expect(reply.status == 404)
      #expect(reply.headers[.contentType] == "application/problem+json")
      #expect(reply.object["status"] as? Int == 404)
      #expect(reply.object["title"] as? String == "Not Found")
      #expect(reply.detail.hasPrefix("There is nothing at"))
    }
  }

  @Test func aMisspeltPathGetsASuggestion() async throws {
    try await withServer { server in
      let detail = try await server.get("/api/conections").detail
      #expect(detail.hasSuffix("did you mean '/api/connections'?"))
    }
  }

  @Test(arguments: [
    "/api/%zz", "/api/%e2%82", "/%", "/api/connections?q=%ff", "/api/connections?%=1",
  ])
  func brokenEscapesAreRefused(target: String) async throws {
    try await withServer { server in
      try await server.expect(400, from: target)
    }
  }

  @Test func escapesInPathsAreUnderstood() async throws {
    try await withServer { server in
      try await server.expect(200, from: "/api/connec%74ions")
      try await server.expect(200, from: "/api/connections/error/%45CONNRESET")
    }
  }

  @Test(arguments: [
    "/", "/style.css", "/api/connections", "/api/connections/error/nonsense", "/api/stats",
    "/healthz", "/readyz", "/nowhere", "/api/connections/7",
  ])
  func headAnswersLikeGetWithoutTheBody(path: String) async throws {
    try await withServer { server in
      let get = try await server.get(path)
      let head = try await server.send(.head, path)
      #expect(head.status == get.status)
      #expect(head.size == 0)
      #expect(head.headers[.contentLength] == "\(get.size)")
      #expect(head.headers[.contentType] == get.headers[.contentType])
    }
  }

  @Test(arguments: ["/", "/api/connections", "/nowhere", "/api/connections?limit=0", "/healthz"])
  func everythingCarriesTheSecurityHeaders(target: String) async throws {
    try await withServer { server in
      let headers = try await server.get(target).headers
      #expect(headers[.xContentTypeOptions] == "nosniff")
      #expect(headers[.referrerPolicy] == "no-referrer")
      let policy = try #require(headers[.contentSecurityPolicy])
      #expect(policy.hasPrefix("default-src 'none'; script-src 'self';"))
      #expect(!policy.contains("unsafe"))
      #expect(headers[.cacheControl] == (target == "/" ? "no-cache" : "no-store"))
      #expect(headers[.accessControlAllowOrigin] == nil)
    }
  }

  @Test func hostileTextIsCutAndEscaped() async throws {
    try await withServer { server in
      let name = String(repeating: "%1B%5B31m%22", count: 500)
      let reply = try await server.get("/api/connections/error/\(name)")
      #expect(reply.status == 400)
      #expect(reply.detail.utf8.count < 400)
      #expect(!reply.detail.contains("\u{1B}"))
    }
  }

  @Test func pathPatternsMatchWholePaths() {
    let pattern: PathPattern = "/api/connections/{id}"
    #expect(pattern.match(["api", "connections", "7"]) == ["id": "7"])
    #expect(pattern.match(["api", "connections", ""]) == nil)
    #expect(pattern.match(["api", "connections"]) == nil)
    #expect(pattern.match(["api", "connections", "7", "8"]) == nil)
    #expect(PathPattern("/").match([""]) == [:])
  }
}
