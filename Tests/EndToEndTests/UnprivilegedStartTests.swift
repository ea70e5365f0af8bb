import Foundation
import Testing
import TestSupport

/// A collector that is not started as root, but with capabilities as a service manager gives them.
@Suite(
  "Started with capabilities alone",
  .enabled(if: geteuid() == 0 && ChildProcess.find("setpriv") != nil, "needs root and setpriv"))
struct UnprivilegedStartTests {
  private let directory: TestDirectory
  private let netmon: String
  private let database: String

  init() async throws {
    directory = try TestDirectory()
    netmon = try await directory.copy(of: BuiltProducts.netmon, named: "netmon")
    database = directory("state/netmon.db")
    guard mkdir(directory("state"), 0o755) == 0, chown(directory("state"), 65534, 65534) == 0 else {
      throw CocoaError(.fileWriteUnknown)
    }
  }

  /// What precedes a command that is to have these capabilities and no others, where tracefs is
  /// mounted as on any host.
  private func words(_ capabilities: [String], script: String = "") -> [String] {
    let list = (["-all"] + capabilities.map { "+\($0)" }).joined(separator: ",")
    return [
      "unshare", "--mount", "sh", "-c",
      "mount -t tracefs nodev /sys/kernel/tracing 2>/dev/null; \(script) exec \"$@\"", "sh",
      "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps", list,
      "--ambient-caps", list, "--bounding-set", list,
    ]
  }

  private func start(
    _ capabilities: [String], _ arguments: [String] = []
  ) throws -> ChildProcess {
    let words = words(capabilities)
    return try ChildProcess(
      words[0],
      words.dropFirst() + [netmon, "collect", "--db", database, "--interval", "100ms"] + arguments,
      environment: Netmon.environment)
  }

  private static let starting = [
    "sys_ptrace", "dac_read_search", "net_admin", "net_broadcast", "perfmon", "dac_override",
  ]

  @Test("With all that it needs it works as for root, and gives up what it needs no longer")
  func all() async throws {
    guard await TraceInstances.canBeSeen() else { return }
    let collector = try start(Self.starting)
    let line = try #require(await collector.errors.line())
    #expect(line.hasSuffix("kernel tier: every TCP attempt is told with its error and process"))
    let status = try ThreadStatus.all(of: collector.pid)
    #expect(status.different.count == 1 && status.count > 1)
    #expect(status.different.first?.effective == "0000004000081004")
    #expect(status.different.first?.permitted == "0000004000081004")
    #expect(status.different.first?.ambient == "0000000000000000")
    #expect(status.different.first?.hasNoNewPrivileges == true)
    // Another user's process that is refused.
    let address = try TCPSocket.listening().address
    let port = address.split(separator: ":").last ?? ""
    _ = try await ChildProcess.run("bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port)"])
    let isRefused = try await eventually {
      try await Netmon.query(["--db", database, "error:ECONNREFUSED", "port:\(port)"])
        .contains { $0.process_path.hasSuffix("/bash") }
    }
    #expect(isRefused)
    #expect(try await TraceInstances.names(of: collector.pid).count == 1)
    collector.send(SIGTERM)
    #expect(await collector.status == 0)
    #expect(try await TraceInstances.names(of: collector.pid).isEmpty)
  }

  @Test("Without what tracefs takes it polls, says so with the remedy, and knows every process")
  func polling() async throws {
    let listener = try TCPSocket.listening()
    let collector = try start(["sys_ptrace", "dac_read_search"])
    let line = try #require(await collector.errors.line())
    #expect(line.contains("diag tier: ") && line.contains("CAP_DAC_OVERRIDE"))
    #expect(!line.contains("stay unknown"))
    let isKnown = try await eventually {
      try await Netmon.query(["--db", database, "local:\(listener.address)"])
        .contains { $0.process_id == getpid() && !$0.process_path.isEmpty }
    }
    #expect(isKnown)
    collector.send(SIGTERM)
    #expect(await collector.status == 0)
  }

  @Test("What is missing is told by the first line and by doctor")
  func missing() async throws {
    let collector = try start(["sys_ptrace"])
    let line = try #require(await collector.errors.line())
    #expect(line.contains("stay unknown without CAP_DAC_READ_SEARCH"))
    collector.send(SIGTERM)
    #expect(await collector.status == 0)

    let words = words(["sys_ptrace"])
    let result = try await ChildProcess.run(
      words[0], words.dropFirst() + [netmon, "doctor", "--db", database, "-o", "json"],
      environment: Netmon.environment)
    let check = try #require(try DoctorReport(result.output)["capabilities"])
    #expect(check.state == "limited")
    #expect(check.finding?.contains("CAP_DAC_READ_SEARCH") == true)
    #expect(check.finding?.contains("CAP_SYS_PTRACE") == false)
    #expect(check.remedy?.contains("AmbientCapabilities=") == true)
  }

  @Test("Only root becomes another user, and only one that there is")
  func users() async throws {
    let result = try await ChildProcess.run(
      "setpriv",
      ["--reuid", "65534", "--regid", "65534", "--clear-groups", netmon, "collect"]
        + ["--db", database, "--user", "root"], environment: Netmon.environment)
    #expect(result.status == 1)
    #expect(result.errors == "netmon: only root can become the user 'root': leave --user out\n")
    for command in ["collect", "serve"] {
      let unknown = try await Netmon.run([command, "--db", database, "--user", "no-such-user"])
      #expect(unknown.status == 1)
      #expect(unknown.errors == "netmon: there is no user 'no-such-user': see --user\n")
    }
  }

  @Test("A database that the user cannot write is one clear line", arguments: ["collect", "serve"])
  func unwritable(command: String) async throws {
    // The directory holds other things, so it is not given away.
    let path = directory("netmon.db")
    let result = try await Netmon.run([command, "--db", path, "--user", "nobody"])
    #expect(result.status == 1)
    #expect(result.errors.contains("the user nobody cannot write \(directory.path): "))
    #expect(result.errors.count { $0 == "\n" } == 1)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("Root becomes netmon where there is such a user, unless it is told to stay")
  func defaultUser() async throws {
    for (options, uid) in [([String](), "65432"), (["--user", "root"], "0")] {
      let place = directory("place-\(uid)/netmon.db")
      // A copy of the list of users stands in for it, for this process alone.
      let script = """
        cp /etc/passwd "$DIR/passwd" && echo 'netmon:x:65432:65432::/:/bin/false' >> "$DIR/passwd"
        mount --bind "$DIR/passwd" /etc/passwd && exec "$@"
        """
      let collector = try ChildProcess(
        "unshare",
        ["--mount", "sh", "-c", script, "sh", netmon, "collect", "--source", "diag"]
          + ["--db", place] + options,
        environment: Netmon.environment.merging(["DIR": directory.path]) { $1 })
      _ = try #require(await collector.errors.line())
      let status = try ThreadStatus.all(of: collector.pid)
      #expect(status.different.count == 1)
      #expect(status.different.first?.uids == [uid, uid, uid, uid])
      #expect(status.different.first?.effective == "0000000000080004")
      collector.send(SIGTERM)
      #expect(await collector.status == 0)
    }
  }
}
