import NetmonCore
import Testing

/// Events in one line each, so that a test reads like a trace:
///
/// ```
/// [@MICROSECONDS] [CPU:]THREAD[!] WHAT     `!` marks interrupt context
/// 7   a CL>SS L:0 R:80                     socket `a` changes its state
/// 7!  a rst L:4000 R:80                    also rst-out, rtx, rtx -1, del
/// 7!  err 111 L:4000 R:80                  also `err 111 udp L:4000 R:53`
/// 7   fib -11 254 *:0 R:80                 also `fib 0 254 udp …`
/// 7!  icmp 3/3 udp L:4000 R:53
/// 7   enter 5 R:80 · 7 exit -111
/// 1   fork 7/7 1/1 · 7 exec 7 curl /usr/bin/curl · 7 name 7/7 x · 7 net 7/7 4026 · 7 gone 7/7
/// 0!  lost 0.5s                            socket events were lost in the half second to come
/// +1.5s                                    time passes
/// ```
///
/// Each line comes 10 µs after the one before. `L` and `R` are the ends' addresses in the family
/// of the script, `*` is "any address".
struct EventScript {
  enum Family: String, CaseIterable {
    case ipv4, ipv6, mapped

    func address(_ name: Substring) -> IPAddress? {
      switch (self, name) {
      case (.ipv4, "L"): IPAddress("192.0.2.1")
      case (.ipv4, "R"): IPAddress("192.0.2.2")
      case (.ipv6, "L"): IPAddress("2001:db8::1")
      case (.ipv6, "R"): IPAddress("2001:db8::2")
      case (.mapped, "L"): IPAddress("::ffff:192.0.2.1")
      case (.mapped, "R"): IPAddress("::ffff:192.0.2.2")
      case (.ipv4, "*"): .anyIPv4
      case (_, "*"): .anyIPv6
      default: IPAddress(String(name).trimmingBrackets)
      }
    }
  }

  struct Mistake: Error, CustomStringConvertible {
    var line: Substring
    var description: String { "cannot read '\(line)'" }
  }

  var family: Family = .ipv4
  /// Where the script begins, in nanoseconds.
  var start: UInt64 = 1_000_000_000_000
  /// Added to the numbers of sockets, so that scripts can be merged.
  var socketBase: UInt64 = 0xffff_8880_0000_0000
  /// The CPU of lines that name none.
  var cpu: UInt32 = 0

  private static let states: [Substring: TCPState] = [
    "ES": .ESTABLISHED, "SS": .SYN_SENT, "SR": .SYN_RECV, "F1": .FIN_WAIT1, "F2": .FIN_WAIT2,
    "TW": .TIME_WAIT, "CL": .CLOSE, "CW": .CLOSE_WAIT, "LA": .LAST_ACK, "LI": .LISTEN,
    "CG": .CLOSING,
  ]

  func events(_ text: String) throws -> [SocketEvent] {
    var time = start
    var events: [SocketEvent] = []
    for line in text.split(separator: "\n") {
      var words = line.split(separator: " ")[...]
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      if first.hasPrefix("+"), let seconds = Double(first.dropFirst().dropLast()) {
        time += UInt64(seconds * 1e9)
        continue
      }
      if first.hasPrefix("@"), let microseconds = Double(first.dropFirst()) {
        time = start + UInt64(microseconds * 1000)
        words.removeFirst()
      } else {
        time += 10_000
      }
      guard var actor = words.popFirst() else { throw Mistake(line: line) }
      var cpu = cpu
      if let colon = actor.firstIndex(of: ":") {
        cpu = UInt32(actor[..<colon]) ?? 0
        actor = actor[actor.index(after: colon)...]
      }
      let isInterrupt = actor.hasSuffix("!")
      guard let thread = Int32(isInterrupt ? actor.dropLast() : actor),
        let kind = kind(words, thread, at: time)
      else { throw Mistake(line: line) }
      events.append(
        SocketEvent(time: time, cpu: cpu, thread: thread, isInterrupt: isInterrupt, kind: kind))
    }
    return events
  }

