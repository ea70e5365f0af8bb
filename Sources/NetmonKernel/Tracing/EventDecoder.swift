package import NetmonCore

/// Turns records of tracepoints into events: a switch over the record's number, then loads at
/// offsets that were looked up before. Nothing is allocated per event.
package struct EventDecoder: Sendable {
  private enum Plan: Sendable {
    case setState(
      skaddr: Int, oldstate: Int, newstate: Int, transport: EventLayout.IntegerField,
      EventLayout.Ends)
    case errorReport(error: Int, transport: EventLayout.IntegerField, EventLayout.Ends)
    case destroy(skaddr: Int, cookie: Int?, EventLayout.Ends)
    case receiveReset(skaddr: Int, EventLayout.Ends)
    case sendReset(skaddr: Int, EventLayout.Ends)
    case retransmit(skaddr: Int, err: Int?, EventLayout.Ends)
    case icmpSend(type: Int, code: Int, EventLayout.Ends)
    case routeLookup(table: Int, err: Int, proto: Int, EventLayout.Ends)
    case connectEnter(fd: Int)
    case connectExit(ret: Int)
  }

  private struct Entry: Sendable {
    var plan: Plan
    /// The shortest record that holds all fields.
    var size: Int
    var flags: Int
    var pid: Int
  }

  /// The tracepoints' numbers lie close together, so a table from the lowest on.
  private var entries: [Entry?] = []
  private var firstID = 0

  package init() {}

  /// Adds a tracepoint.
  ///
  /// Throws `KernelError.malformed` if its records lack a field that is needed.
  package mutating func add(
    _ tracepoint: Tracepoint, _ format: TracepointFormat
  ) throws(KernelError) {
    var layout = EventLayout(format)
    _ = try layout.offset("common_type", size: 2)
    let flags = try layout.offset("common_flags", size: 1)
    let pid = try layout.offset("common_pid", size: 4)
    let plan = try Self.plan(tracepoint, &layout)
    insert(Entry(plan: plan, size: layout.size, flags: flags, pid: pid), at: Int(format.id))
  }

  private mutating func insert(_ entry: Entry, at id: Int) {
    if entries.isEmpty { firstID = id }
    if id < firstID {
      entries.insert(contentsOf: repeatElement(nil, count: firstID - id), at: 0)
      firstID = id
    }
    let index = id - firstID
    if index >= entries.count {
      entries += Array(repeating: nil, count: index + 1 - entries.count)
    }
    entries[index] = entry
  }

  private static func plan(
    _ tracepoint: Tracepoint, _ layout: inout EventLayout
  ) throws(KernelError) -> Plan {
    switch tracepoint {
    case .inet_sock_set_state:
      .setState(
        skaddr: try layout.offset("skaddr", size: 8),
        oldstate: try layout.offset("oldstate", size: 4),
        newstate: try layout.offset("newstate", size: 4),
        transport: try layout.integer("protocol"), try layout.socketEnds())
    case .inet_sk_error_report:
      .errorReport(
        error: try layout.offset("error", size: 4), transport: try layout.integer("protocol"),
        try layout.socketEnds())
    case .tcp_destroy_sock:
      .destroy(
        skaddr: try layout.offset("skaddr", size: 8),
        cookie: try layout.optionalOffset("sock_cookie", size: 8), try layout.socketEnds())
    case .tcp_receive_reset:
      .receiveReset(skaddr: try layout.offset("skaddr", size: 8), try layout.socketEnds())
    case .tcp_send_reset:
      .sendReset(skaddr: try layout.offset("skaddr", size: 8), try layout.resetEnds())
    case .tcp_retransmit_skb:
      .retransmit(
        skaddr: try layout.offset("skaddr", size: 8),
        err: try layout.optionalOffset("err", size: 4), try layout.socketEnds())
    case .icmp_send:
      .icmpSend(
        type: try layout.offset("type", size: 4), code: try layout.offset("code", size: 4),
        .ipv4(
          sport: try layout.offset("sport", size: 2), dport: try layout.offset("dport", size: 2),
          saddr: try layout.offset("saddr", size: 4), daddr: try layout.offset("daddr", size: 4)))
    case .fib_table_lookup:
      .routeLookup(
        table: try layout.offset("tb_id", size: 4), err: try layout.offset("err", size: 4),
        proto: try layout.offset("proto", size: 1),
        .ipv4(
          sport: try layout.offset("sport", size: 2), dport: try layout.offset("dport", size: 2),
          saddr: try layout.offset("src", size: 4), daddr: try layout.offset("dst", size: 4)))
    case .fib6_table_lookup:
      .routeLookup(
        table: try layout.offset("tb_id", size: 4), err: try layout.offset("err", size: 4),
        proto: try layout.offset("proto", size: 1),
        .ipv6(
          sport: try layout.offset("sport", size: 2), dport: try layout.offset("dport", size: 2),
          saddr: try layout.offset("src", size: 16), daddr: try layout.offset("dst", size: 16)))
    case .sys_enter_connect: .connectEnter(fd: try layout.offset("fd", size: 8))
    case .sys_exit_connect: .connectExit(ret: try layout.offset("ret", size: 8))
    }
  }
}

