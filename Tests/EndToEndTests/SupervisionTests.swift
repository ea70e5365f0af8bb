import Foundation
import TestSupport
import Testing

/// What the program tells a service manager, and how it writes to the journal.
@Suite("Supervision")
struct SupervisionTests {
  private let directory: TestDirectory
  private let listener: NotifyListener

  init() throws {
    directory = try TestDirectory()
    listener = try NotifyListener("@netmon-\(UUID().uuidString)")
  }

  private func start(
    _ arguments: [String], _ environment: [String: String] = [:]
  ) throws -> ChildProcess {
    try ChildProcess(
      BuiltProducts.netmon, arguments + ["--db", directory("netmon.db")],
      environment: Netmon.environment.merging(["NOTIFY_SOCKET": listener.name]) { $1 }
        .merging(environment) { $1 })
  }

  @Test(
    "A service says when it is ready, that it lives, and that it stops",
    arguments: [["serve", "--port", "0"], ["collect", "--interval", "100ms"]])
  func signs(arguments: [String]) async throws {
    let service = try start(arguments, ["WATCHDOG_USEC": "200000"])
    let line = try #require(await service.errors.line())
    // A beat may come before, from the moment that the store is there.
    var lines = try await listener.next()
    while lines == ["WATCHDOG=1"] { lines = try await listener.next() }
    #expect(lines == ["READY=1", "STATUS=" + line.dropFirst("netmon: ".count)])
    for _ in 0..<3 { #expect(try await listener.next() == ["WATCHDOG=1"]) }
    service.send(SIGTERM)
    #expect(try await listener.wait(for: "STOPPING=1"))
    #expect(await service.status == 0)
  }

  @Test("A process that is stuck gives no sign of life")
  func stuck() async throws {
    let service = try start(["serve", "--port", "0"], ["WATCHDOG_USEC": "100000"])
    #expect(try await listener.wait(for: "READY=1"))
    #expect(try await listener.wait(for: "WATCHDOG=1"))
    service.send(SIGSTOP)
    while try await listener.next(within: .milliseconds(500)) != nil {}
    service.send(SIGCONT)
    #expect(try await listener.wait(for: "WATCHDOG=1"))
    service.send(SIGTERM)
    #expect(await service.status == 0)
  }

  @Test("Without a watchdog there are no beats")
  func noWatchdog() async throws {
    let service = try start(["serve", "--port", "0"])
    #expect(try await listener.wait(for: "READY=1"))
    service.send(SIGTERM)
    #expect(try await listener.next() == ["STOPPING=1", "STATUS=stopping"])
    #expect(await service.status == 0)
  }

  @Test("In the journal every line has its priority")
  func journal() async throws {
    let script = """
      export JOURNAL_STREAM=$(stat -L -c %d:%i /dev/stderr)
      "$NETMON" serve --port 0 --db /proc/none/netmon.db
      "$NETMON" serve --port none
      JOURNAL_STREAM=1:1 "$NETMON" serve --port none
      NETMON_LOG_FORMAT=json "$NETMON" serve --port 0 --db /proc/none/netmon.db
      exec 2>&1
      "$NETMON" serve --port none
      """
    let result = try await Netmon.shell(script)
    let lines = result.errors.split(separator: "\n")
    try #require(lines.count == 4, "\(result.errors)")
    #expect(lines[0].hasPrefix("<3>error: ") && lines[0].contains("/proc/none"))
    #expect(lines[1].hasPrefix("<3>error: netmon serve: --port: 'none'"))
    #expect(lines[2].hasPrefix("netmon serve: --port: 'none'"))
    #expect(lines[3].hasPrefix(#"<3>{"time":""#) && lines[3].contains(#""level":"error""#))
    // What was redirected since is not read by the journal.
    #expect(result.output.hasPrefix("netmon serve: --port"))
  }

  @Test("JSON lines are objects", arguments: [["serve", "--port", "0"], ["collect"]])
  func json(arguments: [String]) async throws {
    let service = try start(arguments, ["NETMON_LOG_FORMAT": "json"])
    let line = try #require(await service.errors.line())
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    #expect(object?["level"] as? String == "notice")
    #expect((object?["message"] as? String)?.contains(directory("netmon.db")) == true)
    #expect((object?["time"] as? String)?.hasSuffix("Z") == true)
    #expect((object?["metadata"] as? [String: Any])?.isEmpty == true)
    service.send(SIGTERM)
    #expect(await service.status == 0)
    #expect(await service.errors.rest() == "")
  }
}
