/// Turns what is seen of sockets into records: opened, changed, closed, failed.
///
/// A pure state machine: snapshots go in through ``observe(_:)``, the records that changed come
/// out of ``drain()``. A connection that opened and closed between two drains comes out once. It
/// has no clock and does no input or output; memory is bounded by the sockets alive.
public struct ConnectionTracker: Sendable {
  public struct Configuration: Sendable {
    /// The name of this host in records.
    public var host: String
    /// The store's id, first part of every origin made here.
    public var agent: String
    /// The first origin number to give out; the caller reserved enough of them.
    public var firstNumber: Int64
    /// Executable whose sockets are left out (netmon itself); nil leaves nothing out.
    public var excludedPath: String?
    /// The name of a service by its port, from `/etc/services`.
    public var serviceName: @Sendable (UInt16, TransportProtocol) -> String?

    public init(
      host: String, agent: String, firstNumber: Int64 = 1, excludedPath: String? = nil,
      serviceName: @escaping @Sendable (UInt16, TransportProtocol) -> String? = { _, _ in nil }
    ) {
      self.host = host
      self.agent = agent
      self.firstNumber = firstNumber
      self.excludedPath = excludedPath
      self.serviceName = serviceName
    }
  }

  /// What makes two sightings the same socket. The inode cannot: it is gone in `TIME_WAIT`. It
  /// tells apart only sockets without a peer, which may share an address (`SO_REUSEPORT`).
  fileprivate struct Key: Hashable {
    var networkNamespace: UInt64
    var transport: TransportProtocol
    var local: Endpoint
    var remote: Endpoint
    var inode: UInt64
  }

  fileprivate struct Tracked {
    var record: Connection
    var inode: UInt64
    /// The observation in which it was last seen.
    var seenAt: UInt64
    /// netmon's own: followed so that its `TIME_WAIT` is recognised, never reported.
    var isExcluded = false
    /// Changed since the last drain.
    var isDirty = false
    /// Whether a version of it has left the tracker.
    var isReported = false
  }

  private let configuration: Configuration
  private var nextNumber: Int64
  private var tracked: [Key: Tracked] = [:]
  private var dirty: [Key] = []
  private var finished: [Connection] = []

  private var observation: UInt64 = 0
  private var listeners: [PortKey: UInt64] = [:]
  private var ownListeners: Set<PortKey> = []
  private var counters: [UInt64: NetworkCounters] = [:]
  private var growth: [UInt64: NetworkCounters] = [:]

  /// A port of one network namespace.
  private struct PortKey: Hashable {
    var networkNamespace: UInt64
    var port: UInt16
  }

  /// Snapshots without its namespace after which a socket counts as gone: with the last process
  /// of a namespace its tables become unreadable, but one failed reading must not end them all.
  private static let patience: UInt64 = 3

  public init(_ configuration: Configuration) {
    self.configuration = configuration
    nextNumber = configuration.firstNumber
  }

  /// How many sockets are followed now.
  public var openCount: Int { tracked.count }

  // MARK: - In

  /// Takes up records that an earlier run left open: sockets that are still there continue them,
  /// the others end at the next observation. Those from before `bootTime` have ended with that
  /// boot, when they were last heard of.
  public mutating func adopt(_ records: [Connection], bootTime: Timestamp) {
    for record in records where record.host == configuration.host {
      // What was posted here by others has no socket that could be followed.
      guard let space = record.networkNamespace, let lastHeard = record.updatedAt else { continue }
      let inode = UInt64(clamping: record.inode ?? 0)
      let key = Key(
        networkNamespace: UInt64(clamping: space), transport: record.transport,
        local: record.local, remote: record.remote,
        inode: record.remote.port == 0 ? inode : 0)
      tracked[key] = Tracked(record: record, inode: inode, seenAt: 0, isReported: true)
      if record.timestamp < bootTime { finish(key, at: lastHeard, verdict: nil) }
    }
  }

