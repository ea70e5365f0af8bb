import Foundation
import Testing
import TestSupport

/// A server holds no privilege, and the collector that it may have is another process.
@Suite(
  "The privilege of a server",
  .enabled(if: geteuid() == 0 && ChildProcess.find("setpriv") != nil, "needs root and setpriv"))
struct SeparatedServerTests {
  private let directory: TestDirectory
  private let database: String

  /// nobody of every Linux.
  private static let uid = "65534"
  private static let user = "nobody"

  init() throws {
    directory = try TestDirectory()
    database = directory("state/netmon.db")
  }

  @Test(
    "A port below 1024 takes one capability, which it keeps",
    .enabled(if: ChildProcess.find("ip") != nil, "needs ip"))
  func lowPort() async throws {
    // In a network of its own every port is free.
    let server = try ChildProcess(
      "unshare",
      ["--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh", BuiltProducts.netmon]
        + ["serve", "--port", "80", "--db", database, "--user", Self.user],
      environment: Netmon.environment)
    let line = try #require(await server.errors.line())
    #expect(line.contains("serving http://127.0.0.1:80/"))
    try ThreadStatus.expectAll(
      of: server.pid, uid: Self.uid, capabilities: .init("0000000000000400"))
    server.send(SIGTERM)
    #expect(await server.status == 0)
  }

  @Test("serve becomes the user and has no capability")
  func serve() async throws {
    let server = try await NetmonService.serve(database, ["--user", Self.user])
    try ThreadStatus.expectAll(of: server.process.pid, uid: Self.uid, capabilities: .none)
    let ready = try await Netmon.shell("curl -sf \(server.url)/readyz \(server.url)/metrics")
    #expect(ready.status == 0)
    #expect(Descendants.all(of: server.process.pid).isEmpty)
    #expect(await server.stop() == 0)
  }

  @Test("The server of serve --collect has no capability, and its collector is started again")
  func serveAndCollect() async throws {
    let pair = try TCPPair()
    let server = try await NetmonService.serve(
      database, ["--collect", "--user", Self.user, "--interval", "100ms"])
    let process = server.process.pid
    try ThreadStatus.expectAll(of: process, uid: Self.uid, capabilities: .none)
    let worker = try #require(Descendants.first(named: "netmon-collect", of: process))
    let isTracing = server.announcement.contains("kernel tier: ")
    try ThreadStatus.expectAll(
      of: worker, uid: Self.uid, capabilities: isTracing ? .tracing : .polling)
    let source = ["--server", server.url] + pair.filter
    #expect(try await eventually { try await Netmon.query(source).count == 3 })

    kill(worker, SIGKILL)
    #expect(await server.process.errors.line(containing: "starting it again") != nil)
    let again = try #require(await server.process.errors.line())
    #expect(again.contains("collecting again") && again.contains(" tier: "))
    let later = try TCPPair()
    let isRecording = try await eventually {
      try await Netmon.query(["--server", server.url] + later.filter).count == 3
    }
    #expect(isRecording)
    let next = try #require(Descendants.first(named: "netmon-collect", of: process))
    #expect(next != worker)
    #expect(await server.stop() == 0)
    for process in [worker, next] where await TraceInstances.canBeSeen() {
      #expect(try await TraceInstances.names(of: process).isEmpty)
    }
  }

