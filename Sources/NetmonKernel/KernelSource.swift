internal import Glibc
public import NetmonCore

/// All that the kernel tells by itself, as one stream of events in the order of time: tracepoints,
/// processes, and the final figures of TCP sockets.
///
/// Open it first, then take a snapshot of what is there already, then read: no gap opens at the
/// start. Reading blocks: do it on a thread of its own.
public final class KernelSource {
  public struct Options: Hashable, Sendable {
    /// Also trace connect(2): exact results where rules differ, for 41 ns on every system call of
    /// the machine. Where a call goes that fails before any other event is then read from the
    /// caller's stack, if it is there.
    public var traceSyscalls = false
    /// Have the kernel tell the final figures of each TCP socket.
    public var finalFigures = true
    /// Kilobytes of trace ring for each CPU; one of 4,096 holds 70,000 events.
    public var ringKilobytes = 4096

    public init() {}
  }

  /// What has come meanwhile.
  public struct Batch: Sendable {
    /// In the order of time.
    public var events: [SocketEvent] = []
    /// Records that were not as documented.
    public var malformed = 0
    /// Why something cannot be read or a CPU that came online not be watched; tried again every
    /// second.
    public var failure: KernelError?
    /// Whether the processes of a CPU are told of only from here on: some may have begun unseen.
    public var hasNewSideband = false
    /// Whether final figures come for the sockets that end.
    public var hasFigures = false

    public init() {}
  }

  private let instance: TraceInstance
  private let decoder: EventDecoder
  private let subBuffers: SubBufferFormat
  private let sideband: PerfSideband?
  private let connectSampler: ConnectSampler?
  private let destroyGroup: DestroyGroup?

  private var merge = EventMerge()
  private var figuresRate = FiguresRate()
  private var executables = ExecutableFilter()
  private let cpuWatch = try? CPUWatch()
  private var lastDrain: UInt64 = 0
  private var lastCPUCheck: UInt64 = 0

  /// Events of different rings are in order once they are this old, in nanoseconds.
  private static let settling: UInt64 = 20_000_000
  /// How often to look for CPUs that came or went, in nanoseconds.
  private static let cpuCheckInterval: UInt64 = 1_000_000_000

  /// Opens all that works here. What is missing is told in `capabilities`, also when this throws
  /// because nothing would be left: without tracefs, without `inet_sock_set_state`, or in a PID
  /// namespace of its own.
  ///
  /// Throws `KernelError`.
  public init(
    _ options: Options, proc: ProcFS, capabilities: inout Capabilities
  ) throws(KernelError) {
    guard proc.isInInitialPIDNamespace else {
      capabilities.noteProcessNumbers(.foreignProcessNumbers)
      throw .foreignProcessNumbers
    }
    capabilities.noteProcessNumbers()
    let fs = try Self.openTraceFS(proc, &capabilities)
    subBuffers = try fs.subBufferFormat()
    instance = try Self.openInstance(in: fs, proc, options, &capabilities)
    sideband = Self.openSideband(&capabilities)
    destroyGroup = options.finalFigures ? Self.openDestroyGroup(&capabilities) : nil
    connectSampler = options.traceSyscalls ? Self.openConnectSampler(fs, &capabilities) : nil
    var decoder = EventDecoder()
    let tracepoints = Tracepoint.allCases.filter { options.traceSyscalls || !$0.isSystemCall }
    let known = try Self.keep(tracepoints, &capabilities) { tracepoint throws(KernelError) in
      try decoder.add(tracepoint, fs.format(of: tracepoint))
    }
    self.decoder = decoder
    lastDrain = Self.now()
    try openRings()
    let enabled = try Self.keep(known, &capabilities) { tracepoint throws(KernelError) in
      try instance.enable(tracepoint)
    }
    for tracepoint in enabled { capabilities.note(tracepoint) }
  }

  /// What is to be removed in the end.
  var removal: Janitor.Removal { instance.removal }

  /// Has another process remove the trace instance, which then takes no privilege here.
  func leaveRemoval(to janitor: Janitor) {
    instance.janitor = janitor
  }

  /// The tracepoints for which `body` works; those for which it does not are noted.
  ///
  /// Throws if what everything hangs on is not among them.
  private static func keep(
    _ tracepoints: [Tracepoint], _ capabilities: inout Capabilities,
    _ body: (Tracepoint) throws(KernelError) -> Void
  ) throws(KernelError) -> [Tracepoint] {
    var kept: [Tracepoint] = []
    for tracepoint in tracepoints {
      do throws(KernelError) {
        try body(tracepoint)
        kept.append(tracepoint)
      } catch {
        capabilities.note(tracepoint, error)
        if tracepoint == .inet_sock_set_state { throw error }
      }
    }
    return kept
  }

