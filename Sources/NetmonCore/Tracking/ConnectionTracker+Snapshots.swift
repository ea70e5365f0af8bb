extension ConnectionTracker {
  /// Snapshots without its namespace after which a socket counts as gone: with the last process
  /// of a namespace its tables become unreadable, but one failed reading must not end them all.
  private static let patience: UInt64 = 3

  /// Compares a snapshot with what was known, and notes every difference.
  ///
  /// When events are traced too, those from before the end of the snapshot's reading must have
  /// been handled, and `snapshot.time` is when that reading began.
  public mutating func observe(_ snapshot: SocketSnapshot) {
    for transport in snapshot.transports { observations[transport] += 1 }
    namespaces.formUnion(snapshot.completeNamespaces)
    noteListeners(snapshot)
    let isOfTCP = snapshot.transports.contains(.tcp)
    let incomplete = isTracing && isOfTCP ? incompleteSockets() : [:]
    var begun: [UInt64: UInt64] = [:]
    if sockets.count == 0 { sockets.reserveCapacity(snapshot.sockets.count) }
    // Each new record gets a microsecond of its own within the reading, as ids order by time.
    var time = snapshot.time.advanced(byMicroseconds: -Int64(snapshot.sockets.count))
    for socket in snapshot.sockets {
      let ends = SocketTable.Ends(socket)
      if let known = sockets[ends], let tracked = sockets[known] {
        if tracked.attempt != nil, tracked.inode != socket.inode,
          history.hasEnded(ends, since: snapshot.time)
        {
          // It may be the one before that has closed since it was read.
          sockets[known]?.seenAt = observations[socket.transport]
          continue
        }
        if tracked.isContinued(by: socket) {
          update(known, with: socket, snapshot)
          continue
        }
        // Another socket has the same ends: the first one closed in between.
        finish(known, at: snapshot.time)
      }
      if isTracing, isToldByEvents(socket, ends, incomplete, snapshot) { continue }
      time = time.advanced(byMicroseconds: 1)
      let direction = open(ends, socket, at: time, snapshot)
      if direction == .outbound, socket.transport == .tcp {
        begun[socket.networkNamespace, default: 0] += 1
      }
    }
    finishVanished(snapshot, begun: begun)
    if isOfTCP { forgetListeners() }
    history.forgetEnds(before: snapshot.time)
  }

  private mutating func noteListeners(_ snapshot: SocketSnapshot) {
    guard snapshot.transports.contains(.tcp) else { return }
    let observation = observations[.tcp]
    ownListeners.removeAll(keepingCapacity: true)
    for socket in snapshot.sockets where socket.state == .LISTEN {
      let port = PortKey(networkNamespace: socket.networkNamespace, port: socket.local.port)
      listeners[port, default: ListeningPort(seenAt: observation)].seenAt = observation
      if isOwn(socket, snapshot) { ownListeners.insert(port) }
    }
  }

  private mutating func forgetListeners() {
    let observation = observations[.tcp]
    listeners = listeners.filter { _, listener in
      observation - listener.seenAt < 2 || listener.socket.map { sockets[$0] != nil } ?? false
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
    _ ends: SocketTable.Ends, _ socket: SocketEntry, at time: Timestamp, _ snapshot: SocketSnapshot
  ) -> Direction {
    let direction = direction(of: socket)
    let record = record(
      at: time, socket.transport, socket.state, direction, local: socket.local,
      remote: socket.remote, networkNamespace: socket.networkNamespace)
    var entry = TrackedSocket(
      record: record, ends: ends, seenAt: observations[socket.transport])
    if socket.state == .TIME_WAIT { entry.record.closedAt = time }
    entry.isExcluded = isOwn(socket, snapshot) || hasEndedBefore(socket)
    _ = entry.learn(socket, snapshot)
    // A UDP socket that is gone before its owner can be found has still asked for its route.
    let flow = DatagramSenders.Flow(port: socket.local.port, remote: socket.remote)
    if entry.record.process.identity.pid == 0, socket.transport == .udp,
      let sender = history.senders[flow], sender.networkNamespace == socket.networkNamespace
    {
      entry.record.process = sender.process
    }
    let handle = open(entry)
    if direction == .listen, socket.transport == .tcp {
      let port = PortKey(networkNamespace: socket.networkNamespace, port: socket.local.port)
      listeners[port]?.socket = handle
    }
    return direction
  }

  /// Whether it had ended before anything was looked at.
  private func hasEndedBefore(_ socket: SocketEntry) -> Bool {
    configuration.leavesOutEnded && observations[.tcp] == 1 && socket.transport == .tcp
      && socket.state == .TIME_WAIT
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

  private mutating func update(
    _ handle: SocketTable.Handle, with socket: SocketEntry, _ snapshot: SocketSnapshot
  ) {
    sockets[handle]?.seenAt = observations[socket.transport]
    var isChanged = sockets[handle]?.learn(socket, snapshot) ?? false
    // Events are newer than a snapshot.
    if sockets[handle]?.attempt == nil, sockets[handle]?.record.state != socket.state {
      isChanged = true
      sockets[handle]?.record.enter(socket.state, at: snapshot.time)
    }
    if isChanged { markDirty(handle, at: snapshot.time) }
  }
}

// MARK: - What vanished

extension ConnectionTracker {
  private mutating func finishVanished(_ snapshot: SocketSnapshot, begun: [UInt64: UInt64]) {
    let vanished = sockets.handles.filter { handle in
      guard let entry = sockets[handle] else { return false }
      return isGone(entry, snapshot)
    }
    var attempts: [UInt64: UInt64] = [:]
    for handle in vanished {
      guard let entry = sockets[handle], entry.record.state == .SYN_SENT, let ends = entry.ends
      else { continue }
      attempts[ends.networkNamespace, default: 0] += 1
    }
    let earlierGrowth = growth
    if snapshot.transports.contains(.tcp) {
      growth = [:]
      for (space, now) in snapshot.counters {
        if let before = counters[space] { growth[space] = now.growth(since: before) }
      }
      counters = snapshot.counters
    }
    for handle in vanished {
      guard let entry = sockets[handle] else { continue }
      // With events, a socket that vanished without them is one whose events were lost.
      var outcome = entry.attempt == nil ? Outcome.none : .unknown
      if entry.attempt == nil, entry.record.state == .SYN_SENT, let ends = entry.ends,
        let growth = growth[ends.networkNamespace],
        let earlier = earlierGrowth[ends.networkNamespace]
      {
        let inference = AttemptInference(
          growth: growth, earlierGrowth: earlier, vanished: attempts[ends.networkNamespace] ?? 0,
          begunAndAlive: begun[ends.networkNamespace] ?? 0)
        outcome = inference.outcome(
          of: .init(
            age: snapshot.time.microseconds(since: entry.record.timestamp),
            retransmits: UInt32(clamping: entry.record.retransmits ?? 0)))
      }
      finish(handle, at: snapshot.time, outcome: outcome)
    }
  }

  private func isGone(_ entry: TrackedSocket, _ snapshot: SocketSnapshot) -> Bool {
    guard snapshot.transports.contains(entry.record.transport) else { return false }
    let missed = observations[entry.record.transport] - entry.seenAt
    guard missed > 0 else { return false }
    guard let attempt = entry.attempt else {
      // What an event told of since the reading began is newer than the snapshot.
      guard let ends = entry.ends, entry.record.timestamp <= snapshot.time else { return false }
      return snapshot.completeNamespaces.contains(ends.networkNamespace)
        || missed >= Self.patience
    }
    // The end of a socket that makes events is an event. Only when that was lost does it show by
    // the socket missing, and a reading may skip one socket once (`tcp_seek_last_pos`).
    guard attempt.closing == nil, missed >= 2 else { return false }
    guard let space = entry.record.networkNamespace else {
      // Where it was is not known, as events were lost; were it there, its ends would show.
      return missed >= Self.patience && history.lastLoss >= attempt.began
    }
    return snapshot.completeNamespaces.contains(UInt64(clamping: space))
  }
}

// MARK: - Beside events

extension ConnectionTracker {
  /// Sockets that events told of, by what a snapshot would find them by if it knew no more of them
  /// than the event did.
  private func incompleteSockets() -> [SocketTable.Ends: [SocketTable.Handle]] {
    var found: [SocketTable.Ends: [SocketTable.Handle]] = [:]
    for handle in sockets.handles {
      guard let entry = sockets[handle], entry.attempt != nil, entry.attempt?.closing == nil,
        entry.inode == 0
      else { continue }
      found[entry.incompleteEnds, default: []].append(handle)
    }
    return found
  }

  /// Whether a socket that is not known by its ends makes no record, because events tell of it.
  private mutating func isToldByEvents(
    _ socket: SocketEntry, _ ends: SocketTable.Ends,
    _ incomplete: [SocketTable.Ends: [SocketTable.Handle]], _ snapshot: SocketSnapshot
  ) -> Bool {
    // It was open when the snapshot was read and has closed since.
    if history.hasEnded(ends, since: snapshot.time) { return true }
    switch (socket.transport, socket.state) {
    case (.udp, _):
      return false
    case (.tcp, .SYN_SENT):
      // Its local port is not known yet, so several may look alike: none is touched.
      var portless = ends
      portless.local.port = 0
      let alike = incomplete[portless] ?? []
      for handle in alike { sockets[handle]?.seenAt = observations[.tcp] }
      return !alike.isEmpty
    case (.tcp, .LISTEN):
      var nameless = ends
      nameless.inode = 0
      return attach(socket, ends, to: incomplete[nameless], snapshot)
    case (.tcp, .ESTABLISHED), (.tcp, .CLOSE_WAIT):
      var homeless = ends
      homeless.networkNamespace = 0
      return attach(socket, ends, to: incomplete[homeless], snapshot)
    case (.tcp, _):
      // What no file refers to is on its way out, or not yet in.
      return socket.inode == 0
    }
  }

  private mutating func attach(
    _ socket: SocketEntry, _ ends: SocketTable.Ends, to candidates: [SocketTable.Handle]?,
    _ snapshot: SocketSnapshot
  ) -> Bool {
    guard let handle = candidates?.first(where: { sockets[$0]?.inode == 0 }) else { return false }
    sockets.index(handle, ends: ends)
    sockets[handle]?.record.networkNamespace = Int64(clamping: ends.networkNamespace)
    update(handle, with: socket, snapshot)
    return true
  }
}

extension TrackedSocket {
  /// Its ends without what events do not tell.
  fileprivate var incompleteEnds: SocketTable.Ends {
    var ends = SocketTable.Ends(
      networkNamespace: UInt64(clamping: record.networkNamespace ?? 0),
      transport: record.transport, local: record.local, remote: record.remote)
    // A port left over from an earlier attempt of the socket says nothing.
    if record.state == .SYN_SENT { ends.local.port = 0 }
    return ends
  }

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
      attempt?.isAccepted = true
      record.inode = Int64(clamping: socket.inode)
      isChanged = true
    }
    if let owner = socket.owner, let details = snapshot.processes[owner] {
      let isNews =
        record.process.identity.pid == 0
        || record.process.identity.isSame(as: owner) && record.process != details
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
    if let drops = socket.drops, record.drops != Int64(drops) {
      record.drops = Int64(drops)
      isChanged = true
    }
    if let figures = socket.figures {
      isChanged = record.learn(figures, in: socket.state, at: snapshot.time) || isChanged
    }
    return isChanged
  }
}

extension SocketTable.Ends {
  init(_ socket: SocketEntry) {
    self.init(
      networkNamespace: socket.networkNamespace, transport: socket.transport, local: socket.local,
      remote: socket.remote, inode: socket.remote.port == 0 ? socket.inode : 0)
  }
}
