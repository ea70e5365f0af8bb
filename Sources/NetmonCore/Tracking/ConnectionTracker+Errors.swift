extension ConnectionTracker {
  mutating func noteReset(_ address: UInt64, _ note: (inout Attempt) -> Void) {
    guard let handle = sockets[kernelAddress: address] else { return }
    _ = sockets.update(handle) { socket in
      if var attempt = socket.attempt {
        note(&attempt)
        socket.attempt = attempt
      }
    }
  }

  mutating func handleErrorReport(
    _ tuple: SocketEvent.Tuple, _ error: Int32, _ event: SocketEvent
  ) {
    if tuple.transport == .udp {
      handleDatagramError(tuple, error, event)
      return
    }
    if tuple.remote.port == 0 {
      handleDisconnect(tuple, error, event)
      return
    }
    let cpu = history[cpu: event.cpu]
    if let handle = cpu.socket(closedBy: event.thread, tuple), sockets.contains(handle) {
      if error == 0 {
        sockets[handle]?.attempt?.takenErrors += 1
        sockets[handle]?.attempt?.hasUnseenFailure = true
      } else {
        sockets[handle]?.attempt?.error = error
      }
    } else if error == 0, let handle = history.latest[event.thread],
      sockets[handle]?.record.state == .SYN_SENT, sockets[handle]?.record.remote == tuple.remote
    {
      // An ICMP error that arrived while the socket was in use, as within connect(2): the kernel
      // keeps it aside (`sk_err_soft` in `tcp_v4_err`), and SO_ERROR tells it.
      learnEnds(handle, tuple)
      let since = event.time - min(event.time, CPUHistory.rejectionAge)
      if let errno = cpu.rejection(of: tuple.remote, since: since) {
        sockets[handle]?.attempt?.softError = errno
      }
    }
  }

  /// `tcp_disconnect` reports last of all, with the remote port gone: error 0 when a failed
  /// connect(2) undoes itself, ECONNRESET when this end cut a connection or attempt short.
  private mutating func handleDisconnect(
    _ tuple: SocketEvent.Tuple, _ error: Int32, _ event: SocketEvent
  ) {
    var handle = history[cpu: event.cpu].socket(closedBy: event.thread, tuple)
    if handle == nil, let latest = history.latest[event.thread],
      sockets[latest]?.record.local.port == tuple.local.port
    {
      handle = latest
    }
    guard let handle, let attempt = sockets[handle]?.attempt, attempt.closing != nil else { return }
    if error == 0 {
      sockets[handle]?.attempt?.hasUnseenFailure = attempt.error == 0
    } else {
      sockets[handle]?.attempt?.isDisconnected = true
    }
  }

  mutating func handleRetransmit(
    _ address: UInt64, _ tuple: SocketEvent.Tuple, _ error: Int32?, _ event: SocketEvent
  ) {
    let handle = sockets[kernelAddress: address] ?? find(tuple, preferring: 0)
    guard let handle, let socket = sockets[handle], let attempt = socket.attempt,
      attempt.closing == nil
    else { return }
    learnEnds(handle, tuple)
    sockets[handle]?.attempt?.retransmits += 1
    sockets[handle]?.record.retransmits = max(
      socket.record.retransmits ?? 0, attempt.retransmits + 1)
    // -EPERM: a netfilter rule of this host dropped it (`NF_DROP_ERR`).
    if error == -1 { sockets[handle]?.attempt?.isDroppedLocally = true }
    markDirty(handle, at: attempt.moment(event.time))
  }

  mutating func handleRejection(
    _ tuple: SocketEvent.Tuple?, _ type: UInt8, _ code: UInt8, _ event: SocketEvent
  ) {
    guard let tuple, let errno = errnoOfICMP(type: type, code: code) else { return }
    history[cpu: event.cpu].push(
      CPUHistory.Rejection(time: event.time, remote: tuple.remote, errno: errno))
    if tuple.transport == .udp {
      history.senders.reject(tuple, errno: errno, at: event.time)
    }
  }
}

// MARK: - Routes

extension ConnectionTracker {
  mutating func handleRouteLookup(
    _ tuple: SocketEvent.Tuple, _ table: UInt32, _ error: Int32, _ event: SocketEvent
  ) {
    guard !event.isInterrupt else { return }
    if tuple.transport == .udp {
      history.senders.note(
        .init(port: tuple.local.port, remote: tuple.remote), of: event.thread,
        .init(
          process: history.threads.process(of: event.thread),
          networkNamespace: history.threads.networkNamespace(of: event.thread),
          thread: event.thread, seen: event.time),
        at: event.time)
    }
    guard error < 0 else {
      history.routes.cancel(event.thread, tuple.remote)
      if tuple.transport == .udp,
        history.datagramConnects.isSecond(tuple, by: event.thread, at: event.time)
      {
        beginDatagrams(tuple, event)
      }
      return
    }
    if tuple.transport == .tcp, isAmidConnection(tuple, event) { return }
    let before = history.routes.note(
      event, tuple, table: table, error: error, threads: history.threads)
    if let before { report(before) }
  }

  /// Whether a socket that has begun to connect, or is connected, looks its route up again.
  private func isAmidConnection(_ tuple: SocketEvent.Tuple, _ event: SocketEvent) -> Bool {
    if let handle = history.latest[event.thread],
      sockets[handle]?.record.state == .SYN_SENT, sockets[handle]?.record.remote == tuple.remote
    {
      return true
    }
    return tuple.local.port != 0
      && find(tuple, preferring: history.threads.networkNamespace(of: event.thread)) != nil
  }

  /// Records an attempt or a datagram that found no route.
  mutating func report(_ failure: RouteFailures.Failure) {
    guard !isOwn(failure.process) else { return }
    let flow = DatagramSenders.Flow(
      port: failure.tuple.local.port, remote: failure.tuple.remote)
    if failure.tuple.transport == .udp,
      !history.senders.isNews(flow, of: failure.process.identity, failure.thread, at: failure.time)
    {
      return
    }
    let time = history.clock.timestamp(failure.time)
    var record = record(
      at: time, failure.tuple.transport, .CLOSE, .outbound, local: failure.tuple.local,
      remote: failure.tuple.remote, networkNamespace: failure.networkNamespace)
    record.process = failure.process
    record.enter(.CLOSE, at: time)
    // A lookup that was lost may have found the route.
    record.take(history.lastLoss >= failure.time ? .unknown : .route(failure.errno))
    report(record)
  }
}