  private static func openTraceFS(
    _ proc: ProcFS, _ capabilities: inout Capabilities
  ) throws(KernelError) -> TraceFS {
    do throws(KernelError) {
      let fs = try TraceFS()
      _ = try TraceInstance.removeStale(in: fs) { proc.isRunning($0) }
      return fs
    } catch {
      capabilities.noteTraceFS(error)
      throw error
    }
  }

  private static func openInstance(
    in fs: TraceFS, _ proc: ProcFS, _ options: Options, _ capabilities: inout Capabilities
  ) throws(KernelError) -> TraceInstance {
    do throws(KernelError) {
      let instance = try TraceInstance(in: fs, of: proc, kilobytes: options.ringKilobytes)
      capabilities.noteTraceFS()
      return instance
    } catch {
      capabilities.noteTraceFS(error)
      throw error
    }
  }

  private static func openSideband(_ capabilities: inout Capabilities) -> PerfSideband? {
    do throws(KernelError) {
      let sideband = try PerfSideband(cpus: CPUList.online().cpus)
      capabilities.noteSideband()
      return sideband
    } catch {
      capabilities.noteSideband(error)
      return nil
    }
  }

  private static func openConnectSampler(
    _ fs: TraceFS, _ capabilities: inout Capabilities
  ) -> ConnectSampler? {
    do throws(KernelError) {
      let format = try fs.format(of: .sys_enter_connect)
      let sampler = try ConnectSampler(format, cpus: CPUList.online().cpus)
      capabilities.noteConnectSampler()
      return sampler
    } catch {
      capabilities.noteConnectSampler(error)
      return nil
    }
  }

  private static func openDestroyGroup(_ capabilities: inout Capabilities) -> DestroyGroup? {
    do throws(KernelError) {
      let group = try DestroyGroup()
      capabilities.noteDestroyGroup()
      return group
    } catch {
      capabilities.noteDestroyGroup(error)
      return nil
    }
  }
}

// MARK: - Reading

extension KernelSource {
  /// Waits until a ring is half full or a process does something, at most so many milliseconds, then
  /// takes out all that is in order. The latest 20 ms stay for the next time.
  ///
  /// What was lost is told by a `lost` event with the time of the drain before, as it happened
  /// after that.
  public func nextBatch(waiting milliseconds: Int32 = 100) throws(KernelError) -> Batch {
    var descriptors = instance.rings.map(\.pipe)
    if let sideband { descriptors += sideband.rings.map(\.event) }
    if let cpuWatch { descriptors.append(cpuWatch.descriptor) }
    // Figures are not waited for: they would wake for each socket.
    switch try Descriptor.wait(for: descriptors, milliseconds: milliseconds) {
    case .timedOut: break
    case .readable:
      // What woke us is in order only then; and what forks without end must not wake us each time.
      if milliseconds > 0 { usleep(UInt32(Self.settling / 1000)) }
    case .hungUp:
      // A CPU went offline. Its event would end every wait at once until it is closed.
      lastCPUCheck = 0
      usleep(UInt32(max(milliseconds, 1)) * 1000)
    }
    return drain(holdingBack: Self.settling)
  }

  /// Takes out everything, also what other CPUs may still add to.
  public func finish() -> Batch {
    drain(holdingBack: 0)
  }

  /// Has the final figures of sockets in a network namespace told as well, which is found by a
  /// process in it; nothing comes of it if that has ended. The namespace of each thread that begins
  /// or moves is asked for by itself.
  public func follow(networkNamespace: UInt64, of process: Int32) {
    destroyGroup?.numbers?.add(networkNamespace, of: process)
  }

  private func drain(holdingBack: UInt64) -> Batch {
    let now = Self.now()
    var batch = Batch()
    let changes = cpuWatch?.takeChanges(of: sideband?.rings.map(\.cpu) ?? []) ?? .init()
    if changes.isAny || now - lastCPUCheck >= Self.cpuCheckInterval {
      do {
        batch.hasNewSideband = try openRings(wentOffline: changes.offline)
      } catch {
        // Some may have been opened all the same.
        batch.hasNewSideband = true
        batch.failure = error
      }
      if batch.hasNewSideband { noteLoss(.perf) }
    }
    drainRings(now, &batch)
    lastDrain = now
    batch.events = merge.take(until: holdingBack == 0 ? .max : now - holdingBack)
    batch.events.removeAll { !executables.accepts($0) }
    if let destroyGroup { follow(destroyGroup, now, &batch) }
    return batch
  }

