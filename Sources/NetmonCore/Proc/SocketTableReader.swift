/// Reads socket tables for the scanner: as text from `/proc`, or from another source that is faster
/// or tells more.
package protocol SocketTableReader: Sendable {
  /// Appends the sockets of one table of a network namespace, read through a process in it or,
  /// without one, through the reader's own. Returns the number of rows that are not as documented.
  ///
  /// Throws `ProcError`, with `isVanished` if there is no such table, or the process is gone.
  mutating func read(
    _ table: NetSocketTable, of namespace: UInt64, through pid: Int32?,
    into sockets: inout [SocketEntry]
  ) throws(ProcError) -> Int
}

/// Reads `/proc/PID/net/{tcp,tcp6,udp,udp6}`.
package struct ProcSocketTables: SocketTableReader {
  private let fs: ProcFS

  package init(_ fs: ProcFS) {
    self.fs = fs
  }

  package mutating func read(
    _ table: NetSocketTable, of namespace: UInt64, through pid: Int32?,
    into sockets: inout [SocketEntry]
  ) throws(ProcError) -> Int {
    let net = pid.map { "\($0)/net" } ?? "net"
    var malformed = 0
    try fs.readLines(of: "\(net)/\(table.rawValue)") { text in
      malformed += table.parse(text, networkNamespace: namespace) { sockets.append($0) }
    }
    return malformed
  }
}