  /// Compares a snapshot with what was known, and notes every difference.
  public mutating func observe(_ snapshot: SocketSnapshot) {
    observation += 1
    noteListeners(snapshot)
    var begun: [UInt64: UInt64] = [:]
    if tracked.isEmpty { tracked.reserveCapacity(snapshot.sockets.count) }
    // Each new record gets a microsecond of its own within the reading, as ids order by time.
    var time = snapshot.time.advanced(byMicroseconds: -Int64(snapshot.sockets.count))
    for socket in snapshot.sockets {
      let key = Key(socket)
      if let known = tracked[key] {
        if known.isContinued(by: socket) {
          update(key, with: socket, snapshot)
          continue
        }
        // Another socket has the same ends: the first one closed in between.
        finish(key, at: snapshot.time, verdict: nil)
      }
      time = time.advanced(byMicroseconds: 1)
      open(key, socket, at: time, snapshot)
      if tracked[key]?.record.direction == .outbound, socket.transport == .tcp {
        begun[socket.networkNamespace, default: 0] += 1
      }
    }
    finishVanished(snapshot, begun: begun)
    listeners = listeners.filter { observation - $0.value < 2 }
  }

  private mutating func noteListeners(_ snapshot: SocketSnapshot) {
    ownListeners.removeAll(keepingCapacity: true)
    for socket in snapshot.sockets where socket.state == .LISTEN {
      let port = PortKey(networkNamespace: socket.networkNamespace, port: socket.local.port)
      listeners[port] = observation
      if isOwn(socket, snapshot) { ownListeners.insert(port) }
    }
  }

  private func isOwn(_ socket: SocketEntry, _ snapshot: SocketSnapshot) -> Bool {
    guard let excluded = configuration.excludedPath else { return false }
    if let owner = socket.owner { return snapshot.processes[owner]?.path == excluded }
    // Without an owner only the ends can tell: the closed halves of connections with our server.
    let space = socket.networkNamespace
    return ownListeners.contains(PortKey(networkNamespace: space, port: socket.local.port))
      || socket.remote.address.isLoopback
        && ownListeners.contains(PortKey(networkNamespace: space, port: socket.remote.port))
  }

  private mutating func open(
    _ key: Key, _ socket: SocketEntry, at time: Timestamp, _ snapshot: SocketSnapshot
  ) {
    var record = Connection(
      timestamp: time, transport: socket.transport, state: socket.state, local: socket.local,
      remote: socket.remote)
    record.direction = direction(of: socket)
    let servicePort = record.direction == .outbound ? socket.remote.port : socket.local.port
    record.serviceName = configuration.serviceName(servicePort, socket.transport)
    record.host = configuration.host
    record.networkNamespace = Int64(socket.networkNamespace)
    record.updatedAt = time
    if socket.state == .TIME_WAIT { record.closedAt = time }
    var entry = Tracked(record: record, inode: 0, seenAt: observation)
    entry.isExcluded = isOwn(socket, snapshot)
    _ = entry.learn(socket, snapshot)
    if !entry.isExcluded {
      entry.record.origin = Origin(agent: configuration.agent, number: nextNumber)
      nextNumber += 1
      entry.isDirty = true
      dirty.append(key)
    }
    tracked[key] = entry
  }

  private func direction(of socket: SocketEntry) -> Direction {
    if socket.state == .LISTEN { return .listen }
    switch socket.transport {
    case .udp:
      return socket.state == .ESTABLISHED ? .outbound : .listen
    case .tcp:
      let port = PortKey(networkNamespace: socket.networkNamespace, port: socket.local.port)
      return listeners[port] == nil ? .outbound : .inbound
    }
  }

  private mutating func update(_ key: Key, with socket: SocketEntry, _ snapshot: SocketSnapshot) {
    guard let index = tracked.index(forKey: key) else { return }
    tracked.values[index].seenAt = observation
    var isChanged = tracked.values[index].learn(socket, snapshot)
    if tracked.values[index].record.state != socket.state {
      isChanged = true
      tracked.values[index].record.enter(socket.state, at: snapshot.time)
    }
    guard isChanged else { return }
    tracked.values[index].record.updatedAt = snapshot.time
    if !tracked.values[index].isDirty, !tracked.values[index].isExcluded {
      tracked.values[index].isDirty = true
      dirty.append(key)
    }
  }

  // MARK: - Ends

