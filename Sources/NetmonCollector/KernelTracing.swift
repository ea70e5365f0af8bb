internal import Glibc
import NetmonCore
import NetmonKernel

/// Follows the kernel's events, and looks at the sockets now and then for what no event tells.
///
/// Attached first, then a snapshot, then the events since: no gap opens at the start. It blocks
/// and belongs to one actor.
final class KernelTracing {
  private let source: KernelSource
  /// Whose the source is.
  private let kernel: KernelAccess
  private let fs: ProcFS
  /// Of TCP, whose sockets make events: looked at rarely.
  private var connections: SocketScanner
  private var connectionsLook: Pace
  /// Of UDP, most of whose sockets make none: looked at in each turn.
  private var datagrams: SocketScanner
  private var datagramsLook: Pace
  /// Whether a process has made or entered a network namespace lately.
  private var hasNewNamespace = false
  private var processes: ProcessReader
  /// Between two turns, in nanoseconds.
  private let interval: UInt64
  private var nextTurn: UInt64 = 0
  /// Whether the last batch had so many events that the rings are to be emptied often.
  private var isBusy = true
  private var lost: UInt64 = 0
  private var hasLost = false
  /// When to read the processes once more, as some may have come, changed or gone without an event;
  /// nil when they are known.
  private var nextSeeding: UInt64?

  /// How many turns may pass between two looks at the sockets of TCP.
  private static let patience: UInt64 = 5

  /// How long to wait for the rings to fill up, in milliseconds: when little happens, and when the
  /// other source of final figures, which is not waited for, may fill up as well.
  private static let (calmWait, busyWait): (UInt64, UInt64) = (500, 100)

  /// The events of a batch from which on a host is busy.
  private static let busyCount = 1000

  /// Reading all processes is dear, and losses come in numbers: how long to wait, in nanoseconds.
  private static let seedingPause: UInt64 = 1_000_000_000

  /// Events are handled once they are this old, in nanoseconds; see ``KernelSource/nextBatch(waiting:)``.
  private static let settling: UInt64 = 20_000_000

  /// Attaches to the kernel, whose sources it has until its own end; what they tell from now on is not
  /// lost. Nil if they are not to be had.
  init?(
    _ configuration: Collector.Configuration, kernel: KernelAccess, fs: ProcFS,
    includeCommand: Bool, tracker: inout ConnectionTracker
  ) {
    guard let source = kernel.take() else { return nil }
    self.source = source
    self.kernel = kernel
    self.fs = fs
    self.interval = UInt64(configuration.interval / .nanoseconds(1))
    connections = SocketScanner(
      fs, tables: DiagSocketTables(fs, janitor: kernel.janitor), transports: [.tcp],
      includeCommand: includeCommand)
    connectionsLook = Pace(longest: Self.patience * interval, shortest: interval)
    datagrams = SocketScanner(
      fs, tables: DiagSocketTables(fs, janitor: kernel.janitor), transports: [.udp],
      keepsNamespaces: true,
      includeCommand: includeCommand)
    datagramsLook = Pace(longest: interval, shortest: interval)
    processes = ProcessReader(fs, includeCommand: includeCommand)
    tracker.beginTracing(clock: Self.clock())
    seed(&tracker)
  }

  deinit { kernel.giveBack(source) }

  /// Waits a moment for events and takes them in; when it is time, looks at all sockets.
  ///
  /// - Returns: whether the interval is over, so that it is time to store what changed.
  /// - Throws: `KernelError`, or `ProcError` if `/proc` is unusable.
  func advance(_ tracker: inout ConnectionTracker, now: () -> Timestamp) throws -> Bool {
    let before = Self.monotonic()
    let rest = nextTurn > before ? (nextTurn - before) / 1_000_000 : 0
    try follow(
      &tracker, waiting: Int32(min(rest, isBusy ? Self.busyWait : Self.calmWait)))
    let start = Self.monotonic()
    guard start >= nextTurn else { return false }
    nextTurn = start + interval
    if tracker.takeWishForSnapshot() { connectionsLook.hurry() }
    if connectionsLook.isDue(at: start) {
      try look(&connections, &connectionsLook, &tracker, now: now)
      hasNewNamespace = true
      // A look at many sockets takes megabytes for a moment.
      ProcessMemory.returnFree()
    }
    if datagramsLook.isDue(at: start) {
      if hasNewNamespace { datagrams.forgetNamespaces() }
      hasNewNamespace = false
      try look(&datagrams, &datagramsLook, &tracker, now: now)
    }
    return true
  }

