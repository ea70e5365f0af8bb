import Foundation
import HTTPTypes
import NetmonCore
import NetmonStore
import Testing

@testable import NetmonServer

/// The document at `/api/openapi.json` says what the server does, all of it and nothing else.
@Suite struct OpenAPITests {
  private typealias Object = [String: Any]

  @Test func everyRouteIsDescribedAndNothingElse() async throws {
    try await withServer { server in
      let document = try await server.get("/api/openapi.json").object
      #expect(document["openapi"] as? String == "3.1.0")
      let paths = try #require(document["paths"] as? [String: [String: Object]])
      let described = paths.flatMap { path, operations in
        operations.keys.map { "\($0.uppercased()) \(path)" }
      }
      let routes = Self.routes(of: server)
      #expect(described.sorted() == routes.map { "\($0.method) \($0.path)" }.sorted())
      #expect(routes.count >= 15)
      let ids = paths.values.flatMap(\.values).compactMap { $0["operationId"] as? String }
      #expect(Set(ids).count == routes.count)
      for route in routes {
        let path = route.path.description
        let operation = try #require(paths[path]?[route.method.rawValue.lowercased()])
        let validator = SchemaValidator(document: document)
        let parameters = try (operation["parameters"] as? [Object] ?? []).map {
          try #require(validator.resolved($0))
        }
        let captured = path.matches(of: /\{([a-z]+)\}/).map { String($0.1) }
        let inPath = parameters.filter { $0["in"] as? String == "path" }
        #expect(inPath.compactMap { $0["name"] as? String } == captured)
        #expect(inPath.allSatisfy { $0["required"] as? Bool == true })
        #expect((operation["requestBody"] != nil) == (route.method == .post))
        let responses = try #require(operation["responses"] as? Object)
        #expect(Set(responses.keys).count == route.outcomes.count, "\(path)")
        #expect(responses["400"] != nil && responses["421"] != nil)
      }
    }
  }

  @Test func everyReferenceLeadsSomewhere() async throws {
    try await withServer { server in
      let reply = try await server.get("/api/openapi.json")
      let validator = SchemaValidator(document: reply.object)
      let references = Set(
        reply.text.matches(of: /"\$ref":"([^"]+)"/).map { String($0.1) })
      #expect(references.count > 70)
      for reference in references {
        #expect(validator.resolved(["$ref": reference])?.isEmpty == false, "\(reference)")
      }
    }
  }

  @Test func theDocumentIsRevalidated() async throws {
    try await withServer { server in
      let reply = try await server.get("/api/openapi.json")
      let tag = try #require(reply.headers[.eTag])
      let again = try await server.get("/api/openapi.json", headers: [.ifNoneMatch: tag])
      #expect(again.status == 304 && again.size == 0)
    }
  }

  /// What is asked, and the path under which the document has it.
  private static let questions: [(path: String, target: String, status: Int)] = [
    ("/", "/", 200), ("/style.css", "/style.css?x=1", 200),
    ("/api/connections", "/api/connections", 200),
    ("/api/connections", "/api/connections?limit=0", 400),
    ("/api/connections", "/api/connections?q=erorr:any", 400),
    ("/api/connections/{id}", "/api/connections/1", 404),
    ("/api/connections/{id}", "/api/connections/x", 400),
    ("/api/connections/error/{error}", "/api/connections/error/ECONNREFUSED", 200),
    ("/api/connections/error/{error}", "/api/connections/error/EFOO", 400),
    ("/api/connections/process/{pid}", "/api/connections/process/1", 200),
    ("/api/connections/process/{pid}", "/api/connections/process/9223372036854775808", 400),
    ("/api/errors", "/api/errors", 200),
    (
      "/api/errors", "/api/errors?by=\(GroupKey.allCases.map(\.rawValue).joined(separator: ","))",
      200
    ),
    ("/api/errors/explanations", "/api/errors/explanations", 200),
    ("/api/timeline", "/api/timeline", 200), ("/api/timeline", "/api/timeline?bucket=1d", 200),
    ("/api/timeline", "/api/timeline?bucket=7m", 400),
    ("/api/processes", "/api/processes", 200), ("/api/hosts", "/api/hosts", 200),
    ("/api/stats", "/api/stats", 200), ("/api/stats", "/api/stats?x=1", 400),
    ("/api/gaps", "/api/gaps", 200), ("/healthz", "/healthz", 200), ("/readyz", "/readyz", 200),
    ("/api/openapi.json", "/api/openapi.json", 200),
  ]

