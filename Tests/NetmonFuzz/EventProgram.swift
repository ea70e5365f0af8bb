import NetmonCore

/// Reads bytes as a program of what the tracker may be told: few sockets, threads and ports, so
/// that the events have to do with each other, in the order of time.
struct EventProgram {
  enum Step {
    case event(SocketEvent)
    case look(SocketSnapshot)
    case advance(UInt64)
    case setClock(EventClock)
    case drain
  }

  private let bytes: [UInt8]
  private var position = 0
  private var time: UInt64 = 1_000_000_000_000

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next step, nil at the end.
  mutating func next() -> Step? {
    guard position < bytes.count else { return nil }
    let code = take()
    // From nothing over microseconds to a minute.
    let pause = take()
    time += UInt64(pause & 15) << UInt64(pause >> 4) * 2
    switch code {
    case 0..<8: return .drain
    case 8..<16: return .advance(time)
    case 16..<20:
      return .setClock(EventClock(realtimeOffset: 1_790_000_000_000_000_000 + Int64(take()) << 40))
    case 20..<36: return .look(snapshot())
    default: return .event(event(code))
    }
  }

  private mutating func take() -> UInt8 {
    guard position < bytes.count else { return 0 }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int(take()) % elements.count]
  }

  // MARK: - Events

  private mutating func event(_ code: UInt8) -> SocketEvent {
    let place = take()
    return SocketEvent(
      time: time, cpu: place & 64 == 0 ? UInt32(place & 3) : .max, thread: thread(place >> 2),
      isInterrupt: place & 128 != 0, kind: kind(code))
  }

  private mutating func kind(_ code: UInt8) -> SocketEvent.Kind {
    switch code {
    case 36..<110:
      .setState(.init(socket: socket(), tuple: tuple(), from: state(), to: state()))
    case 110..<130: .errorReport(tuple(), error: error())
    case 130..<160: .destroy(socket: socket(), tuple(), cookie: UInt64(take() & 7))
    case 160..<168: .receiveReset(socket: socket(), tuple())
    case 168..<176: .sendReset(socket: socket(), tuple())
    case 176..<184: .retransmit(socket: socket(), tuple(), error: code & 1 == 0 ? nil : error())
    case 184..<192:
      .icmpSend(code & 1 == 0 ? nil : tuple(), type: take() & 15, code: take() & 15)
    case 192..<206: .routeLookup(tuple(), table: UInt32(take() & 3), error: error())
    case 206..<210: .connectEnter(descriptor: Int32(take()), destination: endpoint())
    case 210..<214: .connectExit(result: error())
    case 214..<222:
      .fork(
        process: thread(take()), thread: thread(take()), parentProcess: thread(take()),
        parentThread: thread(take()))
    case 222..<228: .exit(process: thread(take()), thread: thread(take()))
    case 228..<234:
      .name(process: thread(take()), thread: thread(take()), name: "n", isExec: code & 1 == 0)
    case 234..<238: .executable(process: thread(take()), path: "/bin/n")
    case 238..<244:
      .networkNamespace(process: thread(take()), thread: thread(take()), inode: namespace())
    case 244..<246: .cgroup(id: 1, path: "/")
    case 246..<252:
      .figures(
        cookie: UInt64(take() & 7),
        SocketFigures(
          bytesSent: pick([0, 5, .max]), bytesReceived: pick([0, 1, .max]), rtt: pick([0, .max]),
          retransmits: pick([0, 1, .max])))
    default:
      .lost(
        pick([.tracefs, .perf, .sock_diag]), count: pick([0, 1, .max]), until: pick([0, 9, .max]))
    }
  }

  private func thread(_ byte: UInt8) -> Int32 { [0, 1, 2, 100, 101, 200, -1, .max][Int(byte & 7)] }
  private mutating func socket() -> UInt64 { pick([0, 1, 2, 3, 4, 5, 6, .max]) }
  private mutating func namespace() -> UInt64 { pick([0, 1, 2, .max]) }
  private mutating func state() -> TCPState { pick(TCPState.allCases) }

  private mutating func error() -> Int32 {
    pick([0, 111, 110, 104, 32, 113, -11, -101, -113, -115, -512, .min, .max])
  }

  private mutating func endpoint() -> Endpoint {
    let byte = take()
    let address =
      switch byte & 3 {
      case 0: IPAddress(ipv4: 0)
      case 1: IPAddress(ipv4: 0x7F00_0001)
      case 2: IPAddress(high: 0, low: 1)
      default: IPAddress(ipv4: 0x0A00_0001)
      }
    return Endpoint(address, [0, 0, 80, 443, 50_000, 50_001, 50_002, .max][Int(byte >> 2 & 7)])
  }

  private mutating func tuple() -> SocketEvent.Tuple {
    SocketEvent.Tuple(take() & 3 == 0 ? .udp : .tcp, local: endpoint(), remote: endpoint())
  }

  // MARK: - Snapshots

  private mutating func snapshot() -> SocketSnapshot {
    let offset: Int64 = 1_790_000_000_000_000_000
    var snapshot = SocketSnapshot(
      time: Timestamp(microseconds: (Int64(clamping: time) + offset) / 1000))
    for _ in 0..<take() & 7 {
      var entry = SocketEntry(
        networkNamespace: namespace(), transport: take() & 3 == 0 ? .udp : .tcp, state: state(),
        local: endpoint(), remote: endpoint(), inode: pick([0, 1, 2, .max]), userID: 0,
        retransmits: UInt32(take()))
      if take() & 1 == 0 {
        let owner = ProcessIdentity(pid: thread(take()), startTime: UInt64(take()))
        entry.owner = owner
        snapshot.processes[owner] = ProcessDetails(identity: owner, name: "n")
      }
      snapshot.sockets.append(entry)
    }
    for _ in 0..<take() & 3 { snapshot.completeNamespaces.insert(namespace()) }
    var counters = NetworkCounters()
    counters.attemptFails = pick([0, 1, .max])
    counters.activeOpens = pick([0, 1, .max])
    counters.inSegs = pick([0, 1, .max])
    if take() & 1 == 0 { snapshot.counters[namespace()] = counters }
    return snapshot
  }
}