  private mutating func finishVanished(_ snapshot: SocketSnapshot, begun: [UInt64: UInt64]) {
    let vanished = tracked.filter { key, entry in
      entry.seenAt != observation
        && (snapshot.completeNamespaces.contains(key.networkNamespace)
          || observation - entry.seenAt >= Self.patience)
    }
    let attempts = vanished.reduce(into: [UInt64: UInt64]()) { counts, item in
      if item.value.record.state == .SYN_SENT { counts[item.key.networkNamespace, default: 0] += 1 }
    }
    let earlierGrowth = growth
    growth = [:]
    for (space, now) in snapshot.counters {
      if let before = counters[space] { growth[space] = now.growth(since: before) }
    }
    counters = snapshot.counters
    for (key, entry) in vanished {
      var verdict: AttemptInference.Verdict?
      let space = key.networkNamespace
      if entry.record.state == .SYN_SENT, let growth = growth[space],
        let earlier = earlierGrowth[space]
      {
        let inference = AttemptInference(
          growth: growth, earlierGrowth: earlier, vanished: attempts[space] ?? 0,
          begunAndAlive: begun[space] ?? 0)
        verdict = inference.verdict(
          on: .init(
            age: snapshot.time.microseconds(since: entry.record.timestamp),
            retransmits: UInt32(clamping: entry.record.retransmits ?? 0)))
      }
      finish(key, at: snapshot.time, verdict: verdict)
    }
  }

  private mutating func finish(
    _ key: Key, at time: Timestamp, verdict: AttemptInference.Verdict?
  ) {
    guard var entry = tracked.removeValue(forKey: key), !entry.isExcluded else { return }
    if let verdict {
      entry.record.error = verdict.error
      entry.record.errorStage = .handshake
      entry.record.errorSource = .inferred
      entry.record.errorCause = verdict.cause
    }
    entry.record.enter(.CLOSE, at: time)
    entry.record.updatedAt = time
    if entry.isReported { entry.record.revision += 1 }
    finished.append(entry.record)
  }

  // MARK: - Out

  /// The records that changed since the last drain, in their latest state: those that ended, then
  /// the others in the order in which they changed.
  public mutating func drain() -> [Connection] {
    var changed = finished
    finished.removeAll()
    for key in dirty {
      guard let index = tracked.index(forKey: key), tracked.values[index].isDirty else { continue }
      tracked.values[index].isDirty = false
      if tracked.values[index].isReported { tracked.values[index].record.revision += 1 }
      tracked.values[index].isReported = true
      changed.append(tracked.values[index].record)
    }
    dirty.removeAll(keepingCapacity: true)
    return changed
  }
}

extension ConnectionTracker.Key {
  fileprivate init(_ socket: SocketEntry) {
    networkNamespace = socket.networkNamespace
    transport = socket.transport
    local = socket.local
    remote = socket.remote
    inode = socket.remote.port == 0 ? socket.inode : 0
  }
}

extension ConnectionTracker.Tracked {
  /// Whether a socket with the same ends is the one followed, later in its life.
  fileprivate func isContinued(by socket: SocketEntry) -> Bool {
    if record.state == .TIME_WAIT, socket.state != .TIME_WAIT { return false }
    return inode == 0 || socket.inode == 0 || inode == socket.inode
  }

  /// Takes over what a sighting adds to what is known; says whether it was anything.
  fileprivate mutating func learn(_ socket: SocketEntry, _ snapshot: SocketSnapshot) -> Bool {
    var isChanged = false
    if socket.inode != 0, inode == 0 {
      inode = socket.inode
      record.inode = Int64(clamping: socket.inode)
      isChanged = true
    }
    if let owner = socket.owner, let details = snapshot.processes[owner] {
      let isNews =
        record.process.identity.pid == 0
        || record.process.identity == owner && record.process != details
      if isNews {
        record.process = details
        isChanged = true
      }
    } else if record.process.identity.pid == 0, socket.inode != 0,
      record.process.userID != socket.userID
    {
      // Whose socket it is can be read even where the process cannot.
      record.process.userID = socket.userID
      isChanged = true
    }
    // The kernel forgets the count once the segment is answered; the record keeps the highest.
    if socket.transport == .tcp, Int64(socket.retransmits) > record.retransmits ?? 0 {
      record.retransmits = Int64(socket.retransmits)
      isChanged = true
    }
    return isChanged
  }
}

extension Connection {
  /// Moves to a state and notes what time that settles.
  fileprivate mutating func enter(_ state: TCPState, at time: Timestamp) {
    if state == .ESTABLISHED, establishedAt == nil { establishedAt = time }
    if state == .TIME_WAIT || state == .CLOSE, closedAt == nil {
      closedAt = time
      durationMicroseconds = max(0, time.microseconds(since: timestamp))
    }
    self.state = state
  }
}
