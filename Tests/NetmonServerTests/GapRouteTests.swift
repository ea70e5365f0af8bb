import Foundation
import HTTPTypes
import NetmonCore
import NetmonStore
import Testing

@testable import NetmonServer

/// `/api/gaps` and what is posted to `/api/hosts`.
@Suite struct GapRouteTests {
  private static let gap = """
    {"host":"web-1","from":"2026-11-22T10:00:00.000000Z","to":"2026-11-22T10:01:00.000000Z",\
    "count":7,"reason":"a full ring","origin":"agent-1/5","revision":1}
    """
  private static let report = """
    {"host":"web-1","tier":"kernel","seen":"2026-11-22T11:00:00.000000Z","lag_s":2.5,"lost":7}
    """

  private func gap(_ member: String, _ json: String?) -> String {
    Self.changed(Self.gap, member, json)
  }

  /// The object with a member's JSON changed or (nil) left out.
  private static func changed(_ object: String, _ member: String, _ json: String?) -> String {
    let members = object.dropFirst().dropLast().split(separator: ",").map(String.init)
    let name = "\"\(member)\":"
    return "{"
      + members.compactMap { part in
        part.hasPrefix(name) ? json.map { name + $0 } : part
      }.joined(separator: ",") + "}"
  }

  @Test func aGapIsStoredAndComesBackUnchanged() async throws {
    try await withServer { server in
      let first = try await server.post(Self.gap, to: "/api/gaps")
      #expect(first.status == 201)
      #expect(first.text == Self.gap)
      #expect(try await server.get("/api/gaps").text == "[\(Self.gap)]")
      let again = try await server.post(Self.gap, to: "/api/gaps")
      #expect(again.status == 200)
      #expect(again.text == Self.gap)
      // What an older revision says is not stored, and what is stored is shown.
      let grown = gap("revision", "3")
      #expect(try await server.post(grown, to: "/api/gaps").text == grown)
      #expect(try await server.post(Self.gap, to: "/api/gaps").text == grown)
      #expect(try await server.get("/api/gaps").array.count == 1)
    }
  }

  @Test func listsAreAcceptedAsAWhole() async throws {
    try await withServer { server in
      let list = "[\(Self.gap),\(gap("origin", #""agent-1/6""#)),\(Self.gap)]"
      for _ in 0..<3 {
        let reply = try await server.post(
          gzip(Array(list.utf8)), to: "/api/gaps", headers: [.contentEncoding: "gzip"])
        #expect(reply.status == 200)
        #expect(reply.object["accepted"] as? Int == 3)
        #expect(reply.object["store_id"] as? String == server.store.id)
      }
      #expect(try await server.get("/api/gaps").array.count == 2)
      let wrong = "[\(gap("origin", #""agent-1/7""#)),\(gap("to", "null"))]"
      let reply = try await server.post(wrong, to: "/api/gaps")
      #expect(reply.status == 400)
      #expect(reply.mistakes.map(\.pointer) == ["/1/to"])
      #expect(try await server.get("/api/gaps").array.count == 2, "all or nothing")
      #expect(try await server.post("[]", to: "/api/gaps").object["accepted"] as? Int == 0)
    }
  }

  @Test func whatMayBeLeftOutMayBeLeftOut() async throws {
    try await withServer { server in
      for member in ["count", "revision"] {
        let known = try await server.post(gap(member, nil), to: "/api/gaps").object
        #expect(known["origin"] as? String == "agent-1/5" && known["revision"] as? Int == 1)
      }
      for _ in 0..<2 {
        let stored = try await server.post(gap("origin", nil), to: "/api/gaps")
        #expect(stored.status == 201, "without an origin each is new")
        #expect((stored.object["origin"] as? String)?.hasPrefix(server.store.id) == true)
      }
      #expect(try await server.get("/api/gaps").array.count == 3)
    }
  }

