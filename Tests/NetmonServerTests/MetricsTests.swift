import HTTPTypes
import NetmonCore
import NetmonStore
import Testing

@testable import NetmonServer

@Suite struct MetricsTests {
  private func scrape(_ server: TestServer) async throws -> Exposition {
    let reply = try await server.get("/metrics")
    #expect(reply.status == 200)
    #expect(reply.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
    let exposition = Exposition(reply.text)
    #expect(exposition.mistakes == [])
    return exposition
  }

  @Test func anEmptyStoreHasThemToo() async throws {
    try await withServer { server in
      let metrics = try await scrape(server)
      for name in [
        "netmon_connections_total", "netmon_stored_connections", "netmon_stored_errors",
        "netmon_open_connections", "netmon_stream_clients", "netmon_ingest_bodies",
      ] {
        #expect(metrics.value(name) == 0, "\(name)")
      }
      #expect(metrics.kinds["netmon_connection_errors_total"] == "counter")
      #expect(metrics.value("netmon_build_info", ["version": Release.version]) == 1)
      #expect(metrics.value("process_resident_memory_bytes") ?? 0 > 1e6)
      #expect(metrics.value("process_open_fds") ?? 0 > 3)
      #expect(metrics.value("process_start_time_seconds") ?? 0 > 1_420_070_400)
      #expect(metrics.value("netmon_store_size_bytes") ?? 0 > 0)
    }
  }

  @Test func aFailureCountsOnceHoweverOftenItIsTold() async throws {
    try await withServer { server in
      func post(_ revision: Int, _ error: String) async throws {
        let record = Record().with("origin", #""agent-1/7""#).with("revision", "\(revision)")
          .with("error", error).with("state", #""ESTABLISHED""#)
        _ = try await server.post(record.json)
      }
      func counts() async throws -> [Double?] {
        let metrics = try await scrape(server)
        return [
          metrics.value("netmon_connections_total"),
          metrics.value("netmon_connection_errors_total", ["error": "ECONNRESET"]),
        ]
      }
      try await post(1, "null")
      #expect(try await counts() == [1, nil])
      try await post(2, #""ECONNRESET""#)
      #expect(try await counts() == [1, 1])
      try await post(2, #""ECONNRESET""#)
      try await post(3, #""ECONNRESET""#)
      #expect(try await counts() == [1, 1])
      _ = try await server.post([Record().with("error", #""ECONNRESET""#)].json)
      #expect(try await counts() == [2, 2])
      let metrics = try await scrape(server)
      let ingested = ["inserted", "updated", "unchanged"].map {
        metrics.value("netmon_ingest_records_total", ["outcome": $0])
      }
      #expect(ingested == [2, 2, 1])
      #expect(metrics.value("netmon_ingest_commit_duration_seconds_count") == 5)
      let all = metrics.value("netmon_ingest_commit_duration_seconds_bucket", ["le": "+Inf"])
      #expect(all == 5)
    }
  }

  @Test func countersStayWhenRecordsGo() async throws {
    try await withServer { server in
      _ = try await server.post(Record.series(5).json)
      #expect(try server.store.removeClosed(before: testNow) == 5)
      let metrics = try await scrape(server)
      #expect(metrics.value("netmon_connections_total") == 5)
      #expect(metrics.value("netmon_connection_errors_total", ["error": "ECONNREFUSED"]) == 5)
      #expect(metrics.value("netmon_stored_connections") == 0)
      #expect(metrics.value("netmon_stored_errors") == 0)
    }
  }

  @Test func namesAreEscapedAndBounded() async throws {
    try await withServer { server in
      let names = [
        #""a\"} 1\nnetmon_x 2""#, #""back\\slash""#, #""\u001b[2J\u202e""#, #""日本""#,
        #""\\x1b[2J\\u{202e}""#,
      ]
      let records =
        names.map { Record().with("process_name", $0) }
        + (0..<80).map { Record().with("process_name", "\"p\($0)\"") }
      _ = try await server.post((records + records.prefix(5)).json)
      let metrics = try await scrape(server)
      let name = "netmon_process_stored_connections"
      #expect(metrics.samples(name).count == StoreFigures.maximumProcesses)
      for shown in [
        #"a"} 1\x0anetmon_x 2"#, #"back\\slash"#, #"\x1b[2J\u{202e}"#, "日本", #"\\x1b[2J\\u{202e}"#,
      ] {
        #expect(metrics.value(name, ["process": shown]) == 2, "\(shown)")
      }
      #expect(metrics.value("netmon_x") == nil)
    }
  }

  @Test func hostsAndGapsAreTold() async throws {
    try await withServer { server in
      try server.store.recordHost(
        HostReport(host: "web-1", tier: "diag", seen: testNow, lagSeconds: 1.5, lost: 3))
      for count in [nil, 4, 3] {
        try server.store.recordGap(
          Gap(host: "web-1", from: testNow, to: testNow, count: count, reason: "ring \"overrun\""))
      }
      let metrics = try await scrape(server)
      #expect(metrics.value("netmon_host_lag_seconds", ["host": "web-1"]) == 1.5)
      #expect(metrics.value("netmon_host_lost_records", ["host": "web-1"]) == 7)
      #expect(metrics.value("netmon_lost_records", ["reason": "ring \"overrun\""]) == 7)
      let seen = metrics.value("netmon_host_last_seen_timestamp_seconds", ["host": "web-1"])
      #expect(seen == Double(testNow.microseconds) / 1e6)
    }
  }

  @Test func requestsAreCountedByRouteAndStatus() async throws {
    try await withServer { server in
      for path in ["/api/connections/1", "/api/connections/2", "/api/connections/x", "/nowhere"] {
        _ = try await server.get(path)
      }
      _ = try await server.send(HTTPRequest.Method("PROPFIND")!, "/healthz")
      let metrics = try await scrape(server)
      func count(_ method: String, _ route: String, _ status: Int) -> Double? {
        metrics.value(
          "netmon_http_requests_total",
          ["method": method, "route": route, "status": "\(status)"])
      }
      #expect(count("GET", "/api/connections/{id}", 404) == 2)
      #expect(count("GET", "/api/connections/{id}", 400) == 1)
      #expect(count("GET", "", 404) == 1)
      #expect(count("other", "", 405) == 1)
    }
  }

  @Test func aHistogramCountsUpwards() {
    var histogram = Histogram()
    for value in [0.0001, 0.001, 0.002, 3, 100] { histogram.add(value) }
    let counts = histogram.cumulative
    #expect(counts.first?.count == 2 && counts[1].count == 3)
    #expect(counts.last?.count == 4 && histogram.count == 5)
    #expect(abs(histogram.sum - 103.0031) < 1e-9)
  }
}
