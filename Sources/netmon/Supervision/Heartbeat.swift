import NetmonCollector
import NetmonStore
import ServiceLifecycle

/// Tells the service manager that this process lives, as long as all its parts answer, and that it
/// ends. Best named last among services, as those stop first.
struct Heartbeat: Service {
  /// A part of the program that can be stuck; the call returns when it is not. A part that fails
  /// answers: a new start would fail as well.
  typealias Part = @Sendable () async -> Void

  private let supervisor: Supervisor
  private let parts: [Part]

  init(_ parts: [Part], to supervisor: Supervisor) {
    self.parts = parts
    self.supervisor = supervisor
  }

  /// The heartbeat of a program that writes to a store, and of a collector if there is one.
  init(of store: Store, _ collector: Collector?, to supervisor: Supervisor) {
    var parts: [Part] = [StorePulse(store).answer]
    if let collector { parts.append { await collector.answer() } }
    self.init(parts, to: supervisor)
  }

  /// Beats until graceful shutdown. A cancelled group begins again, which does not concern the
  /// manager.
  func run() async throws {
    try await withGracefulShutdownHandler {
      guard let watchdog = supervisor.watchdog else { return try await gracefulShutdown() }
      await cancelWhenGracefulShutdown { await beat(every: watchdog / 2) }
    } onGracefulShutdown: {
      supervisor.isStopping()
    }
  }

  private func beat(every interval: Duration) async {
    let clock = ContinuousClock()
    var next = clock.now
    while !Task.isCancelled {
      guard await allAnswer() else { return }
      supervisor.isAlive()
      // After a long wait for an answer there is no rush of beats.
      next = max(next.advanced(by: interval), clock.now)
      try? await clock.sleep(until: next)
    }
  }

  /// Waits for all parts, however long that takes, but not longer than this task may.
  private func allAnswer() async -> Bool {
    let (answers, answer) = AsyncStream<Void>.makeStream()
    // Not a child task: a stuck part would keep the program from its end.
    Task { [parts] in
      await withDiscardingTaskGroup { group in
        for part in parts { group.addTask { await part() } }
      }
      answer.yield()
    }
    for await _ in answers { return true }
    return false
  }
}
