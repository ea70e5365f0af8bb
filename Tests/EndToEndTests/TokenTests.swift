import Foundation
import Testing
import TestSupport

/// Tokens from their making to their end: the commands, a server that asks, and those who show them.
@Suite("Tokens")
struct TokenTests {
  private let directory: TestDirectory
  private let served: String

  init() throws {
    directory = try TestDirectory()
    served = directory("served.db")
  }

  /// Makes a token and returns it with its id.
  private func make(_ options: [String] = []) async throws -> (id: String, text: String) {
    let result = try await Netmon.run(["token", "create", "--db", served] + options)
    try #require(result.status == 0, "\(result.errors)")
    #expect(result.output.wholeMatch(of: /netmon_[A-Za-z0-9_-]{43}\n/) != nil)
    #expect(!result.errors.contains(result.output.dropLast()))
    let id = try #require(result.errors.firstMatch(of: /made token ([0-9a-f]{8})/)).1
    return (String(id), String(result.output.dropLast()))
  }

  /// A file that holds a text and only its owner may read.
  private func file(_ text: String, _ name: String = "token") throws -> String {
    let path = directory(name)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    try #require(chmod(path, 0o600) == 0)
    return path
  }

  private func count(from server: NetmonService, _ options: [String]) async throws
    -> ChildProcess.Result
  {
    try await Netmon.run(["query", "--count", "--server", server.url] + options)
  }

  // MARK: - The commands

  @Test("are made, listed and revoked")
  func commands() async throws {
    let page = try await make(["--name", "my page", "--expires", "90d"])
    let agent = try await make(["--for-host", "web-1"])
    let both = try await make(["--scope", "read,ingest", "--for-host", "web-2"])
    let list = try await Netmon.run(["token", "list", "--db", served, "-o", "csv"])
    let rows = list.output.split(whereSeparator: \.isNewline).map { $0.split(separator: ",") }
    try #require(rows.count == 4)
    #expect(rows[1].prefix(2) == [page.id[...], "my page"] && rows[1].last == "good")
    #expect(rows[2].starts(with: [agent.id[...], "web-1", "ingest", "web-1"]))
    #expect(list.output.contains("\(both.id),web-2,\"read,ingest\",web-2,"))
    #expect(!list.output.contains("netmon_"))

    for part in ["revoked token", "was revoked already"] {
      let result = try await Netmon.run(["token", "revoke", agent.id, "--db", served])
      #expect(result.status == 0 && result.output.isEmpty && result.errors.contains(part))
    }
    let unknown = try await Netmon.run(["token", "revoke", "00000000", "--db", served])
    #expect(unknown.status == 1 && unknown.errors.contains("00000000"))
    let json = try await Netmon.run(["token", "list", "--db", served, "-o", "json"])
    #expect(json.output.contains("\"id\":\"\(agent.id)\"") && json.output.contains("\"revoked\""))
    let table = try await Netmon.run(["token", "list", "--db", served])
    #expect(table.output.contains(try Regex("\(agent.id) +revoked +ingest +web-1")))
  }

  @Test("are for their owner's eyes only where they are written to a file")
  func files() async throws {
    let result = try await Netmon.shell(
      "umask 022; cd \(directory.path); netmon token create --db \(served) > made; stat -c %a made")
    #expect(result.status == 0 && result.output == "600\n", "\(result.errors)")
    let kept = try await ChildProcess.run("stat", ["-c", "%a", directory("served.tokens")])
    #expect(kept.output == "600\n")
  }

  @Test("that nobody could be shown are revoked")
  func unseen() async throws {
    let result = try await Netmon.shell("netmon token create --db \(served) > /dev/full")
    #expect(result.status == 1 && result.errors.contains("cannot write the output"))
    let list = try await Netmon.run(["token", "list", "--db", served, "-o", "csv"])
    #expect(list.output.split(separator: "\n").dropFirst().allSatisfy { !$0.hasSuffix("good") })
    #expect(list.output.contains("revoked"))
  }

  @Test(
    "need a purpose",
    arguments: [
      "create --scope ingest", "create --scope read --for-host a", "create --for-host=",
      "create --name \(String(repeating: "n", count: 256))", "create --scope write",
      "create --scope read,", "create --expires 1s", "create a",
      "create --tokens a --db b", "revoke", "list a", "list -o xml", "destroy", "",
    ])
  func usage(line: String) async throws {
    let result = try await Netmon.run(
      ["token"] + line.split(separator: " ").map(String.init),
      environment: ["NETMON_TOKENS": "/proc/no/netmon.tokens"])
    #expect(result.status == 2 && result.output.isEmpty, "\(result.errors)")
  }

