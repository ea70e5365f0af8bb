import Foundation
import Testing

/// The examples of docs/http-api.md as they stand there, but for the address of the server.
@Suite(
  "Examples of the HTTP API",
  .enabled(if: ChildProcess.find("curl") != nil, "needs curl"))
struct RESTExamplesTests {
  private let documentation: Documentation
  private let directory: TestDirectory

  init() throws {
    documentation = try Documentation("docs/http-api.md")
    directory = try TestDirectory()
  }

  @Test("A record of the documented fields comes back unchanged, with the others added")
  func storing() async throws {
    let server = try await NetmonService.serve(directory("netmon.db"))
    let command = try #require(example(containing: "-d '{"))
    let sent = try #require(command.firstMatch(of: /-d '([^']+)'/)).1
    let stored = try object(try await answer(of: command, from: server))
    try #require(stored["id"] != nil, "\(stored)")

    let documented = try object(String(sent))
    for (field, value) in documented {
      #expect(stored[field] == value, "\(field)")
    }
    #expect(documented.count == 10)
    #expect(Set(stored.keys) == Set(documentation.fields(ofTableTitled: "field")))
    let id = stored["id"].map { "\($0)" } ?? ""
    let again = try await answer(of: "curl -s \(Self.base)/api/connections/\(id)", from: server)
    #expect(try object(again) == stored)
  }

  @Test("Every list is answered with what it asks for")
  func listing() async throws {
    let server = try await NetmonService.serve(directory("netmon.db"))
    let storing = try #require(example(containing: "-d '{"))
    let now = Date.now.formatted(.iso8601)
    for index in 0..<12 {
      let error = index.isMultiple(of: 3) ? "ETIMEDOUT" : "ECONNREFUSED"
      let variant =
        storing
        .replacing("ECONNREFUSED", with: error)
        .replacing("2026-11-22T10:00:00.000000Z", with: now)
        .replacing("4242", with: index.isMultiple(of: 2) ? "4242" : "77")
      _ = try await answer(of: variant, from: server)
    }

    let all = try Record.list(
      try await answer(of: "curl -s \(Self.base)/api/connections", from: server))
    try #require(all.count == 12)
    #expect(all == all.sorted { ($0.timestamp, $0.id) > ($1.timestamp, $1.id) })
    let expected: [String: [Record]] = [
      "api/connections?limit=5&offset=5": Array(all[5..<10]),
      "api/connections/error/ECONNREFUSED": all.filter { $0.error == "ECONNREFUSED" },
      "api/connections/error/ETIMEDOUT": all.filter { $0.error == "ECONNTIMEOUT" },
      "api/connections/process/4242": all.filter { $0.process_id == 4242 },
      "error:any remote:192.0.2.0/24 since:1h": all,
    ]
    for (part, records) in expected {
      let command = try #require(example(containing: part))
      #expect(try Record.list(try await answer(of: command, from: server)) == records)
      #expect(!records.isEmpty)
    }
    #expect(documentation.commands("curl").count == expected.count + 2 + Self.others.count)
  }

  /// Parts of the other commands, and of what they print.
  private static let others = [
    ("-D - -o", "200 OK"), ("format=csv", ""), ("format=jsonl", "\"process_name\":\"curl\""),
    ("timeline?since=1h", "\"connections_bucket\":"), ("bucket=1m", "\"bucket\":\"1m\""),
    ("metrics", "netmon_stored_connections 1\n"),
  ]

  @Test("Every other command does what is said of it", arguments: others)
  func remaining(part: String, printed: String) async throws {
    let server = try await NetmonService.serve(directory("netmon.db"))
    _ = try await answer(of: try #require(example(containing: "-d '{")), from: server)
    let command = try #require(example(containing: part))
    let output = try await answer(of: "cd \(directory("")) && \(command)", from: server)
    #expect(output.contains(printed) || printed.isEmpty)
    if part == "format=csv" {
      let file = try String(contentsOfFile: directory("errors.csv"), encoding: .utf8)
      #expect(file.hasPrefix("id,timestamp,process_id") && file.contains(",ECONNREFUSED,"))
    }
  }

  @Test("The stream says where it begins, and what fails from then on")
  func streaming() async throws {
    let server = try await NetmonService.serve(directory("netmon.db"))
    let command = try #require(example(containing: "/api/stream"))
    let stream = try ChildProcess(
      "bash", ["-c", "exec " + command.replacing(Self.base, with: server.url)])
    #expect(await stream.output.line(containing: "event: ") == "event: start")
    _ = try await answer(of: try #require(example(containing: "-d '{")), from: server)
    #expect(await stream.output.line(containing: "event: ") == "event: connection")
    let data = try #require(await stream.output.line(containing: "data: "))
    #expect(try object(String(data.dropFirst(6)))["error"] == "ECONNREFUSED" as NSString)
    #expect(await server.stop() == 0)
    #expect(await stream.status == 0, "it ends as a whole")
  }

  // MARK: - Pieces

  private static let base = "http://localhost:8080"

  private func example(containing part: String) -> String? {
    documentation.commands("curl").first { $0.contains(part) }
  }

  private func answer(of command: String, from server: NetmonService) async throws -> String {
    let result = try await ChildProcess.run(
      "bash", ["-c", command.replacing(Self.base, with: server.url)])
    try #require(result.status == 0, "\(command): \(result.errors)")
    return result.output
  }

  private func object(_ json: String) throws -> [String: NSObject] {
    let value = try JSONSerialization.jsonObject(with: Data(json.utf8))
    return try #require(value as? [String: NSObject])
  }
}
