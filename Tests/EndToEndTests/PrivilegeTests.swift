import Foundation
import Testing
import TestSupport

/// What netmon can still do once it runs: no more than it needs, in every thread.
@Suite(
  "Least privilege",
  .enabled(if: geteuid() == 0 && ChildProcess.find("setpriv") != nil, "needs root and setpriv"))
struct PrivilegeTests {
  private let directory: TestDirectory
  /// In a directory that only its database is in.
  private let database: String

  /// nobody of every Linux; its records are nobody else's.
  static let uid = "65534"
  private static let user = "nobody"

  init() throws {
    directory = try TestDirectory()
    database = directory("state/netmon.db")
  }

  private func owner(of path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.ownerAccountID] as? Int
  }

  @Test(
    "collect becomes the user, and still tells of other users' processes",
    arguments: ["kernel", "diag", "proc"])
  func collect(tier: String) async throws {
    if tier == "kernel", await !TraceInstances.canBeSeen() { return }
    let other = try await directory.copy(of: BuiltProducts.netmon, named: "other")
    let collector = try await NetmonService.collect(
      database, ["--user", Self.user, "--source", tier])
    #expect(collector.announcement.contains("\(tier) tier: "))
    #expect(!collector.announcement.contains("stay unknown"))
    let process = collector.process.pid
    try ThreadStatus.expectAll(
      of: process, uid: Self.uid, capabilities: tier == "kernel" ? .tracing : .polling)
    for suffix in ["", "-wal", "-shm", "-collector"] {
      #expect(try owner(of: database + suffix) == 65534, "\(suffix)")
    }
    #expect(try owner(of: directory("state")) == 65534)

    // A process of a third user listens, and another one of that user is refused.
    guard mkdir(directory("third"), 0o777) == 0, chown(directory("third"), 65533, 65533) == 0 else {
      throw CocoaError(.fileWriteUnknown)
    }
    let third = ["--reuid", "65533", "--regid", "65533", "--clear-groups"]
    let server = try ChildProcess(
      "setpriv", third + [other, "serve", "--port", "0", "--db", directory("third/netmon.db")],
      environment: Netmon.environment)
    _ = try #require(await server.errors.line())
    let isSeen = try await eventually {
      let found = try await Netmon.query(["--db", database, "pid:\(server.pid)"])
      return found.contains { $0.process_path == other && $0.direction == "listen" }
    }
    #expect(isSeen)
    if tier == "kernel" {
      let closed = try TCPSocket.listening().address
      let port = closed.split(separator: ":").last ?? ""
      _ = try await ChildProcess.run(
        "setpriv", third + ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/\(port)"])
      let isRefused = try await eventually {
        let found = try await Netmon.query(["--db", database, "error:ECONNREFUSED", "port:\(port)"])
        return found.contains { $0.process_name == "bash" && $0.process_path.hasSuffix("/bash") }
      }
      #expect(isRefused)
      #expect(try await TraceInstances.names(of: process).count == 1)
    }
    #expect(await collector.stop() == 0)
    if tier == "kernel" { #expect(try await TraceInstances.names(of: process).isEmpty) }
  }

  @Test("What a collector that was killed has in the kernel is removed though nobody is left")
  func killed() async throws {
    guard await TraceInstances.canBeSeen() else { return }
    let collector = try await NetmonService.collect(database, ["--user", Self.user])
    let process = collector.process.pid
    #expect(try await TraceInstances.names(of: process).count == 1)
    let janitor = try #require(Descendants.first(named: "netmon-janitor", of: process))
    try ThreadStatus.expectAll(of: janitor, uid: "0", capabilities: .entering, atLeast: 1)
    #expect(await collector.stop(with: SIGKILL) == 128 + SIGKILL)
    #expect(try await eventually { try await TraceInstances.names(of: process).isEmpty })
  }

  @Test("After that it goes on with a new database, in the same tier, and so does the next run")
  func healing() async throws {
    let pair = try TCPPair()
    let first = try await NetmonService.collect(database, ["--user", "root"])
    try ThreadStatus.expectAll(
      of: first.process.pid, uid: "0",
      capabilities: first.announcement.contains("kernel tier: ") ? .tracing : .polling)
    #expect(await first.stop() == 0)
    #expect(try owner(of: database) == 0)

    let collector = try await NetmonService.collect(database, ["--user", Self.user])
    let tier = try #require(collector.announcement.split(separator: "; ").last)
    #expect(try owner(of: database) == 65534)
    for suffix in ["", "-wal", "-shm"] {
      try FileManager.default.removeItem(atPath: database + suffix)
    }
    let line = try #require(await collector.process.errors.line(containing: "collecting into"))
    #expect(line.contains(tier))
    #expect(
      try await eventually {
        try await Netmon.query(["--db", database] + pair.filter).count == 3
      })
    // Room for removal, which retention takes at its beginning.
    #expect(try owner(of: database + "-reserve") == 65534)
    #expect(await collector.stop() == 0)
    let again = try await NetmonService.collect(database, ["--user", Self.user])
    #expect(again.announcement.contains(tier))
    #expect(await again.stop() == 0)
  }

  @Test(
    "It sees into other network namespaces as before",
    .enabled(if: ChildProcess.find("ip") != nil && ChildProcess.find("curl") != nil, "needs ip"),
    arguments: ["nobody", "root"])
  func networkNamespaces(user: String) async throws {
    let script = """
      ip link set lo up
      "$NETMON" serve --port 8080 --user root --db "$DIR/inside.db" &
      until curl -sf -o /dev/null http://127.0.0.1:8080/healthz; do sleep 0.1; done
      exec curl -sN http://127.0.0.1:8080/api/stream
      """
    let inside = try ChildProcess(
      "unshare",
      [
        "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c", script,
      ],
      environment: Netmon.environment.merging(
        ["NETMON": BuiltProducts.netmon, "DIR": directory.path]) { $1 })
    defer { inside.send(SIGKILL) }
    let collector = try await NetmonService.collect(
      database, ["--user", user, "--source", "diag", "--include-self"])
    // No text of /proc tells bytes.
    let areCounted = try await eventually {
      try await Netmon.query(
        ["--db", database, "process:curl", "port:8080", "state:ESTABLISHED", "bytes:>=0"]
      ).count == 1
    }
    let seen = try await Netmon.run(["query", "--db", database, "port:8080", "-o", "csv"])
    #expect(areCounted, "\(seen.output)")
    #expect(await collector.stop() == 0)
  }

  @Test(
    "The tokens are those beside root's database, whoever it becomes and wherever that one's home is",
    arguments: [[], ["--collect", "--source", "proc"]])
  func tokensOfTheDefault(options: [String]) async throws {
    let script = """
      mount -t tmpfs none /var/lib && ip link set lo up && "$NETMON" token create > /var/lib/token
      exec "$NETMON" serve --user nobody --port 0 "$@"
      """
    let server = try ChildProcess(
      "unshare", ["--net", "--mount", "bash", "-c", script, "bash"] + options,
      environment: Netmon.environment.filter { $0.key != "NETMON_DB" }
        .merging(["NETMON": BuiltProducts.netmon, "HOME": "/nonexistent"]) { $1 })
    let line = try #require(await server.errors.line(containing: "serving"))
    #expect(line.contains(" from /var/lib/netmon/netmon.db, asking for tokens"), "\(line)")
    server.send(SIGTERM)
    #expect(await server.status == 0)
  }

  @Test("Root alone keeps what it takes to write another user's database")
  func foreignDatabase() async throws {
    guard mkdir(directory("state"), 0o755) == 0, chown(directory("state"), 65533, 65533) == 0 else {
      throw CocoaError(.fileWriteUnknown)
    }
    let collector = try await NetmonService.collect(
      database, ["--user", "root", "--source", "proc"])
    // With CAP_CHOWN and CAP_DAC_OVERRIDE.
    try ThreadStatus.expectAll(
      of: collector.process.pid, uid: "0", capabilities: .init("0000000000080007"))
    #expect(await collector.stop() == 0)
    #expect(try await Netmon.query(["--db", database]).count > 0)
  }

  @Test("Old records are removed as before")
  func retention() async throws {
    let record = """
      {"timestamp":"2026-01-01T00:00:00Z","process_id":1,"process_name":"a","process_path":"/a",\
      "local_addr":"192.0.2.1:1","remote_addr":"192.0.2.2:2","protocol":"tcp","state":"CLOSE"}
      """
    let server = try await NetmonService.serve(
      database, ["--user", "root", "--retention", "3650d", "--retention-ok", "3650d"])
    let reply = try await Netmon.shell(
      "curl -sSf -H 'Content-Type: application/json' -d '\(record)' \(server.url)/api/connections")
    #expect(reply.status == 0)
    #expect(await server.stop() == 0)
    let old = ["--db", database, "remote:192.0.2.2:2"]
    #expect(try await Netmon.query(old).count == 1)
    let collector = try await NetmonService.collect(database, ["--user", Self.user])
    #expect(try await eventually { try await Netmon.query(old).isEmpty })
    #expect(await collector.stop() == 0)
  }

  // MARK: - The calls that are left

  @Test("No thread can execute, trace, enter a namespace or load code any more")
  func forbidden() async throws {
    let result = try await ChildProcess.run(BuiltProducts.confined)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "")
  }
}