  /// Has new namespaces heard as well, and nothing where sockets end too fast for it.
  private func follow(_ group: DestroyGroup, _ now: UInt64, _ batch: inout Batch) {
    var ended = 0
    group.numbers?.forgetEnded()
    for event in batch.events {
      switch event.kind {
      case .networkNamespace(_, let thread, let inode): group.numbers?.add(inode, of: thread)
      case .destroy: ended += 1
      default: break
      }
    }
    group.isJoined = figuresRate.isBearable(ended: ended, at: now)
    batch.hasFigures = group.isJoined
  }

  /// What cannot be read is lost and told so, and keeps nothing else from being read.
  private func drainRings(_ now: UInt64, _ batch: inout Batch) {
    let failure = destroyGroup?.drain(clock: Self.now) { merge.append($0, to: Lane.figures) }
    batch.failure = failure ?? batch.failure
    for ring in sideband?.rings ?? [] {
      ring.drain(until: now) { event in
        if case .lost(let source, let count, _) = event.kind {
          noteLoss(source, count: count, on: ring.cpu)
        } else {
          merge.append(event, to: Lane.sideband(ring.cpu))
        }
      }
    }
    for ring in connectSampler?.rings ?? [] {
      // A sample that is lost leaves no more than a destination unknown.
      ring.drain(until: now) { event in
        if case .connectEnter = event.kind { merge.append(event, to: Lane.samples(ring.cpu)) }
      }
    }
    for ring in instance.rings {
      let findings = ring.drain(until: now, decoder) {
        merge.append($0, to: Lane.tracepoints(ring.cpu))
      }
      batch.malformed += findings.malformed
      batch.failure = findings.failure ?? batch.failure
      if findings.lost > 0 || findings.failure != nil {
        noteLoss(.tracefs, count: findings.lost, on: ring.cpu)
      }
    }
  }

  /// Appends a loss, which happened at some time since the drain before.
  private func noteLoss(_ source: SocketEvent.Source, count: UInt64 = 0, on cpu: UInt32 = 0) {
    merge.append(
      SocketEvent(
        time: lastDrain, cpu: cpu, thread: 0, isInterrupt: true,
        kind: .lost(source, count: count, until: Self.now())),
      to: Lane.losses)
  }

  /// The rings' places in the merge. Of events of the same time, losses and what processes do come
  /// before what happens to sockets.
  private enum Lane {
    static let losses = 0
    static let figures = 1
    static func sideband(_ cpu: UInt32) -> Int { 2 + 3 * Int(cpu) }
    static func samples(_ cpu: UInt32) -> Int { 3 + 3 * Int(cpu) }
    static func tracepoints(_ cpu: UInt32) -> Int { 4 + 3 * Int(cpu) }
  }

  /// `CLOCK_MONOTONIC`, the clock of all sources, in nanoseconds.
  private static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

// MARK: - CPUs

extension KernelSource {
  /// Opens the rings of CPUs that are online for the first time, those that could not be read, and
  /// the side-band of CPUs that came back.
  ///
  /// A trace ring outlives its CPU. A perf event does not: it is drained once more and closed.
  ///
  /// Returns whether a side-band was opened.
  @discardableResult
  private func openRings(wentOffline: Set<UInt32> = []) throws(KernelError) -> Bool {
    lastCPUCheck = Self.now()
    let online = Set(try CPUList.online().cpus)
    for ring in instance.rings where ring.hasFailed { try ring.reopen() }
    for cpu in online.sorted() where !instance.rings.contains(where: { $0.cpu == cpu }) {
      try instance.openRing(of: cpu, subBuffers)
    }
    guard let sideband else { return false }
    let dead = sideband.rings.filter {
      !online.contains($0.cpu) || wentOffline.contains($0.cpu) || $0.isHungUp
    }
    for ring in dead {
      ring.drain(until: lastCPUCheck) { merge.append($0, to: Lane.sideband(ring.cpu)) }
    }
    sideband.close(dead.map(\.cpu))
    let new = online.subtracting(sideband.rings.map(\.cpu))
    for cpu in new.sorted() { try sideband.open(cpu) }
    return !new.isEmpty
  }
}
