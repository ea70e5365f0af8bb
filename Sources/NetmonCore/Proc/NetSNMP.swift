/// Reads `NetworkCounters` from `/proc/PID/net/snmp`, `snmp6` and `netstat`
/// (`Documentation/networking/snmp_counter.rst`).
extension NetworkCounters {
  /// Takes in `snmp` or `netstat`: pairs of lines with the same heading, the first with names, the
  /// second with their values.
  package mutating func parsePairs(_ text: Span<UInt8>) {
    var index = 0
    while let names = text.line(at: &index), let values = text.line(at: &index) {
      parsePair(names: text.extracting(names), values: text.extracting(values))
    }
  }

  private mutating func parsePair(names: Span<UInt8>, values: Span<UInt8>) {
    var (nameIndex, valueIndex) = (0, 0)
    guard let heading = names.word(at: &nameIndex), let repeated = values.word(at: &valueIndex),
      heading == repeated
    else { return }
    while let name = names.word(at: &nameIndex) {
      values.skipBlanks(at: &valueIndex)
      // `Tcp: MaxConn` is -1.
      let isNegative = values.skip("-", at: &valueIndex)
      guard let value = values.decimal(at: &valueIndex) else { return }
      guard !isNegative, let counter = counter(names, heading: heading, name: name) else {
        continue
      }
      self[keyPath: counter] &+= value
    }
  }

  private func counter(
    _ line: Span<UInt8>, heading: Range<Int>, name: Range<Int>
  ) -> WritableKeyPath<Self, UInt64>? {
    if line.equals("Tcp:", in: heading) {
      if line.equals("ActiveOpens", in: name) { return \.activeOpens }
      if line.equals("AttemptFails", in: name) { return \.attemptFails }
      if line.equals("InSegs", in: name) { return \.inSegs }
    } else if line.equals("TcpExt:", in: heading) {
      if line.equals("TCPAbortOnTimeout", in: name) { return \.abortOnTimeout }
      if line.equals("ListenOverflows", in: name) { return \.listenOverflows }
    } else if line.equals("Icmp:", in: heading), line.equals("InDestUnreachs", in: name) {
      return \.inDestUnreachs
    }
    return nil
  }

  /// Takes in `snmp6`: one name and value a line.
  package mutating func parseLines(_ text: Span<UInt8>) {
    var index = 0
    while let range = text.line(at: &index) {
      let line = text.extracting(range)
      var column = 0
      guard let name = line.word(at: &column), line.equals("Icmp6InDestUnreachs", in: name) else {
        continue
      }
      line.skipBlanks(at: &column)
      inDestUnreachs &+= line.decimal(at: &column) ?? 0
    }
  }
}

extension ProcFS {
  /// The counters of the namespace whose `net` directory that is. `snmp6` is missing without IPv6.
  func networkCounters(in net: String) throws(ProcError) -> NetworkCounters {
    var counters = NetworkCounters()
    try parse("\(net)/snmp") { counters.parsePairs($0) }
    try parse("\(net)/netstat") { counters.parsePairs($0) }
    do {
      try parse("\(net)/snmp6") { counters.parseLines($0) }
    } catch {
      guard error.isVanished else { throw error }
    }
    return counters
  }
}
