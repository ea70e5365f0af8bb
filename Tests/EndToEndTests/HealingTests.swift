import Foundation
import Testing

/// A database that is damaged or gone stops nothing.
@Suite("Healing", .enabled(if: ChildProcess.find("curl") != nil, "needs curl"))
struct HealingTests {
  private let directory: TestDirectory
  private let database: String

  init() throws {
    directory = try TestDirectory()
    database = directory("netmon.db")
  }

  private func post(to url: String) async throws -> Bool {
    let record = """
      {"timestamp":"2026-11-22T10:00:00Z","process_id":1,"process_name":"a","process_path":"/a",\
      "local_addr":"192.0.2.1:1","remote_addr":"192.0.2.2:2","protocol":"tcp","state":"CLOSE"}
      """
    let reply = try await Netmon.shell(
      "curl -sS -f -H 'Content-Type: application/json' -d '\(record)' \(url)/api/connections")
    return reply.status == 0
  }

  private func gaps(_ url: String) async throws -> String {
    try await Netmon.shell("curl -sS \(url)/api/gaps").output
  }

  /// Waits until a server serves again, and says where.
  private func next(_ server: NetmonService) async throws -> String {
    let line = try #require(await server.process.errors.line(containing: "serving http"))
    return try #require(line.firstMatch(of: /http:\/\/[0-9.]+:[0-9]+/)).output.description
  }

  /// Stopping is tried several times: a signal must not get lost after starting again within the
  /// process.
  @Test(
    "A server whose files are deleted goes on with new ones, and ends when told to",
    arguments: [[""], ["", "-wal", "-shm"], [""], [""], [""], [""]])
  func deleted(suffixes: [String]) async throws {
    let server = try await NetmonService.serve(database)
    #expect(try await post(to: server.url))
    for suffix in suffixes { try FileManager.default.removeItem(atPath: database + suffix) }
    let url = try await next(server)
    #expect(try await post(to: url))
    #expect(try await gaps(url).contains("the database was deleted or replaced"))
    #expect(await server.stop() == 0)
    #expect(try await Netmon.query(["--db", database]).count == 1)
  }

  @Test("A server whose file is overwritten sets it aside")
  func overwritten() async throws {
    let server = try await NetmonService.serve(database)
    #expect(try await post(to: server.url))
    #expect(await server.stop() == 0)
    let again = try await NetmonService.serve(database)
    let size = try Data(contentsOf: URL(fileURLWithPath: database)).count
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: database))
    try file.write(contentsOf: Data(repeating: 0x5A, count: size))
    try file.close()
    // Whatever needs the file meets it.
    _ = try await Netmon.shell("curl -sS \(again.url)/api/connections \(again.url)/readyz")
    let url = try await next(again)
    #expect(try await post(to: url))
    #expect(try await gaps(url).contains("set aside as netmon.db.corrupt-"))
    #expect(await again.stop() == 0)
  }

  @Test(
    "Both start with a damaged file, and readers say what to do", arguments: ["serve", "collect"])
  func starting(command: String) async throws {
    let first = try await NetmonService.serve(database)
    #expect(await first.stop() == 0)
    try Data(repeating: 0, count: 5000).write(to: URL(fileURLWithPath: database))
    let reader = try await Netmon.run(["query", "--db", database])
    #expect(reader.status == 1 && reader.errors.contains("set it aside and start a new one"))
    #expect(reader.errors.count { $0 == "\n" } == 1)

    let service =
      command == "serve"
      ? try await NetmonService.serve(database) : try await NetmonService.collect(database)
    #expect(service.announcement.contains("; it is kept as \(database).corrupt-"))
    _ = await service.process.errors.line()
    #expect(await service.stop() == 0)
    #expect(
      try await Netmon.run(["query", "--gaps", "--db", database]).output.contains("was damaged"))
  }

  @Test("A file that never was netmon's is refused")
  func foreign() async throws {
    try Data("dear diary".utf8).write(to: URL(fileURLWithPath: database))
    for command in ["serve", "collect"] {
      let result = try await Netmon.run([command, "--db", database])
      #expect(result.status == 1 && result.errors.contains("is not an SQLite database"))
    }
    #expect(try String(contentsOfFile: database, encoding: .utf8) == "dear diary")
  }

  @Test("--retention-ok must not be longer than --retention")
  func mistakes() async throws {
    for options in ["--retention 1d --retention-ok 2d", "--max-size 15MB", "--max-size big"] {
      for command in ["serve", "collect"] {
        let result = try await Netmon.shell("netmon \(command) \(options)")
        #expect(result.status == 2, "\(result.errors)")
      }
    }
  }
}
