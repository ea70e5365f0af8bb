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
      let next = keeper.nextMessage()
      message.yield(next)
      guard next == .gone else { return }
      message.finish()
      source.cancel()
    }
    source.activate()
    defer { source.cancel() }
    let supervision = Task { try await supervise(messages) }
    let work = Task { try await body() }
    let end = Task {
      // Without a keeper the server is to be started again as a whole.
      if case .failure = await supervision.result { work.cancel() }
    }
    let result = await work.result
    state.withLock { $0.isStopping = true }
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
        if case .failed(let message, _) = report { failure = message }
        note(report)
      case .ended(let status):
        let reason = failure ?? "its status is \(status)"
        failure = nil
        let isFirst = state.withLock { $0.report == nil }
        if isFirst { note(.failed(message: "the collector ended: \(reason)", code: 1)) }
        if state.withLock(\.isStopping) || !isCollecting { continue }
        try? await clock.sleep(for: pace.next(afterRunning: begin.duration(to: clock.now)))
        // A signal for all processes may have reached the collector first.
        if state.withLock(\.isStopping) || StopSignals.haveCome { continue }
        logger.error("the collector ended, starting it again", metadata: ["why": "\(reason)"])
        begin = clock.now
        keeper.startWorker()
      case .gone:
        if state.withLock(\.isStopping) { return }
        throw CommandError("the process that starts the collector has ended")
      }
    }
  }

  /// Whether the first start succeeded.
  private var isCollecting: Bool {
    if case .collecting = state.withLock(\.report) { true } else { false }
  }

  private func note(_ report: CollectorReport) {
    let isFirst = state.withLock { state in
      defer { state.report = state.report ?? report }
      return state.report == nil
    }
    guard isFirst else { return }
    firstReport.yield(report)
    firstReport.finish()
  }
}
