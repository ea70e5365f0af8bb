import NetmonCore

/// A host with two processes, on which scripts are played.
struct TracedHost {
  static let clock = EventClock(realtimeOffset: 1_795_000_000_000_000_000, boottimeOffset: 0)
  static let client = ProcessIdentity(pid: 100, startTime: 50)
  static let server = ProcessIdentity(pid: 300, startTime: 60)

  var tracker: ConnectionTracker
  private(set) var now: UInt64 = 0

  init(excluding path: String? = nil) {
    tracker = ConnectionTracker(
      .init(host: "web-1", agent: "a1", excludedPath: path) { port, _ in port == 80 ? "http" : nil }
    )
    tracker.beginTracing(clock: Self.clock)
    tracker.withThreads { threads in
      threads.seed(Self.details(Self.client, "client"), threads: [100, 101], networkNamespace: 1)
      threads.seed(Self.details(Self.server, "server"), threads: [300, 301], networkNamespace: 1)
      var kernel = ProcessDetails(identity: .init(pid: 7000, startTime: 1), name: "kworker/0:1")
      kernel.parentID = 2
      threads.seed(kernel, threads: [7000], networkNamespace: 1)
    }
  }

  static func details(_ identity: ProcessIdentity, _ name: String) -> ProcessDetails {
    var details = ProcessDetails(identity: identity, name: name, path: "/usr/bin/\(name)")
    details.userID = 1000
    details.unit = "\(name).service"
    return details
  }

  mutating func play(_ events: [SocketEvent]) {
    for event in events {
      tracker.handle(event)
      now = max(now, event.time)
    }
  }

  /// Lets time pass for what no event tells, and gives out all that changed.
  mutating func finish(after nanoseconds: UInt64 = 2_000_000_000) -> [Connection] {
    now += nanoseconds
    tracker.advance(to: now)
    return tracker.drain()
  }

  static func wall(_ time: UInt64) -> Timestamp {
    Timestamp(microseconds: (Int64(time) + clock.realtimeOffset) / 1000)
  }
}
