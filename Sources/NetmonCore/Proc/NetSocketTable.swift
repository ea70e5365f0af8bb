/// The socket tables of a network namespace: `/proc/PID/net/{tcp,tcp6,udp,udp6}`
/// (proc_net(5), `Documentation/networking/proc_net_tcp.rst`).
package enum NetSocketTable: String, CaseIterable, Sendable {
  case tcp, tcp6, udp, udp6

  package var transport: TransportProtocol {
    switch self {
    case .tcp, .tcp6: .tcp
    case .udp, .udp6: .udp
    }
  }

  package var family: IPAddress.Family { self == .tcp6 || self == .udp6 ? .ipv6 : .ipv4 }

  /// Reads the sockets of whole lines; the heading is passed over.
  ///
  /// Returns the number of lines that are not as documented.
  package func parse(
    _ text: Span<UInt8>, networkNamespace: UInt64, _ body: (SocketEntry) -> Void
  ) -> Int {
    var malformed = 0
    var index = 0
    while index < text.count {
      let start = index
      if let entry = parseLine(text, at: &index, networkNamespace: networkNamespace) {
        body(entry)
      } else if !isHeading(text, at: start) {
        malformed += 1
      }
      while index < text.count, text[index] != UInt8(ascii: "\n") { index += 1 }
      index += 1
    }
    return malformed
  }

  /// `  sl  local_address …`
  private func isHeading(_ text: Span<UInt8>, at start: Int) -> Bool {
    var index = start
    guard let word = text.word(at: &index) else { return false }
    return text.equals("sl", in: word)
  }

  /// One line: `sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout
  /// inode …`, all in hexadecimal but `sl`, `uid`, `timeout` and `inode`.
  private func parseLine(
    _ text: Span<UInt8>, at index: inout Int, networkNamespace: UInt64
  ) -> SocketEntry? {
    text.skipBlanks(at: &index)
    guard text.decimal(at: &index) != nil, text.skip(":", at: &index),
      text.skip(" ", at: &index), let local = endpoint(text, at: &index),
      text.skip(" ", at: &index), let remote = endpoint(text, at: &index),
      text.skip(" ", at: &index), let number = text.hexadecimal(at: &index, digits: 2),
      let state = TCPState(kernel: UInt8(truncatingIfNeeded: number)),
      text.skip(" ", at: &index), text.word(at: &index) != nil,
      text.skip(" ", at: &index), text.word(at: &index) != nil,
      text.skip(" ", at: &index),
      let retransmits = text.hexadecimal(at: &index, digits: 8)
    else { return nil }
    text.skipBlanks(at: &index)
    guard let userID = text.decimal(at: &index).flatMap(UInt32.init(exactly:)),
      text.word(at: &index) != nil
    else { return nil }
    text.skipBlanks(at: &index)
    // The kernel always writes more columns, so a line that ends here was cut within the inode.
    guard let inode = text.decimal(at: &index), text.skip(" ", at: &index) else { return nil }
    return SocketEntry(
      networkNamespace: networkNamespace, transport: transport, state: state, local: local,
      remote: remote, inode: inode, userID: userID, retransmits: retransmits)
  }

  private func endpoint(_ text: Span<UInt8>, at index: inout Int) -> Endpoint? {
    guard let address = family == .ipv6 ? ipv6(text, at: &index) : ipv4(text, at: &index),
      text.skip(":", at: &index), let port = text.hexadecimal(at: &index, digits: 4)
    else { return nil }
    return Endpoint(address, UInt16(truncatingIfNeeded: port))
  }

  /// The kernel prints the 32 bits of the address, which lie in memory in network order, as one
  /// number of the machine.
  private func ipv4(_ text: Span<UInt8>, at index: inout Int) -> IPAddress? {
    guard let word = text.hexadecimal(at: &index, digits: 8) else { return nil }
    return IPAddress(ipv4: UInt32(bigEndian: word))
  }

  /// Four such numbers.
  private func ipv6(_ text: Span<UInt8>, at index: inout Int) -> IPAddress? {
    guard let a = text.hexadecimal(at: &index, digits: 8),
      let b = text.hexadecimal(at: &index, digits: 8),
      let c = text.hexadecimal(at: &index, digits: 8),
      let d = text.hexadecimal(at: &index, digits: 8)
    else { return nil }
    return IPAddress(
      high: UInt64(UInt32(bigEndian: a)) << 32 | UInt64(UInt32(bigEndian: b)),
      low: UInt64(UInt32(bigEndian: c)) << 32 | UInt64(UInt32(bigEndian: d)))
  }
}
