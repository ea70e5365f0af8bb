import Dispatch
import Logging
import NetmonKernel
import Synchronization

/// The collector of `serve --collect` as its server sees it: a process that a privileged keeper
/// starts, and starts again when it has ended.
final class CollectorProcess: Sendable {
  private struct State {
    var report: CollectorReport?
    var isStopping = false
    /// Waits to start the collector again.
    var restart: Task<Void, any Error>?
  }

  private let keeper: WorkerKeeper
  private let logger: Logger
  private let state = Mutex(State())
  private let (firstReports, firstReport) = AsyncStream<CollectorReport>.makeStream()

  init(_ keeper: WorkerKeeper, logger: Logger) {
    self.keeper = keeper
    self.logger = logger
  }

  /// Runs `body`, looks after the collector meanwhile, and has it end then.
  ///
  /// - Throws: what `body` throws, or ``CommandError`` when no collector can be started any more.
  func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
    let (messages, message) = AsyncStream<WorkerKeeper.Message>.makeStream()
    let source = DispatchSource.makeReadSource(
      fileDescriptor: keeper.descriptor, queue: DispatchQueue(label: "netmon.keeper"))
    source.setEventHandler { [keeper] in
      // All that has come: of a channel that is closed libdispatch tells but once.
      while let next = keeper.nextMessage() {
        message.yield(next)
        guard next == .gone else { continue }
        message.finish()
        source.cancel()
        return
      }
    }
    source.activate()
    defer { source.cancel() }
    let supervision = Task { try await supervise(messages) }
    let end = Task {
      guard case .failure = await supervision.result else { return }
      // Without a keeper the server is to be started again as a whole.
      firstReport.finish()
      StopSignals.note()
    }
    let result = await Task { try await body() }.result
    state.withLock { state in
      state.isStopping = true
      state.restart?.cancel()
    }
    keeper.stop()
    await end.value
    try await supervision.value
    try result.get()
  }

  /// Starts the collector, if it was not, and tells how it collects.
  ///
  /// - Throws: ``CommandError`` if it cannot.
  func start() async throws -> CollectorReport {
    if let report = state.withLock(\.report) { return report }
    keeper.startWorker()
    for await report in firstReports {
      if case .failed(let message, let code) = report {
        throw CommandError(message, ExitCode(rawValue: code) ?? .failure)
      }
      return report
    }
    throw CancellationError()
  }

  private func supervise(_ messages: AsyncStream<WorkerKeeper.Message>) async throws {
    let clock = ContinuousClock()
    var pace = RestartPace()
    var begin = clock.now
    var failure: String?
    for await message in messages {
      switch message {
      case .report(let text):
        guard let report = CollectorReport(text: text) else { continue }
        let isFirst = note(report)
        switch report {
        case .failed(let message, _): failure = message
        case .collecting(let tierLine, _):
          // Maybe in another tier than before.
          if !isFirst { logger.notice("collecting again", metadata: ["how": "\(tierLine)"]) }
        }
      case .ended(let status):
        let reason = failure ?? "its status is \(status)"
        failure = nil
        note(.failed(message: "the collector ended: \(reason)", code: 1))
        if state.withLock(\.isStopping) || !isCollecting { continue }
        let wait = pace.next(afterRunning: begin.duration(to: clock.now))
        begin = clock.now + wait
        let restart = Task {
          try await clock.sleep(for: wait)
          startAgain(reason)
        }
        state.withLock { $0.restart = restart }
      case .gone:
        if state.withLock(\.isStopping) { return }
        throw CommandError("the process that starts the collector has ended")
      }
    }
  }

  private func startAgain(_ reason: String) {
    // A signal for all processes may have reached the collector first.
    if state.withLock(\.isStopping) || StopSignals.haveCome { return }
    logger.error("the collector ended, starting it again", metadata: ["why": "\(reason)"])
    keeper.startWorker()
  }

  /// Whether the first start succeeded.
  private var isCollecting: Bool {
    if case .collecting = state.withLock(\.report) { true } else { false }
  }

  /// Hands out the first report, and says whether it was this one.
  @discardableResult
  private func note(_ report: CollectorReport) -> Bool {
    let isFirst = state.withLock { state in
      defer { state.report = state.report ?? report }
      return state.report == nil
    }
    if isFirst {
      firstReport.yield(report)
      firstReport.finish()
    }
    return isFirst
  }
}