// MARK: - Decoding

extension EventDecoder {
  /// The event of a record, or nil if it is of no tracepoint added, cut short, or of a protocol or
  /// state that netmon does not know.
  package func decode(_ record: RawSpan, time: UInt64, cpu: UInt32) -> SocketEvent? {
    guard let id: UInt16 = record.value(0) else { return nil }
    let index = Int(id) - firstID
    guard entries.indices.contains(index), let entry = entries[index],
      record.byteCount >= entry.size, let kind = Self.kind(record, entry.plan)
    else { return nil }
    // TRACE_FLAG_HARDIRQ and TRACE_FLAG_SOFTIRQ (`include/linux/trace_events.h`).
    let isInterrupt = record.load(entry.flags, as: UInt8.self) & 0x18 != 0
    return SocketEvent(
      time: time, cpu: cpu, thread: record.load(entry.pid), isInterrupt: isInterrupt, kind: kind)
  }

  private static func kind(_ record: RawSpan, _ plan: Plan) -> SocketEvent.Kind? {
    switch plan {
    case .setState(let skaddr, let oldstate, let newstate, let transport, let ends):
      guard let transport = self.transport(record.integer(transport)),
        let from = state(record.load(oldstate)), let to = state(record.load(newstate))
      else { return nil }
      return .setState(
        SocketEvent.StateChange(
          socket: record.load(skaddr), tuple: record.tuple(ends, transport), from: from, to: to))
    case .errorReport(let error, let transport, let ends):
      guard let transport = self.transport(record.integer(transport)) else { return nil }
      return .errorReport(record.tuple(ends, transport), error: record.load(error))
    case .destroy(let skaddr, let cookie, let ends):
      return .destroy(
        socket: record.load(skaddr), record.tuple(ends), cookie: cookie.map { record.load($0) } ?? 0
      )
    case .receiveReset(let skaddr, let ends):
      return .receiveReset(socket: record.load(skaddr), record.tuple(ends))
    case .sendReset(let skaddr, let ends):
      return .sendReset(socket: record.load(skaddr), record.tuple(ends))
    case .retransmit(let skaddr, let err, let ends):
      return .retransmit(
        socket: record.load(skaddr), record.tuple(ends), error: err.map { record.load($0) })
    case .icmpSend(let type, let code, let ends):
      let tuple = record.tuple(ends)
      return .icmpSend(
        SocketEvent.Tuple(
          tuple.remote.port == 0 ? .tcp : .udp, local: tuple.local, remote: tuple.remote),
        type: UInt8(truncatingIfNeeded: record.load(type, as: Int32.self)),
        code: UInt8(truncatingIfNeeded: record.load(code, as: Int32.self)))
    case .routeLookup(let table, let err, let proto, let ends):
      guard let transport = TransportProtocol(rawValue: record.load(proto)) else { return nil }
      return .routeLookup(
        record.tuple(ends, transport), table: record.load(table), error: record.load(err))
    case .connectEnter(let fd):
      // The address is in the memory of a process that may be gone by now.
      return .connectEnter(
        descriptor: Int32(truncatingIfNeeded: record.load(fd, as: Int64.self)), destination: nil)
    case .connectExit(let ret):
      return .connectExit(result: Int32(truncatingIfNeeded: record.load(ret, as: Int64.self)))
    }
  }

  private static func transport(_ number: UInt32) -> TransportProtocol? {
    UInt8(exactly: number).flatMap(TransportProtocol.init(rawValue:))
  }

  private static func state(_ number: Int32) -> TCPState? {
    UInt8(exactly: number).flatMap(TCPState.init(kernel:))
  }
}
