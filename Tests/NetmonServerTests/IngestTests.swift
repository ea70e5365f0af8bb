import Foundation
import HTTPTypes
import NetmonStore
import Testing

@testable import NetmonServer

@Suite struct IngestTests {
  @Test func anObjectIsStoredAndComesBackUnchanged() async throws {
    try await withServer { server in
      let reply = try await server.post(Record().json)
      #expect(reply.status == 201)
      let id = try #require(reply.object["id"] as? Int)
      #expect(reply.headers[.location] == "/api/connections/\(id)")
      for (name, json) in Record().fields {
        let value = reply.object[name].map { "\($0)" }
        #expect(value == json.filter { $0 != "\"" }, "\(name)")
      }
      let shown = try await server.get("/api/connections/\(id)")
      #expect(shown.status == 200)
      #expect(shown.text == reply.text)
      let listed = try await server.get("/api/connections")
      #expect(listed.text == "[\(reply.text)]")
    }
  }

  @Test(arguments: [
    ("error", #""ETIMEDOUT""#, "error", "ECONNTIMEOUT"),
    ("error", #""econnreset""#, "error", "ECONNRESET"),
    ("timestamp", #""2026-11-22T11:00:00+01:00""#, "timestamp", "2026-11-22T10:00:00.000000Z"),
    ("remote_addr", #""[::ffff:10.0.0.1]:80""#, "remote_addr", "10.0.0.1:80"),
    ("local_addr", #""[2001:DB8::0001]:80""#, "local_addr", "[2001:db8::1]:80"),
    ("process_name", #""\u001b[31m<script>é\u0000""#, "process_name", "\u{1B}[31m<script>é\0"),
  ])
  func valuesAreStoredCanonically(
    field: String, json: String, shown: String, value: String
  ) async throws {
    try await withServer { server in
      let reply = try await server.post(Record().with(field, json).json)
      #expect(reply.status == 201)
      #expect(reply.object[shown] as? String == value)
    }
  }

  @Test func whatMayBeLeftOutMayBeLeftOut() async throws {
    try await withServer { server in
      let record = Record().with("error", nil).with("service_name", nil)
      let reply = try await server.post(record.with("id", "77").with("colour", "[1,{}]").json)
      #expect(reply.status == 201)
      #expect(reply.text.contains(#""error":null"#))
      let empty = try await server.post(Record().with("error", #""""#).json)
      #expect(empty.text.contains(#""error":null"#))
    }
  }

  @Test func anOriginIsStoredOnce() async throws {
    try await withServer { server in
      let record = Record().with("origin", #""agent-1/7""#)
      let first = try await server.post(record.json)
      #expect(first.status == 201)
      let again = try await server.post(record.json)
      #expect(again.status == 200)
      #expect(again.text == first.text)

      let newer = record.with("revision", "2").with("state", #""TIME_WAIT""#)
      #expect(try await server.post(newer.json).object["state"] as? String == "TIME_WAIT")
      // An older revision changes nothing, and what is stored is shown.
      let older = try await server.post(record.json)
      #expect(older.status == 200)
      #expect(older.object["state"] as? String == "TIME_WAIT")
      #expect(try await server.get("/api/connections").array.count == 1)
    }
  }

  @Test func oneOriginPostedManyTimesAtOnceIsOneRow() async throws {
    try await withServer { server in
      let record = Record().with("origin", #""agent-1/7""#).json
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<20 { group.addTask { try await server.post(record).status } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses.sorted() == Array(repeating: 200, count: 19) + [201])
      #expect(try await server.get("/api/connections").array.count == 1)
    }
  }

  @Test func withoutAnOriginEachPostIsNew() async throws {
    try await withServer { server async throws in
      #expect(try await server.post(Record().json).status == 201)
      #expect(try await server.post(Record().json).status == 201)
      #expect(try await server.get("/api/connections").array.count == 2)
    }
  }

  @Test func listsAreAcceptedAsAWhole() async throws {
    try await withServer { server in
      let records = Record.series(3)
      let bodies = [
        (records.json, "application/json"), (records.json, "Application/JSON ; charset=utf-8"),
        (records.lines, "application/x-ndjson"), ("[\(Record().json)]", "application/json"),
        (Record().json, "application/x-ndjson"), ("[]", "application/json"),
      ]
      for (body, type) in bodies {
        let reply = try await server.post(body, type: type)
        #expect(reply.status == 200)
        #expect(reply.object["store_id"] as? String == server.store.id)
        let count = body.components(separatedBy: "timestamp").count - 1
        #expect(reply.object["accepted"] as? Int == count)
      }
      #expect(try await server.get("/api/connections").array.count == 11)
    }
  }

  @Test(arguments: [
    ("timestamp", "7"), ("timestamp", "null"), ("timestamp", #""yesterday""#),
    ("timestamp", #""2014-12-31T23:59:59Z""#), ("timestamp", #""2050-01-01T00:00:00Z""#),
    ("process_id", #""1""#), ("process_id", "-1"), ("process_id", "1.5"), ("process_id", "1e99"),
    ("process_name", "7"), ("process_name", "null"), ("process_path", "[]"),
    ("local_addr", #""10.0.0.1""#), ("local_addr", #""::1:80""#), ("remote_addr", #""host:80""#),
    ("remote_addr", #""10.0.0.1:65536""#), ("remote_addr", #""[::1]""#), ("remote_addr", "{}"),
    ("error", #""ECONNREFUSD""#), ("error", "111"), ("service_name", "false"),
    ("protocol", #""icmp""#), ("protocol", "6"), ("state", #""OPEN""#), ("state", "1"),
    ("origin", #""nonsense""#), ("revision", "0"), ("direction", #""up""#), ("bytes_sent", "-5"),
    ("closed_at", #""soon""#), ("process_name", "\"" + String(repeating: "x", count: 9000) + "\""),
  ])
  func aMistakeIsPointedAt(field: String, json: String) async throws {
    try await withServer { server in
      let wrong = Record().with(field, json)
      let single = try await server.post(wrong.json)
      #expect(single.status == 400)
      #expect(single.mistakes.map(\.pointer) == ["/\(field)"])
      let list = try await server.post([Record(), Record(), wrong].json)
      #expect(list.mistakes.map(\.pointer) == ["/2/\(field)"])
      let lines = try await server.post([Record(), wrong].lines, type: "application/x-ndjson")
      #expect(lines.mistakes.map(\.pointer) == ["/1/\(field)"])
      // All or nothing.
      #expect(try await server.get("/api/connections").array.isEmpty)
    }
  }

  @Test func anUnknownErrorGetsASuggestion() async throws {
    try await withServer { server in
      let reply = try await server.post(Record().with("error", #""ECONNREFUSD""#).json)
      #expect(reply.mistakes.first?.detail.contains("did you mean ECONNREFUSED?") == true)
    }
  }

  @Test(arguments: [
    "timestamp", "process_id", "process_name", "process_path", "local_addr", "remote_addr",
    "protocol", "state",
  ])
  func documentedFieldsAreRequired(field: String) async throws {
    try await withServer { server in
      let reply = try await server.post(Record().with(field, nil).json)
      #expect(reply.status == 400)
      #expect(reply.mistakes.map(\.pointer) == ["/\(field)"])
    }
  }

  @Test(arguments: [
    "{", "nul", "7", "\"x\"", "[{]", "{}{}", "[1]", "[[]]", "\u{FEFF}{}", "{\"a\":1,}",
  ])
  func whatIsNoRecordIsRefused(body: String) async throws {
    try await withServer { server in
      let reply = try await server.post(body)
      #expect(reply.status == 400)
      #expect(!reply.mistakes.isEmpty)
    }
  }

  @Test func anEmptyBodyIsRefused() async throws {
    try await withServer { server async throws in
      #expect(try await server.post("").status == 400)
      #expect(try await server.post("", type: "application/x-ndjson").status == 400)
    }
  }

  @Test(arguments: [
    nil as String?, "", "text/plain", "application/xml", "application/x-www-form-urlencoded",
    "multipart/form-data", "application/jsonp", "text/json, application/json",
  ])
  func otherTypesAreRefused(type: String?) async throws {
    try await withServer { server in
      let reply = try await server.post(Record().json, type: type)
      #expect(reply.status == 415)
      #expect(reply.detail.contains("application/json"))
    }
  }

  @Test func queriesOfPostsAreChecked() async throws {
    try await withServer { server in
      let reply = try await server.send(
        .post, "/api/connections?upsert=1", headers: [.contentType: "application/json"],
        body: Array("[]".utf8))
      #expect(reply.status == 400)
    }
  }
}
