/// Turns what is seen of sockets into records: opened, changed, closed, failed.
///
/// A pure state machine with two inputs, which may be used together: snapshots go in through
/// ``observe(_:)``, the kernel's events through ``handle(_:)``; the records that changed come out
/// of ``drain()``. A connection that opened and closed between two drains comes out once. It has no
/// clock and does no input or output; memory is bounded by the sockets alive.
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
    /// Whether sockets that wait in TIME_WAIT when the first snapshot is taken make no record. They
    /// have ended before, and nothing tells whether an earlier run has recorded them.
    public var leavesOutEnded: Bool
    /// The name of a service by its port, from `/etc/services`.
    public var serviceName: @Sendable (UInt16, TransportProtocol) -> String?

    public init(
      host: String, agent: String, firstNumber: Int64 = 1, excludedPath: String? = nil,
      leavesOutEnded: Bool = false,
      serviceName: @escaping @Sendable (UInt16, TransportProtocol) -> String? = { _, _ in nil }
    ) {
      self.host = host
      self.agent = agent
      self.firstNumber = firstNumber
      self.excludedPath = excludedPath
      self.leavesOutEnded = leavesOutEnded
      self.serviceName = serviceName
    }
  }

  /// A port of one network namespace.
  struct PortKey: Hashable {
    var networkNamespace: UInt64
    var port: UInt16
  }

  /// How many snapshots have shown the sockets of each kind.
  struct Observations {
    private var tcp: UInt64 = 0
    private var udp: UInt64 = 0

    subscript(transport: TransportProtocol) -> UInt64 {
      get { transport == .tcp ? tcp : udp }
      set { if transport == .tcp { tcp = newValue } else { udp = newValue } }
    }
  }

  /// What listens on a port.
  struct ListeningPort {
    /// The observation that last showed it; events that open and close it count as one.
    var seenAt: UInt64
    var socket: SocketTable.Handle?
  }

  let configuration: Configuration
  private var nextNumber: Int64
  var sockets = SocketTable()
  private var dirty: [SocketTable.Handle] = []
  private var finished: [Connection] = []

  var observations = Observations()
  var listeners: [PortKey: ListeningPort] = [:]
  var ownListeners: Set<PortKey> = []
  /// The network namespaces of the last snapshot, and those of processes that events told of.
  var namespaces: Set<UInt64> = []
  var counters: [UInt64: NetworkCounters] = [:]
  var growth: [UInt64: NetworkCounters] = [:]

  /// What events have told; it stays empty when only snapshots come.
  var history = EventHistory(clock: EventClock(realtimeOffset: 0))
  /// Whether events come, so that snapshots only add to them.
  public internal(set) var isTracing = false
  /// Whether a snapshot may be under way that shows what has ended since its reading began. Between
  /// two of them that need not be remembered.
  public var mayBeInSnapshot = true
  /// Whether final figures of sockets come after their end.
  public var awaitsFigures = true
  /// Whether a snapshot of TCP would tell what no event did.
  var wantsSnapshot = false
  /// The records that final figures may still come for, by the cookie of their socket: those that
  /// wait for the next drain by their place, and those that went with the last one.
  private var finishedByCookie: [UInt64: (index: Int, hasPeerFinished: Bool)] = [:]
  private var drainedByCookie: [UInt64: (record: Connection, hasPeerFinished: Bool)] = [:]

  public init(_ configuration: Configuration) {
    self.configuration = configuration
    nextNumber = configuration.firstNumber
  }

  /// How many sockets are followed now.
  public var openCount: Int { sockets.count }

  /// The sockets that are there and make no record, as ``Configuration/excludedPath`` has them.
  public var excluded: [Connection] {
    sockets.handles.compactMap { sockets[$0] }.filter(\.isExcluded).map(\.record)
  }

  // MARK: - Opening

  /// Takes up records that an earlier run left open: sockets that are still there continue them,
  /// the others end at the next observation. Those from before `bootTime` have ended with that
  /// boot, when they were last heard of.
  public mutating func adopt(_ records: [Connection], bootTime: Timestamp) {
    for record in records where record.host == configuration.host {
      // What was posted here by others has no socket that could be followed.
      guard let space = record.networkNamespace, let lastHeard = record.updatedAt else { continue }
      let inode = UInt64(clamping: record.inode ?? 0)
      let ends = SocketTable.Ends(
        networkNamespace: UInt64(clamping: space), transport: record.transport,
        local: record.local, remote: record.remote,
        inode: record.remote.port == 0 ? inode : 0)
      let handle = sockets.insert(
        TrackedSocket(record: record, ends: ends, inode: inode, seenAt: 0, isReported: true))
      if record.timestamp < bootTime { finish(handle, at: lastHeard) }
    }
  }

  /// A record as it begins.
  func record(
    at time: Timestamp, _ transport: TransportProtocol, _ state: TCPState, _ direction: Direction,
    local: Endpoint, remote: Endpoint, networkNamespace: UInt64
  ) -> Connection {
    var record = Connection(
      timestamp: time, transport: transport, state: state, local: local, remote: remote)
    record.direction = direction
    record.serviceName = configuration.serviceName(
      direction == .outbound ? remote.port : local.port, transport)
    record.host = configuration.host
    record.networkNamespace = networkNamespace == 0 ? nil : Int64(clamping: networkNamespace)
    record.updatedAt = time
    return record
  }

  /// Begins to follow a socket; what is not excluded gets its origin here.
  @discardableResult
  mutating func open(_ socket: TrackedSocket) -> SocketTable.Handle {
    var socket = socket
    if !socket.isExcluded {
      socket.record.origin = Origin(agent: configuration.agent, number: nextNumber)
      nextNumber += 1
      socket.isDirty = true
    }
    let handle = sockets.insert(socket)
    if socket.isDirty { dirty.append(handle) }
    return handle
  }

  /// Has the next drain give this record out.
  mutating func markDirty(_ handle: SocketTable.Handle, at time: Timestamp) {
    let isNews = sockets.update(handle) { socket in
      socket.record.updatedAt = max(time, socket.record.timestamp)
      guard !socket.isDirty, !socket.isExcluded else { return false }
      socket.isDirty = true
      return true
    }
    if isNews == true { dirty.append(handle) }
  }

  // MARK: - Ends

  /// Ends a record and stops to follow its socket. With a cookie, final figures may still come.
  mutating func finish(
    _ handle: SocketTable.Handle, at time: Timestamp, outcome: Outcome = .none, cookie: UInt64 = 0
  ) {
    guard var socket = sockets.remove(handle), !socket.isExcluded else { return }
    let hasPeerFinished = socket.attempt?.hasPeerFinished ?? false
    let cookie = awaitsFigures ? cookie : 0
    // Nothing has changed since the outcome was given out.
    let isOver = socket.attempt?.isSettled == true && socket.isReported && !socket.isDirty
    if isOver {
      if cookie != 0 { drainedByCookie[cookie] = (socket.record, hasPeerFinished) }
      return
    }
    if socket.attempt?.isSettled != true {
      socket.record.take(outcome)
      socket.record.enter(.CLOSE, at: time)
      socket.record.updatedAt = time
    }
    if socket.isReported { socket.record.revision += 1 }
    if cookie != 0 { finishedByCookie[cookie] = (finished.count, hasPeerFinished) }
    finished.append(socket.record)
  }

  /// Records something that was over when it was noticed.
  mutating func report(_ record: Connection) {
    var record = record
    record.origin = Origin(agent: configuration.agent, number: nextNumber)
    nextNumber += 1
    finished.append(record)
  }

  /// Adds the final figures to the record of a socket, which has just ended.
  mutating func complete(_ cookie: UInt64, _ figures: SocketFigures) {
    if let (index, hasPeerFinished) = finishedByCookie.removeValue(forKey: cookie) {
      finished[index].complete(with: figures, hasPeerFinished: hasPeerFinished)
    } else if let drained = drainedByCookie.removeValue(forKey: cookie) {
      var record = drained.record
      record.complete(with: figures, hasPeerFinished: drained.hasPeerFinished)
      record.revision += 1
      finished.append(record)
    }
  }

  // MARK: - Out

  /// The records that changed since the last drain, in their latest state: those that ended, then
  /// the others in the order in which they changed.
  public mutating func drain() -> [Connection] {
    drainFinished() + drainChanged()
  }

  /// How many records of sockets that have ended are to be drained.
  public var finishedCount: Int { finished.count }

  /// The records that ended since this was last asked.
  public mutating func drainFinished() -> [Connection] {
    drainedByCookie.removeAll(keepingCapacity: true)
    for (cookie, place) in finishedByCookie {
      drainedByCookie[cookie] = (finished[place.index], place.hasPeerFinished)
    }
    finishedByCookie.removeAll(keepingCapacity: true)
    defer { finished.removeAll() }
    return finished
  }

  /// How many records of sockets that are still there have changed.
  public var changedCount: Int { dirty.count }

  /// Of those the first, at most `limit`; the others stay for the next time.
  public mutating func drainChanged(atMost limit: Int = .max) -> [Connection] {
    var changed: [Connection] = []
    var waiting: [SocketTable.Handle] = []
    for handle in dirty.prefix(limit) {
      let record = sockets.update(handle) { socket -> Connection? in
        guard socket.isDirty else { return nil }
        // How a closed socket ended is known when the kernel destroys it, a moment later.
        if let attempt = socket.attempt, attempt.closing != nil, !attempt.isSettled {
          waiting.append(handle)
          return nil
        }
        if socket.isReported { socket.record.revision += 1 }
        socket.isDirty = false
        socket.isReported = true
        return socket.record
      }
      if case .some(let record?) = record { changed.append(record) }
    }
    dirty.removeFirst(min(limit, dirty.count))
    dirty += waiting
    return changed
  }
}

extension Connection {
  /// Moves to a state and notes what time that settles.
  mutating func enter(_ state: TCPState, at time: Timestamp) {
    if state == .ESTABLISHED, establishedAt == nil { establishedAt = time }
    if state == .TIME_WAIT || state == .CLOSE, closedAt == nil {
      closedAt = time
      durationMicroseconds = max(0, time.microseconds(since: timestamp))
    }
    self.state = state
  }

  mutating func take(_ outcome: Outcome) {
    guard error == nil else { return }
    error = outcome.error
    errorStage = outcome.stage
    errorSource = outcome.source
    errorCause = outcome.cause
  }
}
