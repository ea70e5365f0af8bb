extension ConnectionTracker {
  /// A UDP socket was connected. Snapshots tell when it is gone.
  mutating func beginDatagrams(_ tuple: SocketEvent.Tuple, _ event: SocketEvent) {
    let sender = history.senders[.init(port: tuple.local.port, remote: tuple.remote)]
    let time = history.clock.timestamp(event.time)
    let ends = SocketTable.Ends(
      networkNamespace: sender?.networkNamespace ?? 0, transport: .udp, local: tuple.local,
      remote: tuple.remote)
    if let before = sockets[ends] { finish(before, at: time) }
    _ = openDatagramSocket(tuple, sender, at: time)
  }

  /// A connected UDP socket was told of an ICMP error. Its record lives on, as the socket does:
  /// snapshots tell when it is gone.
  mutating func handleDatagramError(
    _ tuple: SocketEvent.Tuple, _ error: Int32, _ event: SocketEvent
  ) {
    guard error > 0, tuple.remote.port != 0 else { return }
    history.senders.settle(tuple)
    let sender = history.senders[.init(port: tuple.local.port, remote: tuple.remote)]
    let outcome = Outcome.kernel(error, .datagram, .icmp)
    let time = history.clock.timestamp(event.time)
    let handle =
      findDatagramSocket(tuple, of: sender, at: time)
      ?? openDatagramSocket(tuple, sender, at: time)
    // What the socket failed with first stays; it may be told so for every datagram.
    guard sockets[handle]?.record.error == nil else { return }
    sockets[handle]?.record.take(outcome)
    markDirty(handle, at: time)
  }

  /// The socket with these ends, unless they are those of another process by now: then its socket
  /// has gone, which no event told.
  private mutating func findDatagramSocket(
    _ tuple: SocketEvent.Tuple, of sender: DatagramSenders.Sender?, at time: Timestamp
  ) -> SocketTable.Handle? {
    guard let handle = find(tuple, preferring: sender?.networkNamespace ?? 0) else { return nil }
    guard let old = sockets[handle]?.record.process.identity, old.pid != 0,
      let new = sender?.process.identity, new.pid != 0, !old.isSame(as: new)
    else { return handle }
    finish(handle, at: time)
    return nil
  }

  private mutating func openDatagramSocket(
    _ tuple: SocketEvent.Tuple, _ sender: DatagramSenders.Sender?, at time: Timestamp
  ) -> SocketTable.Handle {
    let space = sender?.networkNamespace ?? 0
    var record = record(
      at: time, .udp, .ESTABLISHED, .outbound, local: tuple.local, remote: tuple.remote,
      networkNamespace: space)
    record.process = sender?.process ?? .unknown
    var socket = TrackedSocket(
      record: record, ends: SocketTable.Ends(record), seenAt: observations[.udp])
    socket.isExcluded = isOwn(record.process)
    return open(socket)
  }

  /// Records a datagram that this kernel rejected without telling the sender, whose socket is not
  /// connected: only the ICMP error is known, and whose datagram it was.
  mutating func reportUnseen(_ datagram: DatagramSenders.Rejected) {
    let flow = DatagramSenders.Flow(
      port: datagram.tuple.local.port, remote: datagram.tuple.remote)
    let sender = datagram.sender
    guard !isOwn(sender.process),
      history.senders.isNews(
        flow, of: sender.process.identity, sender.thread, at: datagram.time)
    else { return }
    let time = history.clock.timestamp(datagram.time)
    var record = record(
      at: time, .udp, .CLOSE, .outbound, local: datagram.tuple.local,
      remote: datagram.tuple.remote, networkNamespace: sender.networkNamespace)
    record.process = sender.process
    record.enter(.CLOSE, at: time)
    var outcome = Outcome.kernel(datagram.errno, .datagram, .icmp)
    outcome.source = .inferred
    record.take(outcome)
    report(record)
  }
}