  private func kind(
    _ words: ArraySlice<Substring>, _ thread: Int32, at time: UInt64
  ) -> SocketEvent.Kind? {
    var words = words
    guard let verb = words.popFirst() else { return nil }
    switch verb {
    case "err":
      guard let error = words.popFirst().flatMap({ Int32($0) }), let tuple = tuple(&words) else {
        return nil
      }
      return .errorReport(tuple, error: error)
    case "fib":
      guard let error = words.popFirst().flatMap({ Int32($0) }),
        let table = words.popFirst().flatMap({ UInt32($0) }), let tuple = tuple(&words)
      else { return nil }
      return .routeLookup(tuple, table: table, error: error)
    case "icmp":
      let code = (words.popFirst() ?? "").split(separator: "/").compactMap { UInt8($0) }
      guard code.count == 2, let tuple = tuple(&words) else { return nil }
      return .icmpSend(tuple, type: code[0], code: code[1])
    case "enter":
      guard let descriptor = words.popFirst().flatMap({ Int32($0) }) else { return nil }
      return .connectEnter(
        descriptor: descriptor, destination: words.popFirst().flatMap(endpoint))
    case "exit":
      return words.popFirst().flatMap { Int32($0) }.map { .connectExit(result: $0) }
    case "fork":
      guard let child = ids(&words), let parent = ids(&words) else { return nil }
      return .fork(
        process: child.0, thread: child.1, parentProcess: parent.0, parentThread: parent.1)
    case "gone":
      return ids(&words).map { .exit(process: $0.0, thread: $0.1) }
    case "exec":
      guard let pid = words.popFirst().flatMap({ Int32($0) }), let name = words.popFirst() else {
        return nil
      }
      return .name(process: pid, thread: pid, name: String(name), isExec: true)
    case "path":
      guard let pid = words.popFirst().flatMap({ Int32($0) }), let path = words.popFirst() else {
        return nil
      }
      return .executable(process: pid, path: String(path))
    case "name":
      guard let ids = ids(&words), let name = words.popFirst() else { return nil }
      return .name(process: ids.0, thread: ids.1, name: String(name), isExec: false)
    case "net":
      guard let ids = ids(&words), let inode = words.popFirst().flatMap({ UInt64($0) }) else {
        return nil
      }
      return .networkNamespace(process: ids.0, thread: ids.1, inode: inode)
    case "figures":
      let numbers = words.compactMap { UInt64($0) }
      guard numbers.count == 4 else { return nil }
      return .figures(
        cookie: numbers[0],
        SocketFigures(
          bytesSent: numbers[1], bytesReceived: numbers[2], rtt: UInt32(numbers[3]),
          retransmits: 0))
    case "lost":
      guard let seconds = words.popFirst().flatMap({ Double($0.dropLast()) }) else { return nil }
      return .lost(.tracefs, count: 1, until: time + UInt64(seconds * 1e9))
    default:
      return socketKind(verb, words)
    }
  }

  private func socketKind(_ name: Substring, _ words: ArraySlice<Substring>) -> SocketEvent.Kind? {
    var words = words
    let address = name.utf8.reduce(socketBase) { $0 &* 257 &+ UInt64($1) }
    guard let verb = words.popFirst() else { return nil }
    if verb == "rtx" {
      let error = words.first.flatMap { Int32($0) }
      if error != nil { words.removeFirst() }
      return tuple(&words).map { .retransmit(socket: address, $0, error: error ?? 0) }
    }
    guard let tuple = tuple(&words) else { return nil }
    switch verb {
    case "rst": return .receiveReset(socket: address, tuple)
    case "rst-out": return .sendReset(socket: address, tuple)
    case "del":
      let cookie = words.popFirst().flatMap { UInt64($0) } ?? 0
      return .destroy(socket: address, tuple, cookie: cookie)
    default:
      let states = verb.split(separator: ">").compactMap { Self.states[$0] }
      guard states.count == 2 else { return nil }
      return .setState(.init(socket: address, tuple: tuple, from: states[0], to: states[1]))
    }
  }

  private func tuple(_ words: inout ArraySlice<Substring>) -> SocketEvent.Tuple? {
    var transport = TransportProtocol.tcp
    if let named = words.first.flatMap({ TransportProtocol(name: String($0)) }) {
      transport = named
      words.removeFirst()
    }
    guard let local = words.popFirst().flatMap(endpoint),
      let remote = words.popFirst().flatMap(endpoint)
    else { return nil }
    return SocketEvent.Tuple(transport, local: local, remote: remote)
  }

  func endpoint(_ text: Substring) -> Endpoint? {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
      let address = family.address(text[..<colon])
    else { return nil }
    return Endpoint(address, port)
  }

  private func ids(_ words: inout ArraySlice<Substring>) -> (Int32, Int32)? {
    let ids = (words.popFirst() ?? "").split(separator: "/").compactMap { Int32($0) }
    return ids.count == 2 ? (ids[0], ids[1]) : nil
  }
}

extension String {
  fileprivate var trimmingBrackets: String {
    hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
  }
}

/// What a test compares of a record, in the words of the record's fields:
/// `outbound L:4000 R:80 CLOSE 7 ECONNREFUSED handshake kernel peer_reset`; `-` without an error.
func summary(_ record: Connection) -> String {
  var words = [
    record.transport == .udp ? "udp" : nil, record.direction?.rawValue,
    "\(record.local)", "\(record.remote)", record.state.name,
    "\(record.process.identity.pid)", record.error?.name ?? "-", record.errorStage?.rawValue,
    record.errorSource?.rawValue, record.errorCause?.rawValue,
  ]
  words.removeAll { $0 == nil }
  return words.compactMap { $0 }.joined(separator: " ")
}
