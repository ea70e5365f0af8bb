import Dispatch
import Foundation
import TestSupport
import Testing

@testable import NetmonStore
@testable import netmon

/// What a service manager is told, over a socket of its kind.
struct SupervisorTests {
  private let path = FileManager.default.temporaryDirectory.path + "/notify-\(UUID().uuidString)"

  @Test(arguments: [true, false])
  func itIsTold(isAbstract: Bool) async throws {
    let listener = try NotifyListener(isAbstract ? "@netmon-\(UUID().uuidString)" : path)
    let supervisor = Supervisor(environment: ["NOTIFY_SOCKET": listener.name])
    supervisor.isReady("serving \u{1B}[2J\nREADY=0")
    #expect(try await listener.next() == ["READY=1", "STATUS=serving \\x1b[2J\\x0aREADY=0"])
    supervisor.isAlive()
    #expect(try await listener.next() == ["WATCHDOG=1"])
    supervisor.isStopping()
    #expect(try await listener.next() == ["STOPPING=1", "STATUS=stopping"])
  }

  @Test(arguments: ["", "/", "@", "netmon", "vsock:2:1", "/" + String(repeating: "x", count: 108)])
  func whatIsNoSocketIsLeftAlone(name: String) {
    let supervisor = Supervisor(
      environment: ["NOTIFY_SOCKET": name, "WATCHDOG_USEC": "1000000"])
    #expect(supervisor.watchdog == nil)
    supervisor.isAlive()
  }

  /// 107 bytes is the most that sun_path holds with its NUL.
  @Test func aLongPathIsWhole() async throws {
    let long = String(path.prefix(60))
    let listener = try NotifyListener(long + String(repeating: "x", count: 107 - long.count))
    Supervisor(environment: ["NOTIFY_SOCKET": listener.name]).isAlive()
    #expect(try await listener.next() == ["WATCHDOG=1"])
  }

  @Test func aManagerThatIsGoneIsNoError() throws {
    let supervisor = Supervisor(environment: ["NOTIFY_SOCKET": path])
    supervisor.isAlive()
    let listener = try NotifyListener(path)
    _ = consume listener
    supervisor.isAlive()
  }

  @Test(
    arguments: [
      ([:], nil),
      (["WATCHDOG_USEC": "3000000"], .seconds(3)),
      (["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "\(getpid())"], .seconds(3)),
      (["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"], nil),
      (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "-5"], nil),
      (["WATCHDOG_USEC": "soon"], nil),
    ] as [([String: String], Duration?)])
  func theWatchdogIsForWhomItIsMeant(environment: [String: String], watchdog: Duration?) {
    let environment = environment.merging(["NOTIFY_SOCKET": path]) { $1 }
    #expect(Supervisor(environment: environment).watchdog == watchdog)
  }
}

/// Signs of life, while there is life.
struct HeartbeatTests {
  private let listener: NotifyListener
  private let supervisor: Supervisor

  init() throws {
    listener = try NotifyListener("@netmon-\(UUID().uuidString)")
    supervisor = Supervisor(
      environment: ["NOTIFY_SOCKET": listener.name, "WATCHDOG_USEC": "20000"])
  }

  @Test func itBeatsWhileAllAnswer() async throws {
    let heart = Task { [supervisor] in try await Heartbeat([{}, {}], to: supervisor).run() }
    for _ in 0..<5 { #expect(try await listener.next() == ["WATCHDOG=1"]) }
    heart.cancel()
    try await heart.value
  }

  @Test func aStuckPartStopsItUntilItAnswers() async throws {
    let (questions, question) = AsyncStream<Void>.makeStream()
    let (answers, answer) = AsyncStream<Void>.makeStream()
    let part: Heartbeat.Part = {
      question.yield()
      for await _ in answers { return }
    }
    let heart = Task { [supervisor] in try await Heartbeat([{}, part], to: supervisor).run() }
    var asked = questions.makeAsyncIterator()
    for _ in 0..<3 {
      await asked.next()
      // Twenty times the interval, in which the other part would have answered again and again.
      #expect(try await listener.next(within: .milliseconds(200)) == nil)
      answer.yield()
      #expect(try await listener.next() == ["WATCHDOG=1"])
    }
    // Its end does not wait for a part that is stuck.
    await asked.next()
    heart.cancel()
    try await heart.value
  }

  @Test func aStuckWriterStopsIt() async throws {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "netmon-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    let store = try Store(path: directory.appending(path: "netmon.db").path())
    let heart = Task { [supervisor] in
      try await Heartbeat(of: store, nil, to: supervisor).run()
    }
    #expect(try await listener.next() == ["WATCHDOG=1"])

    // As a disk would that does not answer.
    let (begins, begin) = AsyncStream<Void>.makeStream()
    let end = DispatchSemaphore(value: 0)
    DispatchQueue.global().async {
      try? store.withWriter { _ in
        begin.yield()
        end.wait()
      }
    }
    for await _ in begins { break }
    while try await listener.next(within: .milliseconds(200)) != nil {}
    end.signal()
    #expect(try await listener.next() == ["WATCHDOG=1"])

    // Errors are answers.
    try FileManager.default.removeItem(at: directory)
    for _ in 0..<3 { #expect(try await listener.next() == ["WATCHDOG=1"]) }
    heart.cancel()
    try await heart.value
  }
}
