/// The threads and processes of this host, as the side-band of perf tells of them: who a thread
/// belongs to, also when it lived for a millisecond and was gone before `/proc` could be read.
///
/// Seeded from a reading of `/proc` after the side-band was attached, then fed with its events. A
/// thread that has ended is remembered for ``grace`` more, as other events refer to it.
package struct ThreadTable: Sendable {
  private struct Thread {
    var process: Int32
    /// Which of the processes that had this pid.
    var instance: UInt64
    /// Threads may move to another network namespace one by one (setns(2)).
    var networkNamespace: UInt64
    /// Tells the thread from those that had its id before.
    var serial: UInt64
  }

  private struct Process {
    var details: ProcessDetails
    var threads = 0
    var instance: UInt64
  }

  private struct Ended {
    var time: UInt64
    var thread: Int32
    var serial: UInt64
  }

  /// How long a thread is remembered after its end, in nanoseconds of event time.
  package static let grace: UInt64 = 5_000_000_000

  package var clock: EventClock
  private var threads: [Int32: Thread] = [:]
  private var processes: [Int32: Process] = [:]
  private var ended: Queue<Ended> = Queue()
  private var lastSerial: UInt64 = 0
  private var unread: [ProcessIdentity] = []

  package init(clock: EventClock) {
    self.clock = clock
  }

  // MARK: - Asking

  package var processCount: Int { processes.count }
  package var threadCount: Int { threads.count }

  /// The process of a thread, or ``ProcessDetails/unknown``.
  package func process(of thread: Int32) -> ProcessDetails {
    guard let pid = threads[thread]?.process else { return .unknown }
    return processes[pid]?.details ?? .unknown
  }

  /// The inode of the network namespace that a thread is in; 0 when unknown.
  package func networkNamespace(of thread: Int32) -> UInt64 {
    threads[thread]?.networkNamespace ?? 0
  }

  /// Whether a thread is known to be the kernel's: those are children of kthreadd, which has the
  /// pid 2 in the initial pid namespace (`kernel/kthread.c`).
  package func isKernelThread(_ thread: Int32) -> Bool {
    let process = process(of: thread)
    return process.identity.pid == 2 || process.parentID == 2
  }

  // MARK: - Reading /proc

  /// Takes over a process that was read from `/proc`, with the ids of its threads.
  package mutating func seed(
    _ details: ProcessDetails, threads ids: [Int32], networkNamespace: UInt64
  ) {
    let pid = details.identity.pid
    if processes[pid] == nil { insert(details) }
    processes[pid]?.details = details
    for id in ids where threads[id]?.process != pid {
      add(id, to: pid, networkNamespace: networkNamespace)
    }
  }

  /// Ends the threads of all processes but these, when their own ends may have been lost.
  package mutating func endAll(except running: Set<Int32>, at time: UInt64) {
    for (id, thread) in threads where !running.contains(thread.process) {
      ended.append(Ended(time: time, thread: id, serial: thread.serial))
    }
  }

  /// The processes that forked or executed another program since this was last asked. What no
  /// event tells of them (user, unit, container) is to be read while they live.
  package mutating func takeUnread() -> [ProcessIdentity] {
    defer { unread.removeAll(keepingCapacity: true) }
    return unread
  }

  /// Takes over what was read of a process from `/proc`. Its name and path count only where no
  /// event has told them: it may have executed another program since the moment of the event.
  package mutating func learn(_ read: ProcessDetails) {
    let pid = read.identity.pid
    guard var details = processes[pid]?.details, details.identity.isSame(as: read.identity) else {
      return
    }
    details.identity = read.identity
    if details.path.isEmpty { (details.name, details.path) = (read.name, read.path) }
    details.userID = read.userID ?? details.userID
    details.user = read.user ?? details.user
    details.unit = read.unit
    details.container = read.container
    details.command = read.command
    processes[pid]?.details = details
  }

  // MARK: - Events

  /// Takes in an event of the side-band; others are none of its business.
  package mutating func handle(_ event: SocketEvent) {
    switch event.kind {
    case .fork(let process, let thread, let parentProcess, let parentThread):
      fork(process, thread, from: parentProcess, parentThread, at: event.time)
    case .exit(_, let thread):
      guard let serial = threads[thread]?.serial else { return }
      ended.append(Ended(time: event.time, thread: thread, serial: serial))
    case .name(let process, let thread, let name, let isExec):
      rename(process, thread, name, isExec: isExec, at: event.time)
    case .executable(let process, let path):
      processes[process]?.details.path = path
    case .networkNamespace(let process, let thread, let inode):
      if threads[thread] == nil { add(thread, to: process, networkNamespace: inode) }
      threads[thread]?.networkNamespace = inode
    default:
      break
    }
  }

  private mutating func fork(
    _ process: Int32, _ thread: Int32, from parentProcess: Int32, _ parentThread: Int32,
    at time: UInt64
  ) {
    let space = networkNamespace(of: parentThread)
    if process != parentProcess {
      let identity = ProcessIdentity(pid: process, startTime: clock.startTime(time))
      let parent = processes[parentProcess]?.details ?? .unknown
      var details = parent
      details.identity = identity
      details.parentID = parentProcess
      details.parentName = parent.name.isEmpty ? nil : parent.name
      if let seeded = processes[process]?.details, seeded.identity.isSame(as: identity) {
        // It was read from /proc after this: what only /proc tells is not inherited again.
        (details.userID, details.user) = (seeded.userID, seeded.user)
        (details.unit, details.container) = (seeded.unit, seeded.container)
        details.identity = seeded.identity
        processes[process]?.details = details
      } else {
        insert(details)
      }
      unread.append(details.identity)
    }
    add(thread, to: process, networkNamespace: space)
  }

  private mutating func rename(
    _ process: Int32, _ thread: Int32, _ name: String, isExec: Bool, at time: UInt64
  ) {
    if isExec {
      // execve(2) ends all other threads, and the one that called it takes the id of the process,
      // whose former bearer has said goodbye just before.
      let space = networkNamespace(of: thread)
      add(process, to: process, networkNamespace: space)
      processes[process]?.details.name = name
      processes[process]?.details.path = ""
      processes[process]?.details.command = nil
      if let identity = processes[process]?.details.identity { unread.append(identity) }
    } else if thread == process {
      processes[process]?.details.name = name
    }
  }

  private mutating func add(_ thread: Int32, to process: Int32, networkNamespace: UInt64) {
    lastSerial += 1
    if let known = threads[thread], known.process == process,
      processes[process]?.instance == known.instance
    {
      threads[thread]?.serial = lastSerial
      threads[thread]?.networkNamespace = networkNamespace
      return
    }
    remove(thread)
    if processes[process] == nil {
      insert(ProcessDetails(identity: ProcessIdentity(pid: process, startTime: 0)))
    }
    processes[process]?.threads += 1
    threads[thread] = Thread(
      process: process, instance: processes[process]?.instance ?? 0,
      networkNamespace: networkNamespace, serial: lastSerial)
  }

  private mutating func insert(_ details: ProcessDetails) {
    lastSerial += 1
    processes[details.identity.pid] = Process(details: details, instance: lastSerial)
  }

  /// Forgets a thread, and its process with the last one.
  private mutating func remove(_ thread: Int32) {
    guard let old = threads.removeValue(forKey: thread),
      processes[old.process]?.instance == old.instance
    else { return }
    processes[old.process]?.threads -= 1
    if processes[old.process]?.threads == 0 { processes[old.process] = nil }
  }

  /// Forgets the threads that ended more than ``grace`` before `time`, and processes without one.
  package mutating func advance(to time: UInt64) {
    while let first = ended.first, first.time &+ Self.grace < time {
      ended.removeFirst()
      if threads[first.thread]?.serial == first.serial { remove(first.thread) }
    }
  }
}

extension ProcessIdentity {
  /// Whether both are one process, where one start time may come from an event: that is taken a
  /// moment after the kernel's own, which may be in the next clock tick.
  func isSame(as other: ProcessIdentity) -> Bool {
    guard pid == other.pid else { return false }
    if startTime == 0 || other.startTime == 0 { return true }
    return max(startTime, other.startTime) - min(startTime, other.startTime) <= 1
  }
}