  private func look(
    _ scanner: inout SocketScanner, _ pace: inout Pace, _ tracker: inout ConnectionTracker,
    now: () -> Timestamp
  ) throws {
    let (start, cost) = (Self.monotonic(), Self.time(of: CLOCK_THREAD_CPUTIME_ID))
    tracker.setClock(Self.clock())
    tracker.mayBeInSnapshot = true
    defer { tracker.mayBeInSnapshot = false }
    let snapshot = try scanner.scan(now: now())
    followNamespaces(of: snapshot.sockets)
    // What happened during the reading comes before its result.
    let end = Self.monotonic()
    pace.note(begin: start, cost: Self.time(of: CLOCK_THREAD_CPUTIME_ID) - cost)
    while try follow(&tracker, waiting: 10) < end {}
    tracker.observe(snapshot)
  }

  /// Has the namespaces heard that sockets are in. A thread whose event told of one may have ended
  /// before it could be asked for.
  private func followNamespaces(of sockets: [SocketEntry]) {
    for socket in sockets where socket.networkNamespace != 0 {
      guard let owner = socket.owner else { continue }
      source.follow(networkNamespace: socket.networkNamespace, of: owner.pid)
    }
  }

  /// Takes in what the kernel still holds back.
  func finish(_ tracker: inout ConnectionTracker) {
    handle(source.finish(), &tracker)
    tracker.advance(to: Self.monotonic())
  }

  /// How many events were lost since this was last asked; 0 if that is not known, nil if none.
  func takeLosses() -> UInt64? {
    guard hasLost else { return nil }
    defer { (lost, hasLost) = (0, false) }
    return lost
  }

  /// Waits for events, at most so many milliseconds, and takes them in; returns the moment before
  /// which all have been.
  @discardableResult
  func follow(
    _ tracker: inout ConnectionTracker, waiting milliseconds: Int32
  ) throws(KernelError) -> UInt64 {
    let start = Self.monotonic()
    let batch = try source.nextBatch(waiting: milliseconds)
    isBusy = batch.events.count >= Self.busyCount
    handle(batch, &tracker)
    let horizon = start - Self.settling
    tracker.advance(to: horizon)
    if let nextSeeding, nextSeeding <= horizon {
      self.nextSeeding = nil
      seed(&tracker)
    }
    return horizon
  }

  private func handle(_ batch: KernelSource.Batch, _ tracker: inout ConnectionTracker) {
    if batch.hasNewSideband {
      seed(&tracker)
      // Events from before that reading are still to come, and will undo some of it.
      nextSeeding = Self.monotonic() + 2 * Self.settling
    }
    tracker.awaitsFigures = batch.hasFigures
    for event in batch.events {
      tracker.handle(event)
      switch event.kind {
      case .fork, .name, .executable: learn(&tracker)
      case .networkNamespace: hasNewNamespace = true
      case .lost(let source, let count, _):
        if source == .perf { nextSeeding = nextSeeding ?? Self.monotonic() + Self.seedingPause }
        lost += count
        hasLost = true
      default: break
      }
    }
  }

  /// Reads what no event tells of a new process (user, unit, container) while it lives.
  private func learn(_ tracker: inout ConnectionTracker) {
    for identity in tracker.withThreads({ $0.takeUnread() }) {
      guard let details = try? processes.process(pid: identity.pid) else { continue }
      tracker.withThreads { $0.learn(details) }
    }
  }

  /// Makes the processes that run already known, with their threads and network namespaces, and
  /// forgets those that do not run.
  private func seed(_ tracker: inout ConnectionTracker) {
    guard let running = try? fs.processIDs() else { return }
    tracker.withThreads { $0.endAll(except: Set(running), at: Self.monotonic()) }
    for pid in running {
      guard let details = try? processes.process(pid: pid) else { continue }
      let namespace = (try? fs.networkNamespace(of: pid)) ?? 0
      if namespace != 0 { source.follow(networkNamespace: namespace, of: pid) }
      let threads = (try? fs.threadIDs(of: pid)) ?? [pid]
      tracker.withThreads { $0.seed(details, threads: threads, networkNamespace: namespace) }
    }
  }

  // MARK: - Clocks

  private static func clock() -> EventClock {
    let monotonic = Int64(Self.monotonic())
    return EventClock(
      realtimeOffset: Int64(time(of: CLOCK_REALTIME)) - monotonic,
      boottimeOffset: Int64(time(of: CLOCK_BOOTTIME)) - monotonic)
  }

  private static func monotonic() -> UInt64 { time(of: CLOCK_MONOTONIC) }

  /// In nanoseconds.
  private static func time(of clock: Int32) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
