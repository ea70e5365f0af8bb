import Foundation
import Testing

/// Agents and servers of earlier versions, as far as this one meets them: what they sent and answered
/// is in `Fixtures`, a directory for each version. A version that is out is never changed there.
@Suite("Versions together", .enabled(if: ChildProcess.find("curl") != nil, "needs curl"))
struct VersionSkewTests {
  static let versions = ["0.1.0"]

  private static let fixtures = URL(filePath: #filePath)
    .deletingLastPathComponent().appending(path: "Fixtures")

  private func path(_ name: String, of version: String) -> String {
    Self.fixtures.appending(path: version).appending(path: name).path()
  }

  private func text(_ name: String, of version: String) throws -> String {
    try String(contentsOfFile: path(name, of: version), encoding: .utf8)
  }

  private func objects(_ text: String) throws -> [[String: Any]] {
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(value as? [[String: Any]])
  }

  private func post(
    _ name: String, of version: String, as type: String, to url: String
  ) async throws -> [String: Any] {
    let result = try await ChildProcess.run(
      "curl",
      ["-sS", "-H", "Content-Type: \(type)", "--data-binary", "@\(path(name, of: version))", url])
    let reply = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    return try #require(reply as? [String: Any], "\(result.output) \(result.errors)")
  }

  /// What an agent of that version sends in a run with a failure, a restart and a gap.
  @Test("An earlier agent delivers to this server", arguments: versions)
  func earlierAgent(version: String) async throws {
    let directory = try TestDirectory()
    let server = try await NetmonService.serve(directory("netmon.db"))
    // It asks who is there, before anything else.
    let identity = try await ChildProcess.run(
      "curl",
      ["-sS", "-H", "Content-Type: application/json", "-d", "[]", server.url + "/api/connections"])
    #expect(identity.output.contains(#""accepted":0"#) && identity.output.contains("store_id"))
    var latest: [String: [String: Any]] = [:]
    let batches = (1...5).map { "agent-connections-\($0).ndjson" }
    // Twice: what is sent again is the same record.
    for name in batches + batches {
      let lines = try text(name, of: version).split(separator: "\n")
      let reply = try await post(
        name, of: version, as: "application/x-ndjson", to: server.url + "/api/connections")
      #expect(reply["accepted"] as? Int == lines.count)
      #expect((reply["store_id"] as? String)?.count == 16)
      for record in try objects("[\(lines.joined(separator: ","))]") {
        let origin = try #require(record["origin"] as? String)
        let known = latest[origin]?["revision"] as? Int ?? 0
        if record["revision"] as? Int ?? 0 >= known { latest[origin] = record }
      }
    }
    for name in ["hosts", "gaps"] {
      let reply = try await post(
        "agent-\(name).json", of: version, as: "application/json", to: server.url + "/api/\(name)")
      #expect(reply["accepted"] as? Int == 1)
    }
    let found = try await Netmon.run(
      ["query", "--server", server.url, "--limit", "0", "-o", "json"])
    let stored = try objects(found.output)
    #expect(stored.count == latest.count)
    for record in stored {
      let sent = try #require(latest[record["origin"] as? String ?? ""])
      for (field, value) in sent where field != "id" {
        #expect(record[field] as? NSObject == value as? NSObject, "\(field)")
      }
    }
    let gaps = try await Netmon.run(["query", "--server", server.url, "--gaps", "-o", "json"])
    #expect(
      try objects(gaps.output) as NSArray == objects(text("agent-gaps.json", of: version))
        as NSArray)
    #expect(await server.stop() == 0)
  }

  /// Asks a server that answers with a file, whatever it is asked.
  private func ask(
    _ arguments: [String], answeredWith name: String, of version: String
  ) async throws -> String {
    let server = try RudeServer(
      .responds("200 OK", "application/json", text(name, of: version)))
    let result = try await Netmon.run(arguments + ["--server", server.url, "-o", "json"])
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }

  @Test("This client understands an earlier server", arguments: versions)
  func earlierServer(version: String) async throws {
    let found = try await ask(["query"], answeredWith: "server-connections.json", of: version)
    let answered = try objects(text("server-connections.json", of: version))
    let understood = try objects(found)
    #expect(understood.count == answered.count && !answered.isEmpty)
    for (record, original) in zip(understood, answered) {
      for (field, value) in original {
        #expect(record[field] as? NSObject == value as? NSObject, "\(field)")
      }
    }
    let gaps = try await ask(["query", "--gaps"], answeredWith: "server-gaps.json", of: version)
    #expect(
      try objects(gaps) as NSArray == objects(text("server-gaps.json", of: version)) as NSArray)
    let errors = try await ask(["errors"], answeredWith: "server-errors.json", of: version)
    #expect(errors.contains("ECONNREFUSED") && errors.contains("127.0.0.1:9"))
  }

  @Test("This client follows an earlier server", arguments: versions)
  func earlierStream(version: String) async throws {
    let stream = try text("server-stream.txt", of: version)
    let server = try RudeServer(
      .answers { request in
        // The list is asked for once the stream has begun.
        request.hasPrefix("GET /api/stream")
          ? RudeServer.Behaviour.response("200 OK", "text/event-stream", stream)
          : RudeServer.Behaviour.response("200 OK", "application/json", "[]")
      })
    let follower = try ChildProcess(
      BuiltProducts.netmon, ["query", "--follow", "--server", server.url, "-o", "jsonl"],
      environment: Netmon.environment)
    for line in stream.split(separator: "\n") where line.hasPrefix(#"data: {"id":"#) {
      let next = await follower.output.line()
      #expect(next.map { "data: \($0)" } == String(line))
    }
    follower.send(SIGKILL)
    _ = await follower.status
  }
}