  @Test(arguments: [
    ("host", nil), ("host", "null"), ("host", "7"), ("from", nil), ("from", #""soon""#),
    ("from", #""2026-11-22""#), ("to", #""2050-01-01T00:00:00Z""#),
    ("count", "-1"), ("count", "1.5"), ("count", "1e30"),
    ("count", #""1""#), ("reason", nil), ("reason", "[]"), ("origin", #""nonsense""#),
    ("revision", "0"), ("reason", "\"" + String(repeating: "x", count: 9000) + "\""),
  ])
  func aMistakeIsPointedAt(member: String, json: String?) async throws {
    try await withServer { server in
      let single = try await server.post(gap(member, json), to: "/api/gaps")
      #expect(single.status == 400)
      #expect(single.mistakes.map(\.pointer) == ["/\(member)"], "\(single.text)")
      #expect(try await server.get("/api/gaps").text == "[]")
    }
  }

  @Test(arguments: ["/api/gaps", "/api/hosts"])
  func whatIsNoListIsRefused(uri: String) async throws {
    try await withServer { server in
      for body in ["", "{", "7", "nul", "[1]", "[[]]", "{}{}", "[{},]", #"{"a":tru}"#] {
        let reply = try await server.post(body, to: uri)
        #expect(reply.status == 400, "\(body)")
        #expect(reply.headers[.contentType] == "application/problem+json")
      }
      let deep = String(repeating: "[", count: 100_000)
      #expect(try await server.post(deep, to: uri).status == 400)
      #expect(try await server.post("[]", to: uri, type: "text/plain").status == 415)
      #expect(try await server.post("[]", to: uri, type: nil).status == 415)
      let spaces = String(repeating: " ", count: 5 << 20)
      #expect(try await server.post(spaces, to: uri).status == 413)
      let foreign = try await server.post(
        "[]", to: uri, headers: [.origin: "http://example.org"])
      #expect(foreign.status == 403)
      #expect(try await server.post("[]", to: uri + "?x=1").status == 400)
    }
  }

  @Test func listsAreNarrowed() async throws {
    try await withServer { server in
      for (index, host) in ["a", "a", "b"].enumerated() {
        let time = testNow.advanced(byMicroseconds: Int64(index - 3) * 3_600_000_000)
        try server.store.recordGap(
          Gap(host: host, from: time, to: time, count: index, reason: "x"))
      }
      func counts(_ query: String) async throws -> [Int] {
        try await server.get("/api/gaps?\(query)").array.compactMap { $0["count"] as? Int }
      }
      #expect(try await counts("") == [2, 1, 0])
      #expect(try await counts("limit=1") == [2])
      #expect(try await counts("host=a") == [1, 0])
      #expect(try await counts("since=2h") == [2, 1])
      #expect(try await counts("until=2h") == [0])
      #expect(try await counts("since=2026-11-22T10:00Z&until=2026-11-22T10:30Z") == [1])
      for query in ["limit=0", "limit=x", "since=soon", "until=1e", "since=1h&since=2h", "q=x"] {
        try await server.expect(400, from: "/api/gaps?\(query)")
      }
    }
  }

  @Test func hostsSayHowTheyAre() async throws {
    try await withServer { server in
      for body in [Self.report, "[\(Self.report)]"] {
        let reply = try await server.post(body, to: "/api/hosts")
        #expect(reply.status == 200)
        #expect(reply.object["accepted"] as? Int == 1)
      }
      func host() async throws -> [String: Any] {
        try #require(try await server.get("/api/hosts").array.first)
      }
      let first = try await host()
      #expect(first["tier"] as? String == "kernel" && first["lag_s"] as? Double == 2.5)
      #expect(first["last_seen"] as? String == "2026-11-22T11:00:00.000000Z")
      #expect(first["lost"] as? Int == 7)
      let older = Self.report.replacing("11:00:00", with: "10:59:50")
        .replacing("kernel", with: "proc")
      _ = try await server.post(older, to: "/api/hosts")
      #expect(try await host()["tier"] as? String == "kernel")
      // A clock that is ahead, and comes right again.
      _ = try await server.post(
        older.replacing("2026-11-22", with: "2040-01-01"), to: "/api/hosts")
      #expect(try await host()["last_seen"] as? String == "\(testNow)")
      let right = Self.report.replacing("11:00:00", with: "12:00:00")
      _ = try await server.post(right, to: "/api/hosts")
      #expect(try await host()["tier"] as? String == "kernel")
    }
  }

  @Test(arguments: [
    ("host", nil), ("host", "null"), ("host", #""""#), ("tier", "7"), ("seen", nil),
    ("seen", "0"), ("lag_s", "-1"), ("lag_s", #""1""#), ("lag_s", "1e999"), ("lost", "-1"),
    ("lost", "null,\"lost\":1.5"),
  ])
  func aMistakeInAReportIsPointedAt(member: String, json: String?) async throws {
    try await withServer { server in
      let reply = try await server.post(
        Self.changed(Self.report, member, json), to: "/api/hosts")
      #expect(reply.status == 400)
      #expect(reply.mistakes.map(\.pointer) == ["/\(member)"], "\(reply.text)")
      #expect(try await server.get("/api/hosts").text == "[]")
    }
  }
}
