/// Who sent UDP datagrams where, from the route lookups of the senders: a UDP error names neither
/// socket nor process.
struct DatagramSenders: Sendable {
  /// A local port and the end it sends to. The local address is left out, as it is not chosen yet
  /// at the lookup.
  struct Flow: Hashable, Sendable {
    var port: UInt16
    var remote: Endpoint
  }

  struct Sender: Sendable {
    var process: ProcessDetails
    var networkNamespace: UInt64
    var thread: Int32
    var seen: UInt64
    /// The failures of this flow that were reported lately, one for each thread.
    var reports: [Report] = []
  }

  struct Report: Sendable {
    var time: UInt64
    var process: ProcessIdentity
    var thread: Int32
  }

  /// A datagram that this kernel rejected, while it may still turn out whether its sender was told.
  struct Rejected: Sendable {
    var time: UInt64
    var tuple: SocketEvent.Tuple
    var errno: Int32
    /// Whose it was; by the time it is reported the port may be another process's.
    var sender: Sender
  }

  /// How long a flow is remembered after its last lookup, in nanoseconds: a connected socket looks
  /// its route up once.
  static let age: UInt64 = 600_000_000_000
  static let maximum = 8192
  /// How long the error report may come after the ICMP error, in nanoseconds.
  static let reportTime: UInt64 = 100_000_000
  /// Failures of one flow that follow each other this closely are one record.
  static let repetition: UInt64 = 10_000_000_000
  /// So many threads may each have one.
  static let maximumReports = 16

  private var senders: [Flow: Sender] = [:]
  private var order: Queue<Flow> = Queue()
  private var rejected: [Rejected] = []

  var count: Int { senders.count }

  subscript(flow: Flow) -> Sender? { senders[flow] }

  mutating func note(
    _ flow: Flow, of thread: Int32, _ sender: @autoclosure () -> Sender, at time: UInt64
  ) {
    // An unconnected sender asks for every datagram. But ports are soon another process's.
    if let index = senders.index(forKey: flow), senders.values[index].thread == thread,
      time &- senders.values[index].seen < 1_000_000_000
    {
      return
    }
    if let old = senders[flow] {
      senders[flow] = sender()
      senders[flow]?.reports = old.reports
      return
    }
    senders[flow] = sender()
    order.append(flow)
    while order.count > Self.maximum, let oldest = order.first {
      order.removeFirst()
      senders[oldest] = nil
    }
  }

  /// Whether a failure of a flow is news for its sender, as it was then; from now on it is not. A
  /// thread that sends again is taken to use the same socket, another one is not.
  mutating func isNews(
    _ flow: Flow, of process: ProcessIdentity, _ thread: Int32, at time: UInt64
  ) -> Bool {
    guard var reports = senders[flow]?.reports else { return true }
    reports.removeAll { $0.process != process || time &- $0.time >= Self.repetition }
    guard reports.count < Self.maximumReports,
      !reports.contains(where: { $0.thread == thread })
    else { return false }
    reports.append(Report(time: time, process: process, thread: thread))
    senders[flow]?.reports = reports
    return true
  }

  mutating func reject(_ tuple: SocketEvent.Tuple, errno: Int32, at time: UInt64) {
    let flow = Flow(port: tuple.local.port, remote: tuple.remote)
    guard let sender = senders[flow] else { return }
    if rejected.count == Self.maximum { rejected.removeFirst(Self.maximum / 2) }
    rejected.append(Rejected(time: time, tuple: tuple, errno: errno, sender: sender))
  }

  /// The sender was told of the rejection. The port may have been another process's a moment ago.
  mutating func settle(_ tuple: SocketEvent.Tuple) {
    let sender = senders[Flow(port: tuple.local.port, remote: tuple.remote)]?.process.identity
    rejected.removeAll {
      $0.tuple.local.port == tuple.local.port && $0.tuple.remote == tuple.remote
        && $0.sender.process.identity == sender ?? $0.sender.process.identity
    }
  }

  /// Forgets old flows.
  mutating func advance(to time: UInt64) {
    while let flow = order.first, let sender = senders[flow], sender.seen &+ Self.age < time {
      order.removeFirst()
      senders[flow] = nil
    }
  }

  /// Takes out the rejections that no error report followed.
  mutating func takeUnreported(at time: UInt64) -> [Rejected] {
    guard let first = rejected.first, first.time &+ Self.reportTime <= time else { return [] }
    let count = rejected.firstIndex { $0.time &+ Self.reportTime > time } ?? rejected.count
    defer { rejected.removeFirst(count) }
    return Array(rejected[..<count])
  }
}
