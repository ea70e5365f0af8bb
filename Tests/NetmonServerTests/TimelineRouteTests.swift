import HTTPTypes
import NetmonCore
import NetmonStore
import Testing

@testable import NetmonServer

@Suite struct TimelineRouteTests {
  @Test func stepsAreCounted() async throws {
    try await withServer { server in
      let records = [
        Record(), Record().with("timestamp", #""2026-11-22T10:01:30Z""#),
        Record().with("error", #""ECONNRESET""#), Record().with("error", "null"),
      ]
      _ = try await server.post(records.json)
      try server.store.recordGap(
        Gap(host: "web-1", from: testNow, to: testNow, count: nil, reason: "ring overrun"))
      let target = "/api/timeline?bucket=1m&since=2026-11-22T09:59:59Z&until=2026-11-22T10:03Z"
      let timeline = try await server.get(target).object
      #expect(timeline["from"] as? String == "2026-11-22T09:59:00.000000Z")
      #expect(timeline["to"] as? String == "2026-11-22T10:03:00.000000Z")
      #expect(timeline["bucket"] as? String == "1m")
      #expect(timeline["connections_bucket"] as? String == "1m")
      let buckets = try #require(timeline["buckets"] as? [[String: Any]])
      #expect(buckets.compactMap { $0["connections"] as? Int } == [0, 3, 1, 0])
      #expect(
        buckets.compactMap { $0["errors"] as? [String: Int] } == [
          [:], ["ECONNREFUSED": 1, "ECONNRESET": 1], ["ECONNREFUSED": 1], [:],
        ])
      #expect(buckets.first?["time"] as? String == "2026-11-22T09:59:00.000000Z")
      #expect(
        (timeline["gaps"] as? [Any])?.isEmpty == !(testNow < Timestamp("2026-11-22T10:03:00Z")!))
      let refused = try await server.get(target + "&q=error:ECONNREFUSED").object
      let refusals = try #require(refused["buckets"] as? [[String: Any]])
      #expect(refusals.compactMap { $0["connections"] as? Int } == [0, 3, 1, 0])
      #expect((refusals[1]["errors"] as? [String: Int]) == ["ECONNREFUSED": 1])
    }
  }

  @Test func theSameQuestionIsNotAnsweredTwice() async throws {
    try await withServer { server in
      _ = try await server.post(Record().json)
      let first = try await server.get("/api/timeline?since=1h")
      let tag = try #require(first.headers[.eTag])
      let again = try await server.get("/api/timeline?since=1h", headers: [.ifNoneMatch: tag])
      #expect(again.status == 304)
    }
  }

  @Test(arguments: [
    "bucket=", "bucket=60s", "bucket=1", "bucket=1m&bucket=1m", "by=error", "limit=5",
  ])
  func badQuestionsAreRefused(query: String) async throws {
    try await withServer { server in
      try await server.expect(400, from: "/api/timeline?\(query)")
    }
  }

  @Test func errorsAreExplainedOnce() async throws {
    try await withServer { server in
      let reply = try await server.get("/api/errors/explanations")
      #expect(
        reply.array.compactMap { $0["error"] as? String } == ErrorCatalog.all.map(\.error.name))
      let refused = try #require(reply.array.first)
      let known = try #require(ErrorCatalog.explanation(of: .ECONNREFUSED))
      #expect(refused["summary"] as? String == known.summary)
      #expect(refused["causes"] as? [String] == known.causes)
      let steps = try #require(refused["steps"] as? [[String: Any]])
      #expect(steps.map { $0["command"] as? String } == known.steps.map(\.command))
      let tag = try #require(reply.headers[.eTag])
      let again = try await server.get("/api/errors/explanations", headers: [.ifNoneMatch: tag])
      #expect(again.status == 304)
    }
  }
}
