extension ConnectionTracker {
  /// How long a closed socket may wait for the event that destroys it, in nanoseconds: the
  /// application may keep it open.
  private static let patience: UInt64 = 1_000_000_000
  /// Closed sockets that are kept, whose applications hold on to them.
  private static let maximumSettled = 65_536

  mutating func handleDestroy(
    _ address: UInt64, _ tuple: SocketEvent.Tuple, _ cookie: UInt64, _ event: SocketEvent
  ) {
    // Sockets that were never connected are destroyed as well.
    guard let handle = sockets[kernelAddress: address] else { return }
    if !event.isInterrupt, sockets[handle]?.record.direction == .inbound,
      sockets[handle]?.record.process.identity.pid == 0,
      !history.threads.isKernelThread(event.thread)
    {
      sockets[handle]?.record.process = history.threads.process(of: event.thread)
      let space = history.threads.networkNamespace(of: event.thread)
      if sockets[handle]?.record.networkNamespace == nil, space != 0 {
        sockets[handle]?.record.networkNamespace = Int64(clamping: space)
      }
    }
    end(handle, at: event.time, portAtEnd: tuple.remote.port, cookie: cookie)
  }

  /// Ends a socket's record: the kernel destroyed it, or gave its address to another one.
  mutating func end(
    _ handle: SocketTable.Handle, at time: UInt64, portAtEnd: UInt16? = nil, cookie: UInt64 = 0
  ) {
    settle(handle, portAtEnd: portAtEnd)
    guard let attempt = sockets[handle]?.attempt else { return }
    if history.latest[attempt.thread] == handle { history.latest[attempt.thread] = nil }
    let closed = attempt.closing?.time ?? time
    // `tcp_disconnect` sets the counters back: what they say at the end is not what was.
    finish(
      handle, at: attempt.moment(closed), cookie: attempt.isDisconnected ? 0 : cookie)
  }

  /// Concludes how a socket ended, once. What comes later adds nothing.
  private mutating func settle(_ handle: SocketTable.Handle, portAtEnd: UInt16?) {
    guard let attempt = sockets[handle]?.attempt, !attempt.isSettled,
      let direction = sockets[handle]?.record.direction,
      var process = sockets[handle]?.record.process.identity,
      let port = sockets[handle]?.record.remote.port
    else { return }
    if direction == .inbound, process.pid == 0 {
      let listener = listenerProcess(ofChild: handle)
      sockets[handle]?.record.process = listener
      process = listener.identity
    }
    let context = Outcome.Context(
      portAtEnd: portAtEnd, isIncomplete: history.lastLoss >= attempt.began,
      hasWinner: process.pid == 0
        ? nil
        : history.hasEstablished(.init(process: process, port: port), since: attempt.began),
      isInbound: direction == .inbound)
    let outcome = direction == .listen ? Outcome.none : Outcome(attempt, context)
    let moment = attempt.moment(attempt.closing?.time ?? history.now)
    _ = sockets.update(handle) { socket in
      socket.record.take(outcome)
      socket.record.enter(.CLOSE, at: moment)
      socket.attempt?.isSettled = true
    }
    markDirty(handle, at: moment)
  }

  /// A connection that nobody accepted belongs to the process that listens.
  private func listenerProcess(ofChild handle: SocketTable.Handle) -> ProcessDetails {
    guard let local = sockets[handle]?.record.local else { return .unknown }
    let space = sockets[handle]?.record.networkNamespace ?? 0
    let port = PortKey(networkNamespace: UInt64(clamping: space), port: local.port)
    guard let listener = listeners[port]?.socket else { return .unknown }
    return sockets[listener]?.record.process ?? .unknown
  }

  /// Gives out the records of closed sockets that the application has kept for a second, and
  /// forgets those kept longest when they are too many.
  mutating func expireClosing(at time: UInt64) {
    while let handle = history.closing.first {
      if let closing = sockets[handle]?.attempt?.closing {
        guard closing.time &+ Self.patience <= time else { break }
        settle(handle, portAtEnd: nil)
        history.settled.append(handle)
      }
      history.closing.removeFirst()
    }
    while history.settled.count > Self.maximumSettled, let oldest = history.settled.first {
      history.settled.removeFirst()
      end(oldest, at: time)
    }
  }

  /// Has a snapshot wanted for inbound connections that have lived for half a second, as accept(2)
  /// makes no event.
  mutating func expireUnaccepted(at time: UInt64) {
    while let oldest = history.unaccepted.first, oldest.time &+ Self.patience / 2 <= time {
      history.unaccepted.removeFirst()
      guard let attempt = sockets[oldest.socket]?.attempt, attempt.closing == nil else { continue }
      if sockets[oldest.socket]?.record.process.identity.pid == 0 { wantsSnapshot = true }
    }
  }
}
