extension ConnectionTracker {
  /// Expects events from now on, and dates them by `clock`. Processes that run already are to be
  /// seeded through ``withThreads(_:)``.
  public mutating func beginTracing(clock: EventClock) {
    history = EventHistory(clock: clock)
    isTracing = true
  }

  /// How the events to come are dated; the wall clock may have been set.
  public mutating func setClock(_ clock: EventClock) {
    history.clock = clock
    history.threads.clock = clock
  }

  /// The threads and processes that events have told of.
  package mutating func withThreads<Result>(_ body: (inout ThreadTable) -> Result) -> Result {
    body(&history.threads)
  }

  /// Whether a snapshot of the TCP sockets would tell something now that no event did; asked once.
  public mutating func takeWishForSnapshot() -> Bool {
    defer { wantsSnapshot = false }
    return wantsSnapshot
  }

  /// Takes in one event. They come in the order of their time, and those of one CPU in the order
  /// in which they happened.
  public mutating func handle(_ event: SocketEvent) {
    history.now = max(history.now, event.time)
    switch event.kind {
    case .setState(let change): handle(change, event)
    case .errorReport(let tuple, let error): handleErrorReport(tuple, error, event)
    case .receiveReset(let address, _): noteReset(address) { $0.receivedReset = true }
    case .sendReset(let address, _): noteReset(address) { $0.sentReset = true }
    case .retransmit(let address, let tuple, let error):
      handleRetransmit(address, tuple, error, event)
    case .icmpSend(let tuple, let type, let code): handleRejection(tuple, type, code, event)
    case .routeLookup(let tuple, let table, let error):
      handleRouteLookup(tuple, table, error, event)
    case .connectEnter(let descriptor, let destination):
      noteCall(descriptor, destination, event)
    case .connectExit(let result): handleConnectExit(result, event)
    case .destroy(let address, let tuple, let cookie): handleDestroy(address, tuple, cookie, event)
    case .figures(let cookie, let figures): complete(cookie, figures)
    case .fork, .exit, .name, .executable, .networkNamespace: history.threads.handle(event)
    case .cgroup: break  // Which process moved there is not told.
    case .lost(.tracefs, _, let until):
      history.lastLoss = max(history.lastLoss, until)
      wantsSnapshot = true
    case .lost: break  // Who it was or how much is not known then; how it ended is.
    }
  }

  /// Concludes what no further event will tell, as all events before `time` have been handled: on
  /// the monotonic clock, in nanoseconds.
  public mutating func advance(to time: UInt64) {
    expireClosing(at: time)
    expireUnaccepted(at: time)
    for failure in history.routes.expire(at: time) { report(failure) }
    for datagram in history.senders.takeUnreported(at: time) { reportUnseen(datagram) }
    history.advance(to: time)
  }
}

// MARK: - States

extension ConnectionTracker {
  private mutating func handle(_ change: SocketEvent.StateChange, _ event: SocketEvent) {
    guard change.from != change.to else { return }
    switch (change.from, change.to) {
    case (.CLOSE, .SYN_SENT): beginAttempt(change, event)
    case (.CLOSE, .LISTEN): beginListening(change, event)
    case (.LISTEN, .SYN_RECV): beginInbound(change, event)
    default: progress(change, event)
    }
  }

  private mutating func beginAttempt(_ change: SocketEvent.StateChange, _ event: SocketEvent) {
    history.routes.cancel(event.thread, change.tuple.remote)
    let handle = begin(change, event, .outbound, isWhole: true)
    history.latest[event.thread] = handle
    history.calls[event.thread]?.socket = handle
  }

  private mutating func beginListening(_ change: SocketEvent.StateChange, _ event: SocketEvent) {
    let handle = begin(change, event, .listen, isWhole: true)
    guard let record = sockets[handle]?.record, let space = record.networkNamespace else { return }
    let port = PortKey(networkNamespace: UInt64(clamping: space), port: record.local.port)
    listeners[port] = ListeningPort(seenAt: observations[.tcp], socket: handle)
    if sockets[handle]?.isExcluded == true { ownListeners.insert(port) }
  }

  private mutating func beginInbound(_ change: SocketEvent.StateChange, _ event: SocketEvent) {
    let handle = begin(change, event, .inbound, isWhole: true)
    history.unaccepted.append(.init(socket: handle, time: event.time))
  }