  @Test(
    "Both go on with the same new database when theirs is gone or damaged",
    arguments: ["deleted", "replaced by a damaged one"])
  func healing(damage: String) async throws {
    let server = try await NetmonService.serve(
      database, ["--collect", "--user", Self.user, "--interval", "100ms"])
    for _ in 0..<3 {
      let worker = try #require(
        Descendants.first(named: "netmon-collect", of: server.process.pid))
      for suffix in ["", "-wal", "-shm"] {
        try FileManager.default.removeItem(atPath: database + suffix)
      }
      if damage != "deleted" {
        try Data(repeating: 0x5A, count: 1 << 16).write(to: URL(fileURLWithPath: database))
      }
      let line = try #require(await server.process.errors.line(containing: "serving http"))
      #expect(line.contains(" tier: "))
      let url = try #require(line.firstMatch(of: /http:\/\/[0-9.]+:[0-9]+/)).output.description
      let pair = try TCPPair()
      let isRecorded = try await eventually {
        // While both begin anew the server may be away for a moment.
        let found = try? await Netmon.query(["--server", url] + pair.filter)
        return found?.count == 3
      }
      #expect(isRecorded)
      // It began anew without being started again.
      #expect(Descendants.first(named: "netmon-collect", of: server.process.pid) == worker)
    }
    #expect(await server.stop() == 0)
  }

  @Test("With a server that is killed its collector ends, and leaves nothing behind")
  func serverKilled() async throws {
    let server = try await NetmonService.serve(database, ["--collect", "--user", Self.user])
    let process = server.process.pid
    let worker = try #require(Descendants.first(named: "netmon-collect", of: process))
    #expect(await server.stop(with: SIGKILL) == 128 + SIGKILL)
    // It ends in an orderly way: its lock is free, and all that it knew is stored.
    #expect(try await eventually { !FileManager.default.fileExists(atPath: "/proc/\(worker)/exe") })
    if await TraceInstances.canBeSeen() {
      #expect(try await eventually { try await TraceInstances.names(of: worker).isEmpty })
    }
    let next = try await NetmonService.collect(database, ["--user", Self.user])
    #expect(await next.stop() == 0)
  }

  /// A server that collects, with the pids of its keeper and its collector.
  private func separated() async throws -> (server: NetmonService, keeper: Int32, worker: Int32) {
    let server = try await NetmonService.serve(database, ["--collect", "--user", Self.user])
    let process = server.process.pid
    return (
      server, try #require(Descendants.first(named: "netmon-keeper", of: process)),
      try #require(Descendants.first(named: "netmon-collect", of: process))
    )
  }

  @Test("Without its keeper a server ends with one line, and its collector with it")
  func keeperKilled() async throws {
    let (server, keeper, worker) = try await separated()
    kill(keeper, SIGKILL)
    #expect(await server.process.status == 1)
    let errors = await server.process.errors.rest()
    #expect(errors == "netmon: the process that starts the collector has ended\n")
    #expect(try await eventually { !FileManager.default.fileExists(atPath: "/proc/\(worker)/exe") })
  }

  @Test("A server that comes late to the end of both, collector and keeper, learns of both")
  func keeperKilledBehindItsBack() async throws {
    let (server, keeper, worker) = try await separated()
    kill(server.process.pid, SIGSTOP)
    kill(worker, SIGKILL)
    let isReaped = try await eventually {
      !FileManager.default.fileExists(atPath: "/proc/\(worker)")
    }
    #expect(isReaped)
    kill(keeper, SIGKILL)
    let hasEnded = try await eventually {
      !FileManager.default.fileExists(atPath: "/proc/\(keeper)/exe")
    }
    #expect(hasEnded)
    kill(server.process.pid, SIGCONT)
    #expect(await server.process.status == 1)
    let errors = await server.process.errors.rest()
    #expect(errors == "netmon: the process that starts the collector has ended\n")
  }

  @Test("A signal from the terminal, which all of them get, ends all of them in silence")
  func interrupted() async throws {
    let server = try ChildProcess(
      "setsid",
      [BuiltProducts.netmon, "serve", "--collect", "--port", "0", "--db", database]
        + ["--user", Self.user], environment: Netmon.environment)
    _ = try #require(await server.errors.line())
    let all = Descendants.all(of: server.pid)
    #expect(all.count >= 2)
    kill(-server.pid, SIGINT)
    #expect(await server.status == 0)
    #expect(await server.errors.rest() == "")
    let haveEnded = try await eventually {
      all.allSatisfy { !FileManager.default.fileExists(atPath: "/proc/\($0)/exe") }
    }
    #expect(haveEnded)
  }
}
