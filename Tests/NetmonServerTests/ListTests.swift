import HTTPTypes
import NetmonCore
import Testing

@testable import NetmonServer

@Suite struct ListTests {
  @Test(arguments: [
    "limit=0", "limit=10001", "limit=-1", "limit=x", "limit=", "limit=1.5", "limit=%2B5",
    "limit=5&limit=6", "limit=99999999999999999999", "offset=-1", "offset=x",
    "offset=99999999999999999999", "cursor=nonsense", "cursor=", "sort=colour", "sort=-",
    "sort=--id", "sort=", "q=erorr:any", "q=%22open", "error=EFOO", "error=", "pid=abc",
    "remote=10.0.0.0/33", "since=yesterday-ish", "state=OPEN", "colour=red", "LIMIT=5",
  ])
  func badParametersAreRefused(query: String) async throws {
    try await withServer { server in
      let reply = try await server.get("/api/connections?\(query)")
      #expect(reply.status == 400, "\(query)")
      #expect(reply.headers[.contentType] == "application/problem+json")
      #expect(!reply.detail.isEmpty)
    }
  }

  @Test(arguments: [
    ("limt=5", "limit"), ("proces=curl", "process"), ("q=erorr:any", "error"),
    ("error=ECONNREFUSD", "ECONNREFUSED"), ("sort=timestmap", "timestamp"),
  ])
  func mistakesGetASuggestion(query: String, meant: String) async throws {
    try await withServer { server in
      let detail = try await server.get("/api/connections?\(query)").detail
      #expect(detail.contains("did you mean '\(meant)"), "\(detail)")
    }
  }

  @Test func aMistakeInAFilterIsLocated() async throws {
    try await withServer { server in
      let reply = try await server.get("/api/connections?q=pid:1+erorr:any")
      let mistake = try #require((reply.object["errors"] as? [[String: Any]])?.first)
      #expect(mistake["parameter"] as? String == "q")
      #expect(mistake["position"] as? Int == 7)
      #expect(mistake["length"] as? Int == 5)
      #expect(mistake["detail"] as? String == "unknown key 'erorr'; did you mean 'error'?")
    }
  }

  @Test(arguments: RecordField.allCases)
  func everyFieldFiltersAndSorts(field: RecordField) async throws {
    try await withServer { server in
      _ = try await server.post(Record.series(3).json)
      let name = field.rawValue
      let value = Filter.key(named: name)?.example ?? ""
      let uri = "/api/connections?\(name)=\(PercentEncoding.encode(value))"
      try await server.expect(200, from: uri)
      for order in [name, "-\(name)"] {
        let reply = try await server.get("/api/connections?sort=\(order)")
        #expect(reply.array.count == 3)
      }
    }
  }

