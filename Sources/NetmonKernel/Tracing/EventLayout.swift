internal import NetmonCore

/// Where the fields of one tracepoint's records are, looked up once so that decoding only loads.
struct EventLayout: Hashable, Sendable {
  /// Records shorter than this are malformed.
  private(set) var size = 0
  private let format: TracepointFormat

  init(_ format: TracepointFormat) {
    self.format = format
  }

  /// The offset of a field of that size in bytes; pointers and `long` are 8 there.
  ///
  /// Throws `KernelError.malformed` if there is no such field or it has another size.
  mutating func offset(_ name: String, size: Int) throws(KernelError) -> Int {
    guard let offset = try optionalOffset(name, size: size) else {
      throw .malformed("\(format.name): field \(name)")
    }
    return offset
  }

  /// The same for a field that not all kernels have.
  mutating func optionalOffset(_ name: String, size: Int) throws(KernelError) -> Int? {
    guard let field = format[field: name] else { return nil }
    guard field.size == size, !field.isDataLocation else {
      throw .malformed("\(format.name): field \(name)")
    }
    self.size = max(self.size, field.offset + size)
    return field.offset
  }

  /// The offset of an integer of 1, 2 or 4 bytes, which kernels do not agree about.
  mutating func integer(_ name: String) throws(KernelError) -> IntegerField {
    guard let field = format[field: name], [1, 2, 4].contains(field.size) else {
      throw .malformed("\(format.name): field \(name)")
    }
    size = max(size, field.offset + field.size)
    return IntegerField(offset: field.offset, size: field.size)
  }

  struct IntegerField: Hashable, Sendable {
    fileprivate var offset: Int
    fileprivate var size: Int
  }

  /// Both ends of a socket.
  enum Ends: Hashable, Sendable {
    /// Ports in host order and IPv6 addresses, IPv4 ones mapped (`TP_STORE_ADDRS` in
    /// `include/trace/events/net_probe_common.h`).
    case ipv6(sport: Int, dport: Int, saddr: Int, daddr: Int)
    /// The same with IPv4 addresses only.
    case ipv4(sport: Int, dport: Int, saddr: Int, daddr: Int)
    /// Two `struct sockaddr_in6` or `sockaddr_in` (`TP_STORE_ADDR_PORTS`).
    case sockaddr(saddr: Int, daddr: Int)
  }

  /// `saddr_v6`, `daddr_v6`, `sport`, `dport`.
  mutating func socketEnds() throws(KernelError) -> Ends {
    .ipv6(
      sport: try offset("sport", size: 2), dport: try offset("dport", size: 2),
      saddr: try offset("saddr_v6", size: 16), daddr: try offset("daddr_v6", size: 16))
  }

  /// The ends in either of the forms that `tcp_send_reset` has had (sockaddr since Linux 6.10).
  mutating func resetEnds() throws(KernelError) -> Ends {
    guard format[field: "saddr_v6"] == nil else { return try socketEnds() }
    return .sockaddr(saddr: try offset("saddr", size: 28), daddr: try offset("daddr", size: 28))
  }
}

extension RawSpan {
  func integer(_ field: EventLayout.IntegerField) -> UInt32 {
    switch field.size {
    case 1: UInt32(load(field.offset, as: UInt8.self))
    case 2: UInt32(load(field.offset, as: UInt16.self))
    default: load(field.offset)
    }
  }

  func tuple(
    _ ends: EventLayout.Ends, _ transport: TransportProtocol = .tcp
  ) -> SocketEvent.Tuple {
    switch ends {
    case .ipv6(let sport, let dport, let saddr, let daddr):
      SocketEvent.Tuple(
        transport, local: Endpoint(ipv6(saddr), load(sport)),
        remote: Endpoint(ipv6(daddr), load(dport)))
    case .ipv4(let sport, let dport, let saddr, let daddr):
      SocketEvent.Tuple(
        transport, local: Endpoint(ipv4(saddr), load(sport)),
        remote: Endpoint(ipv4(daddr), load(dport)))
    case .sockaddr(let saddr, let daddr):
      SocketEvent.Tuple(transport, local: sockaddr(saddr), remote: sockaddr(daddr))
    }
  }

  /// `struct sockaddr_in6` or `sockaddr_in`: family in host order, port in network order.
  private func sockaddr(_ offset: Int) -> Endpoint {
    let port = UInt16(bigEndian: load(offset + 2))
    return load(offset, as: UInt16.self) == 10
      ? Endpoint(ipv6(offset + 8), port) : Endpoint(ipv4(offset + 4), port)
  }
}
