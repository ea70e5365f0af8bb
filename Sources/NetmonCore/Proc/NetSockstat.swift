/// How many sockets a network namespace holds: `/proc/PID/net/sockstat` and `sockstat6`
/// (proc_net(5), `net/ipv4/proc.c`).
///
/// An empty table is not free to read: the kernel walks the hash of all namespaces' sockets for
/// it (13 ms with 40,000 of them), and two small files save that.
package struct NetSockstat: Equatable {
  private var inUse: [NetSocketTable: UInt64] = [:]
  /// Sockets in TIME_WAIT, of both families.
  private var timeWait: UInt64?

  package init() {}

  /// Whether the kernel says that `table` holds no socket. False when it did not say.
  package func isEmpty(_ table: NetSocketTable) -> Bool {
    guard inUse[table] == 0 else { return false }
    switch table {
    case .tcp, .tcp6: return timeWait == 0
    case .udp, .udp6: return true
    }
  }

  /// Takes in lines such as `TCP: inuse 27 orphan 0 tw 4 alloc 29 mem 3`.
  package mutating func parse(_ text: Span<UInt8>) {
    var index = 0
    while let line = text.line(at: &index) {
      parseLine(text.extracting(line))
    }
  }

  private mutating func parseLine(_ line: Span<UInt8>) {
    var index = 0
    guard let heading = line.word(at: &index), let table = table(line, heading) else { return }
    while let name = line.word(at: &index) {
      line.skipBlanks(at: &index)
      guard let value = line.decimal(at: &index) else { return }
      if line.equals("inuse", in: name) {
        inUse[table] = value
      } else if line.equals("tw", in: name) {
        timeWait = value
      }
    }
  }

  private func table(_ line: Span<UInt8>, _ word: Range<Int>) -> NetSocketTable? {
    if line.equals("TCP:", in: word) { return .tcp }
    if line.equals("TCP6:", in: word) { return .tcp6 }
    if line.equals("UDP:", in: word) { return .udp }
    if line.equals("UDP6:", in: word) { return .udp6 }
    return nil
  }
}

extension ProcFS {
  /// How many sockets the namespace holds whose `net` directory that is; a file that cannot be read
  /// leaves its tables uncounted.
  func socketCounts(in net: String) -> NetSockstat {
    var counts = NetSockstat()
    for file in ["sockstat", "sockstat6"] {
      try? parse("\(net)/\(file)") { counts.parse($0) }
    }
    return counts
  }
}