  /// Starts a record with the first event of a socket, and ends the one before it at this address.
  @discardableResult
  private mutating func begin(
    _ change: SocketEvent.StateChange, _ event: SocketEvent, _ direction: Direction, isWhole: Bool
  ) -> SocketTable.Handle {
    if let before = sockets[kernelAddress: change.socket] { end(before, at: event.time) }
    let isActor = !event.isInterrupt && direction != .inbound
    let space =
      isActor
      ? history.threads.networkNamespace(of: event.thread)
      : networkNamespace(listeningOn: change.tuple.local.port)
    let time = history.clock.timestamp(event.time)
    var attempt = Attempt(
      kernelAddress: change.socket, began: event.time, beganAt: time, thread: event.thread,
      firstPort: change.tuple.local.port, isWhole: isWhole)
    attempt.isAccepted = direction != .inbound
    var socket = TrackedSocket(
      record: record(
        at: time, .tcp, change.to, direction, local: change.tuple.local,
        remote: change.tuple.remote, networkNamespace: space),
      seenAt: observations[.tcp], attempt: attempt)
    if isActor { socket.record.process = history.threads.process(of: event.thread) }
    socket.isExcluded = isOwn(socket.record)
    // While connecting, the local port is unknown or left over from an earlier attempt.
    if direction != .outbound { socket.ends = SocketTable.Ends(socket.record) }
    namespaces.insert(space)
    return open(socket)
  }

  private mutating func progress(_ change: SocketEvent.StateChange, _ event: SocketEvent) {
    guard let handle = find(change, event) else { return }
    if change.from == .LISTEN {
      noteListenerEnd(handle)
    } else {
      learnEnds(handle, change.tuple, isClosing: change.to == .CLOSE)
    }
    learnProcess(handle, event)
    let moment = sockets.update(handle) { $0.enter(change, event) }
    guard case .some(let moment?) = moment else { return }
    if change.to == .CLOSE { noteClosing(handle, change, event, at: moment) }
    if change.to == .ESTABLISHED { noteWinner(handle, event) }
    markDirty(handle, at: moment)
  }

  /// Remembers a closed socket for the error report and the destruction that follow.
  private mutating func noteClosing(
    _ handle: SocketTable.Handle, _ change: SocketEvent.StateChange, _ event: SocketEvent,
    at moment: Timestamp
  ) {
    if mayBeInSnapshot, let ends = sockets[handle]?.ends { history.noteEnd(ends, at: moment) }
    sockets.index(handle, ends: nil)
    history.closing.append(handle)
    history[cpu: event.cpu].push(
      CPUHistory.Closing(socket: handle, thread: event.thread, tuple: change.tuple))
  }

  /// Remembers that a process got through to a port, for its attempts that did not.
  private mutating func noteWinner(_ handle: SocketTable.Handle, _ event: SocketEvent) {
    guard sockets[handle]?.record.direction == .outbound,
      let process = sockets[handle]?.record.process.identity,
      let port = sockets[handle]?.record.remote.port
    else { return }
    history.noteEstablished(.init(process: process, port: port), at: event.time)
  }

  /// Children in the queue of a listener that stops are still to be closed; they are its
  /// connections until the next snapshot has passed.
  private mutating func noteListenerEnd(_ handle: SocketTable.Handle) {
    guard let space = sockets[handle]?.record.networkNamespace,
      let local = sockets[handle]?.record.local
    else { return }
    let port = PortKey(networkNamespace: UInt64(clamping: space), port: local.port)
    if listeners[port]?.socket == handle { listeners[port]?.seenAt = observations[.tcp] }
  }
}

// MARK: - Finding

extension ConnectionTracker {
  /// The socket of a change: known by its address, by its ends from a snapshot, or not at all, when
  /// it is older than the tracing or its first events were lost.
  private mutating func find(_ change: SocketEvent.StateChange, _ event: SocketEvent)
    -> SocketTable.Handle?
  {
    if let handle = sockets[kernelAddress: change.socket] { return handle }
    // A listener has no peer to be told by; the next snapshot shows that it is gone.
    guard change.from != .LISTEN, change.from != .CLOSE else { return nil }
    let space = event.isInterrupt ? 0 : history.threads.networkNamespace(of: event.thread)
    let time = history.clock.timestamp(event.time)
    var attempt = Attempt(
      kernelAddress: change.socket, began: event.time, beganAt: time, thread: event.thread,
      firstPort: change.tuple.local.port, isWhole: false)
    if let handle = find(change.tuple, preferring: space), let known = sockets[handle],
      known.attempt == nil
    {
      attempt.beganAt = max(time, known.record.timestamp)
      attempt.isAccepted = known.inode != 0
      sockets.attach(attempt, to: handle)
      return handle
    }
    let direction: Direction =
      change.from == .SYN_SENT || networkNamespace(listeningOn: change.tuple.local.port) == 0
      ? .outbound : .inbound
    return begin(change, event, direction, isWhole: false)
  }

  /// The open socket with these ends, in the namespace given or in the only one that has it.
  func find(_ tuple: SocketEvent.Tuple, preferring space: UInt64) -> SocketTable.Handle? {
    var ends = SocketTable.Ends(
      networkNamespace: space, transport: tuple.transport, local: tuple.local,
      remote: tuple.remote)
    if let handle = sockets[ends] { return handle }
    var found: SocketTable.Handle?
    for candidate in namespaces where candidate != space {
      ends.networkNamespace = candidate
      guard let handle = sockets[ends] else { continue }
      guard found == nil else { return nil }
      found = handle
    }
    return found
  }

