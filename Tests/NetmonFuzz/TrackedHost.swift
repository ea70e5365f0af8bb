import NetmonCore

/// A tracker and what must hold of it, whatever it is told.
struct TrackedHost {
  var tracker = ConnectionTracker(.init(host: "fuzz", agent: "0123456789abcdef"))
  private var revisions: [Origin: Int64] = [:]
  private var addresses: Set<UInt64> = []
  /// Sockets of snapshots and of UDP errors, however often each was seen.
  private var seen = 0
  private var newest: UInt64 = 0
  private var namespaces: Set<UInt64> = [0]

  init() {
    tracker.beginTracing(clock: EventClock(realtimeOffset: 1_790_000_000_000_000_000))
  }

  mutating func handle(_ event: SocketEvent) {
    newest = max(newest, event.time)
    switch event.kind {
    case .setState(let change): addresses.insert(change.socket)
    case .errorReport(let tuple, _) where tuple.transport == .udp: seen += 1
    case .networkNamespace(_, _, let inode): namespaces.insert(inode)
    default: break
    }
    tracker.handle(event)
  }

  mutating func observe(_ snapshot: SocketSnapshot) {
    seen += snapshot.sockets.count
    namespaces.formUnion(snapshot.completeNamespaces)
    tracker.observe(snapshot)
  }

  mutating func drain() throws(BrokenInvariant) {
    for record in tracker.drain() {
      guard let origin = record.origin else { throw BrokenInvariant("a record without origin") }
      let before = revisions.updateValue(record.revision, forKey: origin)
      try require(
        before.map { $0 < record.revision } ?? true,
        "\(origin) has revision \(record.revision) after \(before ?? 0)")
      try require(record.durationMicroseconds ?? 0 >= 0, "\(origin) ends before it begins")
      try require(record.connectMicroseconds ?? 0 >= 0, "\(origin) connects before it begins")
      _ = record.json
    }
    try require(
      tracker.openCount <= addresses.count + seen,
      "\(tracker.openCount) open of \(addresses.count) addresses and \(seen) others")
  }

  /// After a long time without anything, next to nothing is left.
  mutating func end() throws(BrokenInvariant) {
    try drain()
    var time = newest
    for look in 1...4 {
      time = time &+ 700_000_000_000 < time ? .max : time + 700_000_000_000
      tracker.advance(to: time)
      var snapshot = SocketSnapshot(
        time: Timestamp(microseconds: 2_000_000_000_000_000 + Int64(look)))
      snapshot.completeNamespaces = namespaces
      tracker.observe(snapshot)
      try drain()
    }
    try require(tracker.drain().isEmpty, "news of nothing")
    try require(
      tracker.openCount <= addresses.count, "\(tracker.openCount) are open that nobody sees")
  }
}