  @Test func filtersAreCombined() async throws {
    try await withServer { server in
      let records = [
        Record(), Record().with("process_name", #""wget""#),
        Record().with("error", "null").with("process_name", #""wget""#)
          .with("state", #""ESTABLISHED""#),
        Record().with("remote_addr", #""10.1.2.3:8080""#).with("error", #""ECONNRESET""#),
      ]
      _ = try await server.post(records.json)
      let counts = [
        ("", 4), ("q=", 4), ("q=process:wget", 2), ("process=wget", 2),
        ("process=wget&error=none", 1), ("q=process:wget&error=any", 1),
        ("error=ECONNREFUSED,ECONNRESET", 3), ("error=ECONNREFUSED&error=ECONNRESET", 0),
        ("remote=10.0.0.0/8", 1), ("remote_addr=10.1.2.3:8080", 1), ("q=-remote:10.0.0.0/8", 3),
        ("q=wget", 2), ("since=3h", 4), ("since=1h", 0),
        ("until=2026-11-22T10:00Z", 0), ("process_id=1234&state=established", 1),
      ]
      for (query, count) in counts {
        #expect(try await server.get("/api/connections?\(query)").array.count == count, "\(query)")
      }
    }
  }

  @Test func tooManyValuesAreRefused() async throws {
    try await withServer { server in
      let ports = (1...Filter.maximumValues).map { "\($0)" }.joined(separator: ",")
      try await server.expect(200, from: "/api/connections?port=\(ports)")
      try await server.expect(400, from: "/api/connections?port=\(ports)&pid=1")
    }
  }

  @Test func theNewestComeFirst() async throws {
    try await withServer { server in
      _ = try await server.post(Record.series(5).json)
      _ = try await server.post([Record.series(5)[4], Record.series(5)[4]].json)
      let list = try await server.get("/api/connections").array
      let keys = list.map { ($0["timestamp"] as? String ?? "", $0["id"] as? Int ?? 0) }
      #expect(keys.elementsEqual(keys.sorted(by: >), by: ==))
      #expect(try await server.get("/api/connections?limit=2").array.count == 2)
      let tail = try await server.get("/api/connections?offset=5").array
      #expect(tail.compactMap { $0["id"] as? Int } == list[5...].compactMap { $0["id"] as? Int })
      #expect(try await server.get("/api/connections?offset=9223372036854775807").array.isEmpty)
    }
  }

  @Test(arguments: [
    "", "sort=process_id&", "sort=-state&", "error=any&q=process%3Acurl&", "offset=3&",
  ])
  func linksLeadThroughAllPages(parameters: String) async throws {
    try await withServer { server in
      _ = try await server.post(Record.series(23).json)
      let whole = try await server.get("/api/connections?\(parameters)limit=10000")
      #expect(whole.next == nil)
      var ids: [Int] = []
      var next: String? = "/api/connections?\(parameters)limit=5"
      while let uri = next {
        let page = try await server.get(uri)
        #expect(page.status == 200)
        #expect((1...5).contains(page.array.count))
        ids += page.array.compactMap { $0["id"] as? Int }
        next = page.next
        #expect(ids.count <= 23)
      }
      #expect(ids == whole.array.compactMap { $0["id"] as? Int })
    }
  }

  @Test func aFullLastPageHasNoLink() async throws {
    try await withServer { server in
      _ = try await server.post(Record.series(4).json)
      #expect(try await server.get("/api/connections?limit=4").headers[.link] == nil)
      #expect(try await server.get("/api/connections?limit=3").headers[.link] != nil)
      try await server.expect(400, from: "/api/connections?limit=3&cursor=n0-0&offset=0")
    }
  }

  /// Names that look the same are told apart, also by what remembers answers.
  @Test(arguments: ["connections", "processes", "errors"])
  func canonicallyEquivalentNamesAreTwo(path: String) async throws {
    try await withServer { server in
      let decomposed = Record().with("process_name", #""e\u0301""#).with("error", #""EPIPE""#)
      _ = try await server.post([decomposed].json)
      for (name, count) in [("%C3%A9", 0), ("e%CC%81", 1), ("%C3%A9", 0)] {
        let reply = try await server.get("/api/\(path)?process=\(name)")
        let found = path == "errors" ? reply.object["groups"] as? [Any] ?? [] : reply.array
        #expect(reply.status == 200 && found.count == count, "\(name)")
      }
    }
  }

  @Test func theAliasListsFilter() async throws {
    try await withServer { server in
      let timedOut = Record().with("error", #""ETIMEDOUT""#).with("process_id", "99")
      _ = try await server.post([Record(), timedOut].json)
      for (path, count) in [
        ("error/ECONNTIMEOUT", 1), ("error/ETIMEDOUT", 1), ("error/etimedout", 1),
        ("error/ECONNRESET", 0), ("process/99", 1), ("process/1234", 1), ("process/7", 0),
        ("process/99?error=none", 0), ("error/econnrefused?limit=1", 1), ("process/0", 0),
        ("process/9223372036854775807", 0),
      ] {
        let reply = try await server.get("/api/connections/\(path)")
        #expect(reply.status == 200, "\(path)")
        #expect(reply.array.count == count, "\(path)")
      }
      let refused = try await server.get("/api/connections/error/ECONNREFUSD")
      #expect(refused.status == 400)
      #expect(refused.detail.contains("did you mean 'ECONNREFUSED'?"))
      for pid in ["x", "-1", "1.5", "+1", "%20", "1x", "99999999999999999999"] {
        try await server.expect(400, from: "/api/connections/process/\(pid)")
      }
    }
  }

  @Test(arguments: [
    ("1", 404), ("0", 404), ("-1", 404), ("9223372036854775807", 404), ("x", 400), ("1.0", 400),
    ("+1", 400), ("0x10", 400), ("9223372036854775808", 400), ("%31%20", 400),
  ])
  func unknownIDsAreNotFound(id: String, status: Int) async throws {
    try await withServer { server in
      try await server.expect(status, from: "/api/connections/\(id)")
    }
  }

  @Test(arguments: [
    "connections?limit=3", "connections/error/ECONNRESET", "errors", "errors?by=pid", "processes",
    "processes?limit=5", "hosts", "stats", "gaps",
  ])
  func answersAreRevalidated(path: String) async throws {
    try await withServer { server in
      _ = try await server.post(Record.series(5).json)
      let tag = try #require(try await server.get("/api/\(path)").headers[.eTag])
      let same = try await server.get("/api/\(path)", headers: [.ifNoneMatch: tag])
      #expect(same.status == 304)
      _ = try await server.post(Record().json)
      let changed = try await server.get("/api/\(path)", headers: [.ifNoneMatch: tag])
      #expect(changed.status == 200)
    }
  }

  @Test func anUnchangedListIsNotSentAgain() async throws {
    try await withServer { server in
      _ = try await server.post(Record().json)
      let uri = "/api/connections?q=process:curl"
      let first = try await server.get(uri)
      let tag = try #require(first.headers[.eTag])
      #expect(tag.hasPrefix("W/\""))
      let same = try await server.get(uri, headers: [.ifNoneMatch: "\"x\", \(tag)"])
      #expect(same.status == 304)
      #expect(same.size == 0)
      #expect(same.headers[.eTag] == tag)
      #expect(try await server.get("/api/connections", headers: [.ifNoneMatch: tag]).status == 200)
      _ = try await server.post(Record().json)
      let changed = try await server.get(uri, headers: [.ifNoneMatch: tag])
      #expect(changed.status == 200)
      #expect(changed.array.count == 2)
    }
  }
}