  /// The namespace in which something listens on a port, if there is just one; else 0.
  private func networkNamespace(listeningOn port: UInt16) -> UInt64 {
    var found: UInt64 = 0
    for space in namespaces
    where listeners[PortKey(networkNamespace: space, port: port)] != nil {
      guard found == 0 else { return 0 }
      found = space
    }
    return found
  }

  /// Takes the ends from an event, which knows the port that connect(2) chose.
  mutating func learnEnds(
    _ handle: SocketTable.Handle, _ tuple: SocketEvent.Tuple, isClosing: Bool = false
  ) {
    guard tuple.local.port != 0, tuple.remote.port != 0 else { return }
    let ends = sockets.update(handle) { socket -> SocketTable.Ends? in
      guard socket.attempt?.closing == nil,
        socket.ends == nil || socket.record.local != tuple.local
      else { return nil }
      socket.record.local = tuple.local
      return SocketTable.Ends(socket.record)
    }
    guard case .some(let ends?) = ends else { return }
    // An attempt that fails because its port is taken has the ends of the connection that took it.
    if isClosing, sockets[ends] != nil { return }
    sockets.index(handle, ends: ends)
  }

  /// Takes the process from the first event in whose task an inbound connection is the
  /// application's. Kernel threads close on behalf of others (MPTCP).
  private mutating func learnProcess(_ handle: SocketTable.Handle, _ event: SocketEvent) {
    guard !event.isInterrupt, let attempt = sockets[handle]?.attempt,
      sockets[handle]?.record.direction == .inbound || !attempt.isWhole,
      !history.threads.isKernelThread(event.thread)
    else { return }
    if attempt.closing == nil { sockets[handle]?.attempt?.isAccepted = true }
    guard sockets[handle]?.record.process.identity.pid == 0 else { return }
    let process = history.threads.process(of: event.thread)
    guard process.identity.pid != 0 else { return }
    let space = history.threads.networkNamespace(of: event.thread)
    let isOwn = isOwn(process)
    let ends = sockets.update(handle) { socket -> SocketTable.Ends? in
      socket.record.process = process
      socket.isExcluded = socket.isExcluded || isOwn
      guard socket.record.networkNamespace == nil, space != 0 else { return nil }
      socket.record.networkNamespace = Int64(clamping: space)
      return socket.ends == nil ? nil : SocketTable.Ends(socket.record)
    }
    if case .some(let ends?) = ends { sockets.index(handle, ends: ends) }
  }

  /// Whether a record is netmon's own: its process, or a connection with its server.
  private func isOwn(_ record: Connection) -> Bool {
    guard record.direction == .inbound else { return isOwn(record.process) }
    let space = UInt64(clamping: record.networkNamespace ?? 0)
    return ownListeners.contains(PortKey(networkNamespace: space, port: record.local.port))
  }

  func isOwn(_ process: ProcessDetails) -> Bool {
    !process.path.isEmpty && process.path == configuration.excludedPath
  }
}

extension SocketTable.Ends {
  init(_ record: Connection) {
    self.init(
      networkNamespace: UInt64(clamping: record.networkNamespace ?? 0),
      transport: record.transport, local: record.local, remote: record.remote,
      inode: record.remote.port == 0 ? UInt64(clamping: record.inode ?? 0) : 0)
  }
}

extension TrackedSocket {
  /// Moves to a state as an event tells it; returns when, by the clock of the record.
  fileprivate mutating func enter(
    _ change: SocketEvent.StateChange, _ event: SocketEvent
  ) -> Timestamp? {
    guard let moment = attempt?.moment(event.time) else { return nil }
    let isEstablished: Bool
    switch change.from {
    // The event that said so may be older than the tracing, or lost.
    case .SYN_SENT, .SYN_RECV, .CLOSE, .LISTEN: isEstablished = change.to == .ESTABLISHED
    default: isEstablished = true
    }
    if isEstablished, let attempt, attempt.established == nil {
      self.attempt?.established = event.time
      if change.to == .ESTABLISHED, record.direction == .outbound, attempt.isWhole {
        record.connectMicroseconds = event.time.microseconds(since: attempt.began)
      }
    }
    switch (change.from, change.to) {
    case (_, .CLOSE_WAIT), (_, .CLOSING): attempt?.hasPeerFinished = true
    // TIME_WAIT is another kind of socket, in which this one ends (`tcp_time_wait`).
    case (.FIN_WAIT2, .CLOSE) where event.isInterrupt && attempt?.receivedReset == false:
      attempt?.hasPeerFinished = true
    default: break
    }
    if change.to == .CLOSE {
      attempt?.closing = .init(
        time: event.time, from: change.from, thread: event.thread, isInterrupt: event.isInterrupt,
        localPort: change.tuple.local.port)
    }
    record.enter(change.to, at: moment)
    return moment
  }
}