  // MARK: - A server that asks

  @Test("let in who shows one, from the first one on and until it is revoked")
  func asking() async throws {
    let server = try await NetmonService.serve(served)
    #expect(try await count(from: server, []).status == 0)
    let token = try await make()
    let path = try file(token.text)
    #expect(try await eventually { try await count(from: server, []).status == 4 })
    let refused = try await count(from: server, [])
    #expect(refused.errors.contains("netmon token create"))
    #expect(refused.errors.contains("--token-file"))
    #expect(refused.errors.count { $0 == "\n" } == 1)
    for (options, environment) in [
      (["--token-file", path], [:]), ([], ["NETMON_TOKEN_FILE": path]),
    ] {
      for command in [["query"], ["errors"], ["proc", "x"]] {
        let result = try await Netmon.run(
          command + ["--server", server.url] + options, environment: environment)
        #expect(result.status == 0, "\(result.errors)")
      }
    }
    _ = try await Netmon.run(["token", "revoke", token.id, "--db", served])
    let options = ["--token-file", path]
    #expect(try await eventually { try await count(from: server, options).status == 4 })
    let out = try await count(from: server, options)
    #expect(out.errors.contains("revoked") && out.errors.contains(path))
    #expect(!out.errors.contains(token.text))
    // That it was the last one opens nothing, not even after a restart.
    #expect(try await count(from: server, []).status == 4)
    #expect(await server.stop() == 0)
    let again = try await NetmonService.serve(served)
    #expect(again.announcement.contains("asking for tokens"))
    #expect(try await count(from: again, []).status == 4)
  }

  @Test("end a follower whose token is revoked")
  func following() async throws {
    let token = try await make()
    let server = try await NetmonService.serve(served)
    let follower = try ChildProcess(
      BuiltProducts.netmon,
      ["query", "--follow", "--server", server.url, "--token-file", try file(token.text)],
      environment: Netmon.environment)
    #expect(await follower.output.line() != nil)
    _ = try await Netmon.run(["token", "revoke", token.id, "--db", served])
    #expect(await follower.status == 4)
    #expect(await follower.errors.rest().contains("revoked"))
  }

  @Test("are asked for at once where their file is named")
  func namedFile() async throws {
    let path = directory("own.tokens")
    let server = try await NetmonService.serve(served, ["--tokens", path])
    #expect(try await count(from: server, []).status == 4)
    let made = try await Netmon.run(["token", "create", "--tokens", path])
    let options = ["--token-file", try file(made.output)]
    #expect(try await eventually { try await count(from: server, options).status == 0 })
  }

  @Test("in a damaged file stop the start, and change nothing later")
  func damage() async throws {
    let token = try await make()
    let options = ["--token-file", try file(token.text)]
    let server = try await NetmonService.serve(served)
    let handle = try #require(FileHandle(forUpdatingAtPath: directory("served.tokens")))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("oops\n".utf8))
    let written = ContinuousClock.now
    // It looks once a second, when it is asked something.
    let goesOn = try await eventually {
      try #require(try await count(from: server, options).status == 0)
      return .now - written > .seconds(2)
    }
    #expect(goesOn)
    #expect(await server.process.errors.line(containing: "damaged in line 2") != nil)
    #expect(try await count(from: server, options).status == 0)
    let second = try await Netmon.run(["serve", "--port", "0", "--db", served])
    #expect(second.status == 1)
    #expect(second.errors.contains("served.tokens is damaged in line 2: not JSON"))
    let more = try await Netmon.run(["token", "create", "--db", served])
    #expect(more.status == 1 && more.output.isEmpty)
  }

