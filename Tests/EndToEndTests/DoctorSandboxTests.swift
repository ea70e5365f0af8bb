import Foundation
import Testing
import TestSupport

/// netmon where it may do less: it says so in one line with the remedy, and goes on.
@Suite(
  "netmon with less privilege",
  .enabled(if: geteuid() == 0 && ChildProcess.find("setpriv") != nil, "needs root and setpriv"))
struct DoctorSandboxTests {
  /// A place to be in, with the words that start a program there, and the remedy told there.
  struct Place: CustomTestStringConvertible {
    var testDescription: String
    var words: [String]
    var remedy: String

    /// Where tracefs is mounted, its owner may use it without any capability: it is hidden there.
    var command: [String] {
      let hide = "umount -lq /sys/kernel/debug/tracing /sys/kernel/debug /sys/kernel/tracing"
      return ["unshare", "--mount", "sh", "-c", "\(hide) 2>/dev/null; exec \"$@\"", "sh"] + words
    }
  }

  static let places = [
    Place(
      testDescription: "an ordinary user",
      words: ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"],
      remedy: "run as root"),
    Place(
      testDescription: "root of a user namespace", words: ["unshare", "--user", "--map-root-user"],
      remedy: "CAP_SYS_ADMIN"),
    Place(
      testDescription: "root without capabilities",
      words: [
        "setpriv", "--bounding-set=-sys_admin,-perfmon", "--inh-caps=-sys_admin,-perfmon",
      ], remedy: "CAP_SYS_ADMIN"),
  ]

  private let directory: TestDirectory
  private let netmon: String

  init() async throws {
    directory = try TestDirectory()
    netmon = try await directory.copy(of: BuiltProducts.netmon, named: "netmon")
    // For any user's databases and temporary files.
    guard chmod(directory.path, 0o777) == 0 else { throw CocoaError(.fileWriteNoPermission) }
  }

  private func run(_ place: Place, _ arguments: [String]) async throws -> ChildProcess.Result {
    try await ChildProcess.run(
      place.command[0], place.command.dropFirst() + [netmon] + arguments,
      environment: Netmon.environment.merging(["TMPDIR": directory.path]) { $1 })
  }

  @Test(
    "doctor finds a tier that works, and tells what is missing for a better one", arguments: places)
  func doctor(place: Place) async throws {
    let result = try await run(place, ["doctor", "--db", directory("none.db"), "-o", "json"])
    #expect(result.status == 0)
    let report = try DoctorReport(result.output)
    #expect(report.tier == "diag")
    #expect(report["tracefs"]?.state == "missing")
    #expect(report["tracefs"]?.remedy?.contains(place.remedy) == true)
    #expect(report["perf-sideband"]?.state == "missing")
    #expect(report["perf-sideband"]?.remedy?.contains("CAP_PERFMON") == true)
    #expect(report.checks.allSatisfy { $0.finding?.contains("errno ") != true })
  }

  @Test(
    "collect says so in its first line, with the remedy, and records what it can", arguments: places
  )
  func collect(place: Place) async throws {
    let listener = try TCPSocket.listening()
    let database = directory("netmon.db")
    let collector = try ChildProcess(
      place.command[0],
      place.command.dropFirst() + [netmon, "collect", "--db", database, "--interval", "100ms"],
      environment: Netmon.environment)
    let line = try #require(await collector.errors.line())
    #expect(line.contains("diag tier: "))
    #expect(line.contains("(no kernel tier: tracefs: "))
    #expect(line.contains("EPERM") || line.contains("EACCES"))
    #expect(line.contains(place.remedy))
    let isRecorded = try await eventually {
      let count = try await run(
        place, ["query", "--db", database, "--count", "local:\(listener.address)"])
      return count.output == "1\n"
    }
    #expect(isRecorded)
    collector.send(SIGTERM)
    #expect(await collector.status == 0)
  }

  @Test("The self-test passes, and says what it skipped", arguments: places)
  func selfTest(place: Place) async throws {
    let result = try await run(place, ["doctor", "--selftest", "-o", "json"])
    #expect(result.status == 0)
    let report = try SelfTestReport(result.output)
    #expect(report.tier == "diag")
    let passed = report.classes.filter { $0.state == "pass" }.map(\.class)
    #expect(passed == ["success-ipv4", "udp-ipv4", "success-ipv6", "udp-ipv6"])
    #expect(report.classes.allSatisfy { $0.state != "skipped" || $0.reason != nil })
  }
}
