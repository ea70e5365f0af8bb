import Foundation
import Testing

/// What goes on: `query --follow` and `errors --follow`.
@Suite("Following", .enabled(if: SampleDatabase.isPossible, "needs curl"))
struct FollowTests {
  private let directory: TestDirectory
  private let database: String

  init() async throws {
    directory = try TestDirectory()
    database = try await SampleDatabase.make(in: directory)
  }

  @Test(
    "What there is comes oldest first, then what is written, once", arguments: ["--db", "--server"])
  func query(option: String) async throws {
    let server = try await NetmonService.serve(database)
    let source = [option, option == "--db" ? database : server.url]
    let follower = try follow(["query", "-n", "3", "-o", "jsonl"] + source)
    let known = try await Netmon.query(["--db", database]).prefix(3).reversed()
    for record in known { #expect(try await nextRecord(of: follower) == record) }

    for pid in [901, 902] { try await post(pid, to: server) }
    #expect(try await nextRecord(of: follower).process_id == 901)
    #expect(try await nextRecord(of: follower).process_id == 902)
    #expect(await server.stop() == 0)
  }

  @Test("A server that is away is waited for, and what it got meanwhile comes too")
  func outage() async throws {
    var server = try await NetmonService.serve(database)
    let follower = try follow(["query", "-n", "1", "-o", "jsonl", "--server", server.url])
    _ = try await nextRecord(of: follower)
    try await post(901, to: server)
    #expect(try await nextRecord(of: follower).process_id == 901)
    let port = server.port
    #expect(await server.stop() == 0)
    #expect(await follower.errors.line()?.contains("is lost") == true)
    // Another server on the same database takes a record before the first is back.
    let other = try await NetmonService.serve(database)
    try await post(902, to: other)
    #expect(await other.stop() == 0)
    server = try await NetmonService.serve(database, port: port)
    #expect(await follower.errors.line() == "netmon: the server is back")
    #expect(try await nextRecord(of: follower).process_id == 902)
    try await post(903, to: server)
    #expect(try await nextRecord(of: follower).process_id == 903)
  }

  @Test("A filter goes on filtering")
  func filter() async throws {
    let server = try await NetmonService.serve(database)
    let follower = try follow(["query", "pid:902", "-o", "csv", "--db", database])
    #expect(await follower.output.line()?.hasPrefix("id,timestamp,") == true)
    for pid in [901, 902] { try await post(pid, to: server) }
    #expect(await follower.output.line()?.split(separator: ",")[2] == "902")
  }

  @Test("A database that comes in place of another is gone on with")
  func replaced() async throws {
    let other = directory("other.db")
    #expect(await (try NetmonService.serve(other)).stop() == 0)
    let follower = try follow(["query", "-n", "1", "-o", "jsonl", "--db", database])
    _ = try await nextRecord(of: follower)
    #expect(rename(other, database) == 0)
    for suffix in ["-wal", "-shm"] { unlink(database + suffix) }
    #expect(await follower.errors.line()?.contains("may be missing") == true)
    try await post(901, to: try await NetmonService.serve(database))
    #expect(try await nextRecord(of: follower).process_id == 901)
  }

  @Test("It ends when nobody reads, also while nothing happens", arguments: ["--db", "--server"])
  func closedPipe(option: String) async throws {
    let server = try await NetmonService.serve(database)
    let source = [option, option == "--db" ? database : server.url].joined(separator: " ")
    let result = try await Netmon.shell(
      "netmon query --follow \(source) -o jsonl | head -1; echo ${PIPESTATUS[0]}")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.last == "141")
    #expect(result.errors.isEmpty)
  }

  @Test("It ends by SIGINT")
  func interrupt() async throws {
    let follower = try follow(["query", "-n", "1", "--db", database])
    #expect(await follower.output.line()?.hasPrefix("TIME ") == true)
    follower.send(SIGINT)
    #expect(await follower.status == 130)
  }

  @Test("Groups that change come as lines")
  func errors() async throws {
    let server = try await NetmonService.serve(database)
    let follower = try follow(
      ["errors", "--by", "error,pid", "-o", "jsonl", "--server", server.url])
    #expect(await follower.output.line() != nil)
    for count in 1...2 {
      try await post(901, to: server)
      let line = try #require(await follower.output.line(containing: "\"process_id\":901,"))
      #expect(line.contains("\"count\":\(count),"), "\(line)")
    }
  }

  @Test(
    "On a terminal rows fit, in columns that stand still", arguments: [40, 80, 100, 200])
  func terminal(columns: Int) async throws {
    let follower = try onTerminal(["query"], columns: columns)
    var lines: [String] = []
    while lines.count <= SampleDatabase.count, let line = await follower.output.line() {
      lines.append(line.replacing(/\u{1b}\[[0-9;]*m/, with: "").replacing("\r", with: ""))
    }
    try #require(lines.count == SampleDatabase.count + 1)
    #expect(lines.allSatisfy { $0.count <= columns && !$0.contains("\u{1b}") })
    let process = try #require(lines[0].firstRange(of: "PROCESS")).lowerBound
    let offset = lines[0].distance(from: lines[0].startIndex, to: process)
    #expect(lines.dropFirst().contains { $0.dropFirst(offset).hasPrefix("curl ") })
    #expect(lines.dropFirst().contains { $0.dropFirst(offset).hasPrefix("nginx ") })
  }

  @Test("On a terminal the counts are drawn in place")
  func drawing() async throws {
    let server = try await NetmonService.serve(database)
    let follower = try onTerminal(["errors", "--server", server.url])
    // A picture begins at the upper left corner, and ends with its time.
    for pid in [901, 902] {
      #expect(await follower.output.line(containing: "\u{1b}[H\u{1b}[J") != nil)
      #expect(await follower.output.line(containing: "at ") != nil)
      try await post(pid, to: server)
    }
    #expect(await follower.output.line(containing: "192.0.2.2:2") != nil)
  }

  // MARK: - Pieces

  private func follow(_ arguments: [String]) throws -> ChildProcess {
    try ChildProcess(
      BuiltProducts.netmon, arguments + ["--follow"], environment: Netmon.environment)
  }

  private func onTerminal(_ arguments: [String], columns: Int = 80) throws -> ChildProcess {
    let command = arguments.joined(separator: " ")
    let ours = ["NETMON": BuiltProducts.netmon, "SHELL": "/bin/sh", "NETMON_DB": database]
    return try ChildProcess(
      "script",
      ["-qec", "stty cols \(columns) rows 24; exec \"$NETMON\" \(command) --follow", "/dev/null"],
      environment: Netmon.environment.merging(ours) { $1 })
  }

  private func nextRecord(of follower: ChildProcess) async throws -> Record {
    let line = try #require(await follower.output.line())
    return try #require(try Record.list("[\(line)]").first)
  }

  private func post(_ pid: Int, to server: NetmonService) async throws {
    let record = """
      {"timestamp":"\(Date.now.formatted(.iso8601))","process_id":\(pid),"process_name":"new",\
      "process_path":"/new","local_addr":"192.0.2.1:1","remote_addr":"192.0.2.2:2",\
      "protocol":"tcp","state":"CLOSE","error":"ECONNREFUSED"}
      """
    let result = try await ChildProcess.run(
      "curl",
      ["-sSf", "-o", "/dev/null", "-H", "Content-Type: application/json", "-d", record]
        + ["\(server.url)/api/connections"])
    try #require(result.status == 0, "\(result.errors)")
  }
}
