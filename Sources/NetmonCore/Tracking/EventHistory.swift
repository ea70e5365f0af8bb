/// What earlier events left behind that later ones refer to.
struct EventHistory: Sendable {
  /// A process and a remote port it connects to.
  struct Target: Hashable, Sendable {
    var process: ProcessIdentity
    var port: UInt16
  }

  /// A connect(2) that has not returned; known only when system calls are traced.
  struct Call: Sendable {
    var descriptor: Int32
    var destination: Endpoint?
    /// The socket that began to connect during the call.
    var socket: SocketTable.Handle?
  }

  /// An inbound connection, and when it began.
  struct Unaccepted: Sendable {
    var socket: SocketTable.Handle
    var time: UInt64
  }

  /// The time of the newest event, on the monotonic clock.
  var now: UInt64 = 0
  /// Until when events of sockets were last lost; what began before may have gone unseen. 0 when
  /// never.
  var lastLoss: UInt64 = 0
  var clock: EventClock
  var threads: ThreadTable
  var routes = RouteFailures()
  var senders = DatagramSenders()
  var datagramConnects = DatagramConnects()

  /// Closed sockets that wait for their end, oldest first.
  var closing: Queue<SocketTable.Handle> = Queue()
  /// Sockets whose record is complete and that the kernel still has, oldest first.
  var settled: Queue<SocketTable.Handle> = Queue()
  /// Inbound connections whose process no event has told yet, oldest first.
  var unaccepted: Queue<Unaccepted> = Queue()
  /// The socket that each thread last connected, while it lives.
  var latest: [Int32: SocketTable.Handle] = [:]
  var calls: [Int32: Call] = [:]
  /// When a process last established a connection to a port.
  private var established: [Target: UInt64] = [:]
  private var establishedLimit = 1024
  /// Where closed sockets were, so that a snapshot read before does not bring them back.
  private var ended: [SocketTable.Ends: Timestamp] = [:]
  private var cpus: [CPUHistory] = []

  init(clock: EventClock) {
    self.clock = clock
    threads = ThreadTable(clock: clock)
  }

  subscript(cpu cpu: UInt32) -> CPUHistory {
    get { cpu < cpus.count ? cpus[Int(cpu)] : CPUHistory() }
    _modify {
      // A number beyond any machine's must not take memory.
      let index = Int(min(cpu, 8191))
      while cpus.count <= index { cpus.append(CPUHistory()) }
      yield &cpus[index]
    }
  }

  mutating func noteEstablished(_ target: Target, at time: UInt64) {
    if target.process.pid != 0 { established[target] = time }
  }

  func hasEstablished(_ target: Target, since time: UInt64) -> Bool {
    established[target].map { $0 >= time } ?? false
  }

  /// Remembers where a socket was until the snapshot that may still show it has been compared.
  mutating func noteEnd(_ ends: SocketTable.Ends, at time: Timestamp) {
    if ended.count < 1 << 17 { ended[ends.withoutInode] = time }
  }

  /// Whether a socket with these ends has closed since a moment. Events tell no inode, and not
  /// always the namespace.
  func hasEnded(_ ends: SocketTable.Ends, since time: Timestamp) -> Bool {
    var known = ends.withoutInode
    if let end = ended[known], end >= time { return true }
    known.networkNamespace = 0
    return ended[known].map { $0 >= time } ?? false
  }

  /// Forgets the ends from before a snapshot.
  mutating func forgetEnds(before time: Timestamp) {
    ended = ended.filter { $0.value >= time }
  }

  /// Forgets what no attempt can refer to any more.
  mutating func advance(to time: UInt64) {
    now = max(now, time)
    threads.advance(to: time)
    senders.advance(to: time)
    // The longest attempt lasts two minutes, with six repetitions of the SYN (tcp(7)).
    if established.count > establishedLimit {
      established = established.filter { $0.value &+ 300_000_000_000 > time }
      establishedLimit = max(1024, 2 * established.count)
    }
  }
}