  @Test(
    "let a server listen where others can reach it",
    .enabled("needs root, and unshare and ip (Debian: util-linux, iproute2)") {
      guard geteuid() == 0, ChildProcess.find("ip") != nil else { return false }
      return (try? await ChildProcess.run("unshare", ["--net", "true"]))?.status == 0
    })
  func elsewhere() async throws {
    let token = try file(try await make().text)
    let script = """
      ip link set lo up && ip address add 192.0.2.1/32 dev lo || exit 9
      "$NETMON" serve --host 192.0.2.1 --port 8080 --db "$DB" --insecure-plaintext \\
        2> "$LOG" & server=$!
      for _ in $(seq 200); do grep -q serving "$LOG" && break; sleep 0.05; done
      url=http://192.0.2.1:8080
      "$NETMON" query --count --server $url; echo "without: $?"
      "$NETMON" query --count --server $url --token-file "$TOKEN"; echo "with: $?"
      kill $server; wait $server
      """
    let environment = ["NETMON": BuiltProducts.netmon, "DB": served, "TOKEN": token]
      .merging(["LOG": directory("log")]) { $1 }.merging(Netmon.environment) { $1 }
    let result = try await ChildProcess.run(
      "unshare", ["--net", "bash", "-c", script], environment: environment)
    #expect(result.status == 0)
    #expect(result.output == "without: 4\n0\nwith: 0\n", "\(result.errors)")
    #expect(result.errors.contains("warning: the token goes to 192.0.2.1 in plaintext"))
  }

  // MARK: - Collectors

  @Test("let a collector deliver, also when it is only put right later")
  func collecting() async throws {
    let pair = try TCPPair()
    let first = try await make(["--for-host", "web-1"])
    let path = try file(first.text)
    _ = try await Netmon.run(["token", "revoke", first.id, "--db", served])
    let server = try await NetmonService.serve(served)
    let options = ["--server", server.url, "--token-file", path, "--host-name", "web-1", "-v"]
    let collector = try await NetmonService.collect(directory("collected.db"), options)
    var said = try #require(await collector.process.errors.line(containing: "delivery stopped"))
    #expect(said.contains("revoked") && said.contains(path))
    #expect(try await Netmon.query(["--db", served]).isEmpty)

    _ = try file(try await make(["--for-host", "web-1"]).text)
    let stored = ["--db", served] + pair.filter
    #expect(try await eventually { try await Netmon.query(stored).count == 3 })
    while !said.contains("delivering again") {
      said += try #require(await collector.process.errors.line())
    }
    #expect(await collector.stop() == 0)
    let rest = await collector.process.errors.rest()
    #expect(!(said + rest).contains("netmon_\(first.text.dropFirst(7))"))
  }

  @Test("of another host deliver nothing, which is said")
  func otherHost() async throws {
    let path = try file(try await make(["--for-host", "web-2"]).text)
    let server = try await NetmonService.serve(served)
    let options = ["--server", server.url, "--token-file", path, "--host-name", "web-1"]
    let collector = try await NetmonService.collect(directory("collected.db"), options)
    let said = try #require(await collector.process.errors.line(containing: "delivery stopped"))
    #expect(said.contains("'web-2' only") && said.contains("'web-1' is not the host"))
    #expect(await collector.stop() == 0)
    let once = try await Netmon.run(
      ["collect", "--once", "--db", directory("once.db")] + options)
    #expect(once.status == 4 && once.errors.contains("'web-2'"))
    #expect(try await Netmon.query(["--db", served]).isEmpty)
  }

  @Test(
    "that are none are a mistake that names the file",
    arguments: [("", "is empty"), ("hunter2", "holds no token"), (nil, "cannot read")])
  func noToken(content: String?, part: String) async throws {
    let path = try content.map { try file($0) } ?? directory("missing")
    for command in [["query"], ["errors"], ["proc", "x"], ["collect", "--once", "--db", served]] {
      let result = try await Netmon.run(
        command + ["--server", "http://127.0.0.1:1", "--token-file", path])
      #expect(result.status == 2 && result.output.isEmpty)
      #expect(result.errors.contains(path) && result.errors.contains(part), "\(result.errors)")
      #expect(!result.errors.contains("hunter2"))
    }
  }

  @Test("that anybody may read are said to be so")
  func readableByAnybody() async throws {
    let path = try file(try await make().text)
    try #require(chmod(path, 0o644) == 0)
    let server = try await NetmonService.serve(served)
    let result = try await count(from: server, ["--token-file", path])
    #expect(result.status == 0 && result.output == "0\n")
    #expect(result.errors.contains("warning: anybody on this machine may read"))
    // On loopback nobody is on the way.
    #expect(!result.errors.contains("plaintext"))
  }
}
