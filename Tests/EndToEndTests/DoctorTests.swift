import Foundation
import Testing
import TestSupport

/// What `netmon doctor` says, and that it and others clear up.
@Suite("netmon doctor")
struct DoctorTests {
  private let directory: TestDirectory
  private let database: String

  init() throws {
    directory = try TestDirectory()
    database = directory("netmon.db")
  }

  private func report(_ program: [String] = [BuiltProducts.netmon]) async throws -> DoctorReport {
    let result = try await ChildProcess.run(
      program[0], program.dropFirst() + ["doctor", "--db", database, "-o", "json"],
      environment: Netmon.environment)
    guard result.status == 0 else { throw Netmon.Failure(result: result) }
    return try DoctorReport(result.output)
  }

  @Test("It tells the tier that collect uses, and leaves nothing behind")
  func tellsTheTruth() async throws {
    let report = try await report()
    let collector = try await NetmonService.collect(database)
    let tier = try #require(report.tier)
    #expect(collector.announcement.contains("\(tier) tier: \(report.meaning ?? "")"))
    #expect(Set(report.checks.map(\.check)).count == report.checks.count)
    for check in report.checks {
      #expect(["ok", "limited", "missing"].contains(check.state))
      #expect(!check.check.contains(" "))
      if check.state == "missing" { #expect(check.finding != nil && check.remedy != nil) }
    }
    #expect(report["database"]?.finding == "\(database) will be made by collect")
    let later = try await self.report()
    #expect(later["collector"]?.finding == "process \(collector.process.pid) collects into it")
    #expect(later["gaps"]?.state == "ok")
    #expect(await collector.stop() == 0)
    #expect(try await self.report()["collector"]?.finding?.hasPrefix("no process") == true)
  }

  @Test("Every format has the same checks")
  func formats() async throws {
    let names = try await report().checks.map(\.check)
    func print(_ format: String) async throws -> [Substring] {
      try await Netmon.run(["doctor", "--db", database, "-o", format]).output
        .split(separator: "\n")
    }
    let table = try await print("table")
    #expect(table.first?.contains(" tier: ") == true)
    #expect(table.dropFirst(2).map { $0.prefix { $0 != " " } } == names.map { $0[...] })
    let lines = try await print("jsonl")
    #expect(
      try DoctorReport("{\"checks\":[\(lines.joined(separator: ","))]}").checks.map(\.check)
        == names)
    let rows = try await Netmon.run(["doctor", "--db", database, "-o", "csv"]).output
      .components(separatedBy: "\r\n")
    #expect(rows.dropLast().map { $0.prefix { $0 != "," } } == ["check"] + names.map { $0[...] })
  }

  @Test(
    "A narrow terminal cuts no remedy",
    arguments: [60, 80, 200])
  func terminal(columns: Int) async throws {
    let report = try await report()
    let output = try await Terminal.run(
      "netmon doctor", columns: columns, environment: ["NETMON_DB": database])
    #expect(!output.contains("…"))
    let words = output.split { $0.isWhitespace }.joined(separator: " ")
    for check in report.checks {
      #expect(words.contains(check.check))
      if let remedy = check.remedy { #expect(words.contains(remedy), "\(check.check)") }
    }
  }

  @Test("A database of another program is missing, with the remedy")
  func foreignDatabase() async throws {
    try Data("no database at all, but long enough to be looked at as one".utf8)
      .write(to: URL(fileURLWithPath: database))
    let check = try await report()["database"]
    #expect(check?.state == "missing")
    #expect(check?.finding?.contains("name another file") == true)
  }
}

/// With the kernel's events.
@Suite(
  "netmon doctor with tracefs",
  .enabled("needs root, tracefs and unshare") { await TraceInstances.canBeSeen() })
struct DoctorKernelTests {
  private let directory: TestDirectory

  init() throws {
    directory = try TestDirectory()
  }

  @Test("What a killed collector left is removed by doctor, and by the next collector")
  func remains() async throws {
    for remover in ["doctor", "collect"] {
      let killed = try await NetmonService.collect(directory("killed-\(remover).db"))
      let pid = killed.process.pid
      let instance = try #require(try await TraceInstances.names(of: pid).first)
      #expect(await killed.stop(with: SIGKILL) == 128 + SIGKILL)
      #expect(try await TraceInstances.names(of: pid) == [instance])
      if remover == "doctor" {
        let result = try await Netmon.run(
          ["doctor", "--db", directory("none.db"), "-o", "json"])
        let finding = try DoctorReport(result.output)["leftovers"]?.finding
        #expect(finding?.contains(instance) == true)
      } else {
        let next = try await NetmonService.collect(directory("next.db"))
        #expect(await next.process.errors.line(containing: instance) != nil)
        // Once it records, it listens to signals.
        #expect(
          try await eventually { try await !Netmon.query(["--db", directory("next.db")]).isEmpty })
        #expect(await next.stop() == 0)
      }
      #expect(try await TraceInstances.names(of: pid) == [])
    }
  }

  @Test("A collector that is stopped leaves nothing", arguments: [SIGTERM, SIGINT])
  func cleanStop(signal: Int32) async throws {
    let collector = try await NetmonService.collect(directory("netmon.db"))
    #expect(try await TraceInstances.names(of: collector.process.pid).count == 1)
    #expect(await collector.stop(with: signal) == 0)
    #expect(try await TraceInstances.names(of: collector.process.pid) == [])
  }

  @Test("Two collectors record side by side, and doctor leaves both alone")
  func sideBySide() async throws {
    let databases = [directory("first.db"), directory("second.db")]
    let first = try await NetmonService.collect(databases[0])
    let second = try await NetmonService.collect(databases[1])
    #expect(try await Netmon.run(["doctor", "--db", databases[0]]).status == 0)
    for collector in [first, second] {
      #expect(try await TraceInstances.names(of: collector.process.pid).count == 1)
    }
    try await expectRecords(in: databases)
    #expect(await second.stop() == 0)
    #expect(try await TraceInstances.names(of: first.process.pid).count == 1)
    try await expectRecords(in: [databases[0]])
    #expect(await first.stop() == 0)
  }

  /// Has an attempt refused, too short for polling, and waits until all have it.
  private func expectRecords(in databases: [String]) async throws {
    let listener = try TCPSocket.listening()
    let filter = "remote:\(listener.address)"
    shutdown(listener.descriptor, Int32(SHUT_RDWR))
    #expect(throws: TCPSocket.Failure.self) { try TCPSocket.connected(to: listener) }
    for database in databases {
      let isThere = try await eventually {
        try await Netmon.query(["--db", database, filter]).map(\.error) == ["ECONNREFUSED"]
      }
      #expect(isThere, "\(database)")
    }
  }

  @Test("The self-test sees every class")
  func selfTest() async throws {
    let result = try await Netmon.run(["doctor", "--selftest", "-o", "json"])
    let report = try SelfTestReport(result.output)
    #expect(report.tier == "kernel")
    #expect(report.passed)
    #expect(result.status == 0)
    for verdict in report.classes {
      #expect(
        verdict.state == "pass", "\(verdict.class): \(verdict.missing) \(verdict.reason ?? "")")
      #expect(verdict.told != nil)
      #expect(verdict.records.isEmpty == (verdict.class == "unix-socket"))
    }
    #expect(report.classes.count > 40)
  }
}