  @Test func answersAreAsDescribed() async throws {
    try await withServer { server in
      let records =
        Record.series(3) + [
          Record().with("error", "null").with("state", #""ESTABLISHED""#)
            .with("host", #""web-1""#).with("direction", #""listen""#)
        ]
      _ = try await server.post(records.json)
      try server.store.recordHost(
        HostReport(host: "web-1", tier: "diag", seen: testNow, lagSeconds: 1.5, lost: 3))
      try server.store.recordGap(
        Gap(host: "web-1", from: testNow, to: testNow, count: nil, reason: "ring overrun"))
      let document = try await server.get("/api/openapi.json").object
      for question in Self.questions {
        let reply = try await server.get(question.target)
        #expect(reply.status == question.status, "\(question.target): \(reply.text)")
        try expectDescribed(reply, of: "get", question.path, in: document)
      }
    }
  }

  @Test(arguments: [
    ("/api/connections", Record().json, 201), ("/api/connections", "[\(Record().json)]", 200),
    ("/api/connections", "[]", 200), ("/api/connections", "{}", 400),
    ("/api/gaps", "[]", 200), ("/api/gaps", "7", 400),
    (
      "/api/gaps",
      #"{"host":"a","from":"2026-11-22T11:00:00Z","to":"2026-11-22T10:00:00.5Z","reason":"x"}"#, 201
    ),
    ("/api/hosts", #"{"host":"a","seen":"2026-11-22T11:00:00Z","lost":2.0}"#, 200),
    ("/api/hosts", #"{"host":""}"#, 400),
  ])
  func postsAreTakenAsDescribed(path: String, body: String, status: Int) async throws {
    try await withServer { server in
      let document = try await server.get("/api/openapi.json").object
      let reply = try await server.post(body, to: path)
      #expect(reply.status == status, "\(reply.text)")
      try expectDescribed(reply, of: "post", path, in: document)
      try expectDescribed(
        await server.post(body, to: path, type: "text/plain"), of: "post", path, in: document)
      let schema = try #require(
        Self.object(
          document, "paths", path, "post", "requestBody", "content", "application/json", "schema"))
      let value = try JSONSerialization.jsonObject(
        with: Data(body.utf8), options: .fragmentsAllowed)
      let mistakes = SchemaValidator(document: document).mistakes(in: value, schema)
      #expect(mistakes.isEmpty == (status < 300), "\(mistakes)")
    }
  }

  /// Expects a status, content type and body that the document has.
  private func expectDescribed(
    _ reply: Reply, of method: String, _ path: String, in document: Object
  ) throws {
    let response = try #require(
      Self.object(document, "paths", path, method, "responses", "\(reply.status)"),
      "\(method) \(path) is not said to answer \(reply.status)")
    let content = response["content"] as? [String: Object] ?? [:]
    let type = try #require(reply.headers[.contentType])
    let schema = try #require(
      content[type]?["schema"] as? Object, "\(path): \(type) is not described")
    guard type.contains("json") else { return }
    let validator = SchemaValidator(document: document)
    let mistakes = validator.mistakes(in: try #require(reply.json), schema)
    #expect(mistakes.isEmpty, "\(method) \(path)")
  }

  private static func object(_ document: Object, _ path: String...) -> Object? {
    path.reduce(document as Object?) { $0?[$1] as? Object }
  }

  private static func routes(of server: TestServer) -> [Route] {
    API(server.store, limits: Server.Limits(), now: { testNow }).routes
  }
}
