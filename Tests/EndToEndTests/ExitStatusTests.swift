import Foundation
import Testing
import TestSupport

/// What cannot be done is answered with one line and a status that a script can tell apart.
@Suite("Exit statuses")
struct ExitStatusTests {
  private let directory: TestDirectory

  init() throws {
    directory = try TestDirectory()
  }

  // MARK: - 1: it could not be done

  @Test(
    "Without a database there is a way out",
    .enabled(if: access("/var/lib/netmon/netmon.db", F_OK) != 0, "this machine has a database"))
  func noDatabase() async throws {
    let home = ["HOME": directory.path, "XDG_STATE_HOME": directory("state")]
    for command in [["query"], ["errors"], ["proc", "x"]] {
      let result = try await Netmon.run(command, environment: home)
      expectFailure(result, 1, "--live", "netmon collect")
    }
  }

  @Test(
    "A file that is no database of ours is refused and left alone",
    arguments: [
      ["query"], ["errors"], ["proc", "x"], ["collect", "--once"], ["serve", "-p", "0"],
    ])
  func notADatabase(command: [String]) async throws {
    let path = directory("notes.txt")
    let text = String(repeating: "These are my notes.\n", count: 100)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    expectFailure(
      try await Netmon.run(command + ["--db", path]), 1, path, "not an SQLite database")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test(
    "What is no regular file is refused at once",
    arguments: [
      ["query"], ["errors"], ["proc", "x"], ["collect", "--once"], ["serve", "-p", "0"],
    ])
  func specialFile(command: [String]) async throws {
    let path = directory("fifo")
    try #require(mkfifo(path, 0o600) == 0)
    for (path, kind) in [
      (path, "a FIFO"), (directory.path, "a directory"), ("/dev/null", "a device"),
    ] {
      let result = try await Netmon.run(command + ["--db", path], lifetime: .seconds(20))
      expectFailure(result, 1, path, kind)
    }
  }

  @Test("A file that does not exist is not made by a reader")
  func missingFile() async throws {
    let path = directory("missing.db")
    expectFailure(try await Netmon.run(["query", "--db", path]), 1, path)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test(
    "A directory that cannot be written is named",
    arguments: [["collect", "--once"], ["serve", "--port", "0"]])
  func unwritableDirectory(command: [String]) async throws {
    let path = "/proc/netmon/netmon.db"  // Nobody, not even root, makes directories in /proc.
    expectFailure(try await Netmon.run(command + ["--db", path]), 1, path)
  }

  @Test("A port in use is named")
  func portInUse() async throws {
    let listener = try TCPSocket.listening()
    let result = try await Netmon.run(
      ["serve", "--db", directory("netmon.db"), "--port", "\(listener.port)"])
    expectFailure(result, 1, listener.address, "in use")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
  }

  @Test(
    "Beyond loopback it takes a token, and names are not listened on",
    arguments: [
      ("0.0.0.0", "netmon token create"), ("::", "netmon token create"),
      ("192.0.2.1", "netmon token create"), ("example.org", "no address"), ("", "no address"),
      ("127.0.0.1.example.org", "no address"),
    ])
  func otherHost(host: String, part: String) async throws {
    let result = try await Netmon.run(
      ["serve", "--db", directory("netmon.db"), "--port", "0", "--host", host])
    expectFailure(result, 1, "loopback", part)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
  }

  @Test(
    "What cannot be written is a failure",
    .enabled(if: access("/dev/full", W_OK) == 0, "no /dev/full"))
  func fullDisk() async throws {
    let result = try await Netmon.shell("netmon query --live > /dev/full")
    expectFailure(result, 1, "cannot write")
  }

  // MARK: - 3: no server

  @Test(
    "What is not a netmon server is told from one",
    arguments: [
      .closes, .says("SSH-2.0-OpenSSH_9.2\r\n"), .responds("200 OK", "text/html", "<p>Hello"),
      .responds("404 Not Found", "text/html", "<p>Hello"),
      .responds("200 OK", "application/json", #"{"a":1}"#),
      .responds("200 OK", "application/json", #"[{"a":1}]"#),
      .responds("500 Oops", "application/json", "{}"), .responds("302 Found", "text/html", ""),
      .says("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[]"),
    ] as [RudeServer.Behaviour])
  func notNetmon(behaviour: RudeServer.Behaviour) async throws {
    let server = try RudeServer(behaviour)
    for command in [["query"], ["query", "--count"], ["errors"], ["proc", "x"]] {
      let result = try await Netmon.run(command + ["--server", server.url])
      expectFailure(result, 3)
    }
    let collected = try await Netmon.run(
      ["collect", "--once", "--db", directory("netmon.db"), "--server", server.url])
    #expect(collected.status == 3)
    let lines = collected.errors.split(separator: "\n")
    #expect(lines.count == 2 && lines[0].contains("looking once"), "\(collected.errors)")
  }

  @Test(
    "Who is not let in is told so, whoever says it",
    arguments: [
      .responds("401 Unauthorized", "text/html", "<p>Who are you?"),
      .responds("403 Forbidden", "text/plain", "no"),
      .responds("401 Unauthorized", "application/problem+json", #"{"detail":"a token, please"}"#),
    ] as [RudeServer.Behaviour])
  func notAuthorised(behaviour: RudeServer.Behaviour) async throws {
    let server = try RudeServer(behaviour)
    for command in [["query"], ["errors"], ["query", "--follow"]] {
      expectFailure(try await Netmon.run(command + ["--server", server.url]), 4, server.url)
    }
  }

  @Test("A server that is not there")
  func unreachable() async throws {
    let listener = try TCPSocket.listening()
    let url = "http://\(listener.address)"
    shutdown(listener.descriptor, Int32(SHUT_RDWR))
    for command in [["query"], ["query", "--follow"], ["query", "--follow", "-o", "csv"]] {
      let result = try await Netmon.run(command + ["--server", url])
      expectFailure(result, 3, url, "netmon serve")
    }
  }

  @Test("A server that accepts and never answers")
  func silentServer() async throws {
    let listener = try TCPSocket.listening()  // The kernel accepts for it.
    let url = "http://\(listener.address)"
    expectFailure(try await Netmon.run(["query", "--server", url]), 3, url)
  }

  // MARK: - A signal: nobody reads

  @Test(
    "A reader that goes away is no mistake",
    arguments: ["query --live -o csv", "query --live -o jsonl", "query --live", "query --help"])
  func closedPipe(command: String) async throws {
    let result = try await Netmon.shell("netmon \(command) | head -1")
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(result.output.count(where: \.isNewline) == 1)
  }

  @Test(
    "What watches goes on when nobody reads its messages",
    arguments: ["collect --interval 100ms", "serve --port 0 --collect --interval 100ms"])
  func unreadMessages(command: String) async throws {
    let (pair, database) = (try TCPPair(), directory("netmon.db"))
    let service = try ChildProcess(
      "sh", ["-c", "exec \"$NETMON\" \(command) --db \"$DB\" 2> /dev/full"],
      environment: ["NETMON": BuiltProducts.netmon, "DB": database, "NETMON_SERVER": ""])
    let isRecording = try await eventually {
      (try? await Netmon.query(["--db", database] + pair.filter).count) == 3
    }
    #expect(isRecording)
    service.send(SIGTERM)
    #expect(await service.status == 0)
  }

  // MARK: - Pieces

  private func expectFailure(
    _ result: ChildProcess.Result, _ status: Int32, _ parts: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, sourceLocation: sourceLocation)
    #expect(result.errors.hasPrefix("netmon: "), sourceLocation: sourceLocation)
    #expect(
      result.errors.count { $0 == "\n" } == 1, "\(result.errors)", sourceLocation: sourceLocation)
    for part in parts {
      #expect(result.errors.contains(part), sourceLocation: sourceLocation)
    }
  }
}
