import HTTPTypes
import HummingbirdTesting
import NetmonCore
import NetmonStore
import Testing

@testable import NetmonServer

@Suite struct OverviewTests {
  @Test func errorsAreGroupedAndCountedOverTime() async throws {
    try await withServer { server in
      let records = [
        Record(), Record().with("timestamp", #""2026-11-22T10:01:30Z""#),
        Record().with("error", #""ECONNRESET""#), Record().with("error", "null"),
      ]
      _ = try await server.post(records.json)
      let summary = try await server.get("/api/errors").object
      let groups = try #require(summary["groups"] as? [[String: Any]])
      #expect(groups.count == 2)
      #expect(summary["total"] as? Int == 3)
      #expect(summary["total_groups"] as? Int == 2)
      let first = try #require(groups.first)
      #expect(
        Set(first.keys) == [
          "error", "process_name", "remote_addr", "count", "first", "last", "successes", "trend",
        ])
      #expect(first["error"] as? String == "ECONNREFUSED")
      #expect(first["remote_addr"] as? String == "198.51.100.7:443")
      #expect(first["count"] as? Int == 2)
      #expect(first["last"] as? String == "2026-11-22T10:01:30.000000Z")
      #expect((first["trend"] as? [Int])?.reduce(0, +) == 2)
      let timeline = try #require(summary["timeline"] as? [[String: Any]])
      #expect(timeline.count == 2)
      #expect(timeline.first?["time"] as? String == "2026-11-22T10:00:00.000000Z")
      #expect(timeline.first?["counts"] as? [String: Int] == ["ECONNREFUSED": 1, "ECONNRESET": 1])
    }
  }

  @Test func groupsAndBucketsAreChosen() async throws {
    try await withServer { server in
      _ = try await server.post(Record.series(4).json)
      let byPid = try await server.get("/api/errors?by=pid&bucket=1h").object
      let groups = try #require(byPid["groups"] as? [[String: Any]])
      #expect(groups.compactMap { $0["process_id"] as? Int }.sorted() == [1, 2, 3, 4])
      #expect((byPid["timeline"] as? [Any])?.count == 1)
      let one = try await server.get("/api/errors?by=error,error,process_name&q=pid:1").object
      #expect((one["groups"] as? [[String: Any]])?.count == 1)
      for key in GroupKey.allCases {
        try await server.expect(200, from: "/api/errors?by=\(key.rawValue)")
      }
    }
  }

  @Test(arguments: [
    "by=", "by=colour", "by=error,,process", "bucket=0", "bucket=1", "bucket=1ms", "bucket=8d",
    "bucket=-1m", "bucket=x", "bucket=", "bucket=1m..2m", "limit=5", "q=x:y", "by=error&by=pid",
  ])
  func badQuestionsAboutErrorsAreRefused(query: String) async throws {
    try await withServer { server in
      try await server.expect(400, from: "/api/errors?\(query)")
    }
  }

  @Test func processesAreSummedUp() async throws {
    try await withServer { server in
      _ = try await server.post([Record(), Record().with("error", "null")].json)
      let process = try #require(try await server.get("/api/processes").array.first)
      #expect(process["process_id"] as? Int == 1234)
      #expect(process["process_name"] as? String == "curl")
      #expect(process["process_path"] as? String == "/usr/bin/curl")
      #expect(process["connections"] as? Int == 2)
      #expect(process["errors"] as? Int == 1)
      #expect(process["listens"] is [Any])
      #expect(try await server.get("/api/processes?process=wget").array.isEmpty)
      try await server.expect(400, from: "/api/processes?limit=0")
      try await server.expect(400, from: "/api/processes?offset=1")
    }
  }

  @Test func hostsAndGapsAreListed() async throws {
    try await withServer { server in
      #expect(try await server.get("/api/hosts").text == "[]")
      #expect(try await server.get("/api/gaps").text == "[]")
      try server.store.recordHost(
        HostReport(host: "web-1", tier: "diag", seen: testNow, lagSeconds: 1.5, lost: 3))
      try server.store.recordGap(
        Gap(host: "web-1", from: testNow, to: testNow, count: nil, reason: "ring overrun"))
      let host = try #require(try await server.get("/api/hosts").array.first)
      #expect(
        Set(host.keys) == [
          "host", "tier", "last_seen", "lag_s", "connections", "errors", "lost",
        ])
      #expect(host["host"] as? String == "web-1")
      #expect(host["lag_s"] as? Double == 1.5)
      let gap = try #require(try await server.get("/api/gaps").array.first)
      #expect(
        Set(gap.keys) == ["host", "from", "to", "count", "reason", "origin", "revision"])
      #expect(gap["from"] as? String == "\(testNow)" && gap["to"] as? String == "\(testNow)")
      #expect(!(gap["count"] is Int) && gap["reason"] as? String == "ring overrun")
      let origin = try #require((gap["origin"] as? String).flatMap { Origin($0) })
      #expect(origin.agent == server.store.id && gap["revision"] as? Int == 1)
    }
  }

  @Test func statisticsCountTheStore() async throws {
    try await withServer { server in
      let empty = try await server.get("/api/stats").object
      #expect(empty["connections"] as? Int == 0)
      #expect(empty["store_id"] as? String == server.store.id)
      _ = try await server.post(Record.series(3).json)
      let stats = try await server.get("/api/stats").object
      #expect(stats["connections"] as? Int == 3)
      #expect(stats["errors"] as? Int == 3)
      #expect(stats["oldest"] as? String == "2026-11-22T09:00:00.000000Z")
    }
  }

  @Test func healthAndReadinessAreTold() async throws {
    try await withServer { server async throws in
      #expect(try await server.get("/healthz").text == #"{"status":"ok"}"#)
      #expect(try await server.get("/readyz").text == #"{"status":"ready"}"#)
    }
  }

  @Test func aStoreThatCannotWriteIsNotReady() async throws {
    try await withStore { store in
      let server = try Server(
        configuration: .init(now: { testNow }),
        store: Store(path: store.path, access: .readOnly), logger: .silent)
      try await server.application.test(.router) { client in
        let server = TestServer(client: client, store: store)
        try await server.expect(200, from: "/healthz")
        try await server.expect(200, from: "/api/connections")
        for reply in [try await server.get("/readyz"), try await server.post(Record().json)] {
          #expect(reply.status == 503)
          #expect(reply.headers[.retryAfter] == "30")
          #expect(reply.detail.contains("read-only"))
        }
      }
    }
  }

  @Test(arguments: ["/api/hosts", "/api/stats", "/api/gaps", "/healthz", "/api/connections/1"])
  func parametersThatMeanNothingAreRefused(path: String) async throws {
    try await withServer { server in
      let reply = try await server.get("\(path)?q=x")
      #expect(reply.status == 400)
      #expect(reply.detail == "There is no parameter 'q'.")
    }
  }

  @Test(arguments: [
    (StoreError.busy(.record, path: "/db"), 503, "1" as String?),
    (.full(.record, path: "/db"), 503, "2"),
    (.io(.read, path: "/db", code: 10, reason: "disk"), 503, "2"),
    (.readOnly(.record, path: "/db"), 503, "30"),
    (.corrupt(.read, path: "/db", reason: "page 7"), 503, "1"),
    (.invalid(.record, reason: "a number"), 500, nil),
  ])
  func storeErrorsSayWhetherToRetry(error: StoreError, status: Int, delay: String?) {
    #expect(error.problem.status.code == status)
    #expect(error.problem.headers[.retryAfter] == delay)
  }
}
