public import Logging
public import NetmonCore
public import NetmonKernel
public import NetmonStore
public import ServiceLifecycle

/// Watches this host: looks at its sockets at an interval, and commits what changed to the store.
///
/// Records that could not be stored are kept and tried again with the next flush; nothing that was
/// seen is dropped while memory for it lasts, and what is dropped is counted as a gap.
public actor Collector: Service {
  public struct Configuration: Sendable {
    /// The name of this host in records.
    public var host: String
    /// The tier to use; nil is the best that works here.
    public var tier: Tier?
    /// The time between two looks at all sockets.
    public var interval: Duration
    /// Whether the kernel tier also follows connect(2) itself; see
    /// `KernelSource.Options.traceSyscalls`.
    public var tracesSyscalls: Bool
    /// Executable whose sockets are left out; nil leaves nothing out.
    public var excludedPath: String?

    public init(
      host: String, tier: Tier? = nil, interval: Duration = .seconds(1),
      tracesSyscalls: Bool = false, excludedPath: String? = nil
    ) {
      self.host = host
      self.tier = tier
      self.interval = interval
      self.tracesSyscalls = tracesSyscalls
      self.excludedPath = excludedPath
    }
  }

  /// Records waiting for a store that does not take them; more than this are dropped, oldest
  /// first (about 100 MB).
  static let maximumPending = 200_000

  /// How many records one transaction takes.
  private static let flushSize = 8192
  /// What is stored at a time when little happens.
  private static let calm = 256

  /// Origin numbers reserved for one run: more than it can use (2⁴⁰), so it asks only once.
  static let numbersPerRun = 1 << 40

  private let executor = BlockingExecutor(label: "netmon.collector")
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  private let configuration: Configuration
  private var lock: CollectorLock?
  private let store: Store
  private let logger: Logger
  private let now: @Sendable () -> Timestamp
  private let report: @Sendable ([Connection]) -> Void

  /// How it looks at the sockets.
  public nonisolated let tier: Tier
  /// Why no better tier is used, when one was tried, or what the kernel tier works without; with the
  /// remedy.
  public nonisolated let shortfall: String?
  /// What killed netmons had left in the kernel; it has been removed.
  public nonisolated let leftovers: [String]

  private var watch: Watch
  private var tracker: ConnectionTracker
  private var pending: [Connection] = []
  private var dropped = DroppedRecords()
  /// What is known to be missing and not stored yet.
  private var unrecorded: [Gap] = []
  private var isAfterBurst = false
  private var lastReport: Timestamp?
  private var lastLook: (time: Timestamp, instant: ContinuousClock.Instant)?

  /// Prepares to collect into a store, taking up what an earlier run left open there.
  ///
  /// `fs` is where `/proc` is, `now` the wall clock. With `includeCommand`, command lines are
  /// recorded, which may hold secrets. `kernel` is what was opened of the kernel before privilege was
  /// given up; by default it is opened now. `report` is called with every batch of changed records once
  /// it is stored.
  ///
  /// - Throws: ``CollectorError`` if the store or `/proc` cannot be used, or another process
  ///   collects into the same store.
  public init(
    configuration: Configuration, store: Store, fs: ProcFS, kernel: KernelAccess? = nil,
    includeCommand: Bool = false, logger: Logger, now: @escaping @Sendable () -> Timestamp,
    report: @escaping @Sendable ([Connection]) -> Void = { _ in }
  ) throws(CollectorError) {
    self.configuration = configuration
    self.store = store
    self.logger = logger
    self.now = now
    self.report = report
    lock = try CollectorLock(of: store)
    let services = ServiceNames()
    let facts: HostFacts
    var tracker: ConnectionTracker
    let open: [Connection]
    let lastSign: Timestamp?
    do {
      facts = try HostFacts(fs)
    } catch {
      throw .source(error)
    }
    do {
      let numbers = try store.reserveNumbers(Self.numbersPerRun)
      tracker = ConnectionTracker(
        .init(
          host: configuration.host, agent: store.id, firstNumber: numbers.lowerBound,
          excludedPath: configuration.excludedPath, leavesOutEnded: true,
          serviceName: { services[$0, $1] }))
      open = try store.openConnections()
      lastSign = try store.lastSign(of: configuration.host)
    } catch {
      throw .store(error)
    }
    let kernel = kernel ?? configuration.openKernel(fs)
    leftovers = kernel.takeLeftovers()
    (watch, shortfall) = try Watch.best(
      configuration, kernel: kernel, fs: fs, includeCommand: includeCommand, tracker: &tracker)
    tier = watch.tier
    tracker.adopt(open, bootTime: facts.bootTime)
    self.tracker = tracker
    if let lastSign {
      unrecorded = [
        Gap(
          absentSince: lastSign, until: now(), host: configuration.host, bootTime: facts.bootTime)
      ]
    }
  }

  /// Collects until graceful shutdown, then flushes once more.
  public func run() async throws {
    await cancelWhenGracefulShutdown {
      await self.collect()
    }
    release()
  }

  private func collect() async {
    let clock = ContinuousClock()
    var next = clock.now
    while !Task.isCancelled {
      var isHealthy = true
      do {
        try step()
      } catch {
        isHealthy = false
        logger.error(
          "cannot collect, trying again",
          metadata: ["error": "\(error)", "waiting": "\(pending.count)"])
      }
      // Events are waited for in each step.
      if tier == .kernel, isHealthy {
        await Task.yield()  // To answer in between.
        continue
      }
      // A look that took longer than the interval does not lead to a rush of late ones.
      next = max(next.advanced(by: configuration.interval), clock.now)
      try? await clock.sleep(until: next)
    }
  }

  /// Returns between two looks: proof that this collector is not stuck in one.
  public func answer() {}

  /// One look and one flush. With the kernel's events, most steps take them in and do no more.
  ///
  /// - Throws: ``CollectorError`` if `/proc` cannot be read, the clock is absurd, or the store takes
  ///   no records; those are kept for the next flush.
  public func step() throws(CollectorError) {
    let time = now()
    guard Timestamp.valid.contains(time) else { throw .clock(time) }
    let isTurn = try watch.advance(&tracker, now: now)
    guard isTurn || tracker.finishedCount >= Self.flushSize else { return }
    noteGaps(until: time)
    try flush()
    reportHost(at: time)
  }

  /// Stores what is left and lets another collector have the store.
  func release() {
    do {
      watch.finish(&tracker)
      watch = .closed
      try flush()
      // What the next run begins with was not seen from here on.
      storeReport(at: now())
      try store.checkpoint()
    } catch {
      logger.error(
        "cannot store the last records",
        metadata: ["error": "\(error)", "lost": "\(pending.count)"])
    }
    lock = nil
  }

  /// What could not be seen since the last look is a gap: events that the kernel's rings had no
  /// room for, or, when polling, a time much longer than the interval.
  private func noteGaps(until time: Timestamp) {
    let instant = ContinuousClock.now
    let last = lastLook
    lastLook = (time, instant)
    guard let last else { return }
    if let count = watch.takeLosses() {
      noteGap(
        last.time, time, count: count == 0 ? nil : Int(clamping: count),
        "events of the kernel were lost")
    }
    // Not by the wall clock, which may be set.
    let patience = max(.seconds(5), configuration.interval * 5)
    if tier != .kernel, instant - last.instant > patience {
      noteGap(last.time, time, count: nil, "the sockets were not looked at in time")
    }
  }

  private func noteGap(_ from: Timestamp, _ to: Timestamp, count: Int?, _ reason: String) {
    logger.warning(
      "records may be missing", metadata: ["from": "\(from)", "to": "\(to)", "why": "\(reason)"])
    note(Gap(host: configuration.host, from: from, to: to, count: count, reason: reason))
  }

  /// Keeps a gap until it is stored; while the store takes none, those that touch are one.
  private func note(_ gap: Gap) {
    if let joined = unrecorded.last?.joined(with: gap) {
      unrecorded[unrecorded.count - 1] = joined
    } else {
      unrecorded.append(gap)
    }
  }

  private func recordGaps() throws(CollectorError) {
    do {
      while let gap = unrecorded.first {
        try store.recordGap(gap)
        unrecorded.removeFirst()
      }
    } catch {
      throw .store(error)
    }
  }

  /// Stores what changed, in transactions of some thousand records: a first look at a busy host has
  /// many more, which need not all be in memory twice.
  private func flush() throws(CollectorError) {
    let count = pending.count + tracker.finishedCount + tracker.changedCount
    defer { noteStored(count) }
    pending += tracker.drainFinished()
    for _ in 0...tracker.changedCount / Self.flushSize {
      pending += tracker.drainChanged(atMost: Self.flushSize)
      try storePending()
    }
    if let gap = dropped.takeGap(host: configuration.host) { note(gap) }
    try recordGaps()
  }

  /// Gives the memory of a burst back once it is over.
  private func noteStored(_ count: Int) {
    if count >= Self.flushSize {
      isAfterBurst = true
    } else if isAfterBurst, count < Self.calm {
      isAfterBurst = false
      try? store.releaseMemory()
      ProcessMemory.returnFree()
    }
  }

  private func storePending() throws(CollectorError) {
    if pending.count > Self.maximumPending {
      let excess = pending.count - Self.maximumPending
      dropped.add(pending.prefix(excess))
      pending.removeFirst(excess)
    }
    while !pending.isEmpty {
      // Mostly it is all, of which no copy is made.
      var batch =
        pending.count <= Self.flushSize ? pending : Array(pending.prefix(Self.flushSize))
      let recorded: [Recorded]
      do {
        recorded = try store.record(batch)
      } catch {
        throw .store(error)
      }
      // A copy of what is left, so that memory goes back with what was stored.
      pending = Array(pending.dropFirst(batch.count))
      for index in batch.indices { batch[index].id = recorded[index].id }
      report(batch)
      // The kernel's rings go on filling up.
      try watch.catchUp(&tracker)
    }
  }

  /// Says now and then that this host is alive, and how it is looked at.
  private func reportHost(at time: Timestamp) {
    // A clock that was set back is no reason to be silent.
    if let lastReport, (0..<10_000_000).contains(time.microseconds(since: lastReport)) { return }
    storeReport(at: time)
  }

  private func storeReport(at time: Timestamp) {
    lastReport = time
    do {
      try store.recordHost(HostReport(host: configuration.host, tier: tier.rawValue, seen: time))
    } catch {
      logger.error("cannot report this host", metadata: ["error": "\(error)"])
    }
  }
}
