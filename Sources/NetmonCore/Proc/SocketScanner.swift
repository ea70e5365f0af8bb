internal import Glibc

/// Takes snapshots of all sockets of a host by reading `/proc`, which works without privilege and
/// in any container, and shows what this user may see.
///
/// Reading blocks, for 2.5 µs a socket and another 3.5 µs for each that is new: scan on a thread of
/// its own.
public struct SocketScanner: Sendable {
  /// The work that the last scan took.
  public private(set) var statistics = ScanStatistics()

  private let fs: ProcFS
  private let transports: Set<TransportProtocol>
  private var tables: any SocketTableReader
  private var owners: SocketOwners
  /// The tables that held a socket in the last scan.
  private var occupied: Set<TableName> = []
  private var inodes: Set<UInt64> = []
  /// What an earlier scan found, as long as that may be relied on.
  private var namespaces: NetworkNamespaces?
  private let keepsNamespaces: Bool
  private var lastCount = 0

  private struct TableName: Hashable {
    var namespace: UInt64
    var table: NetSocketTable
  }

  /// With `includeCommand`, processes come with their command lines, which may hold secrets.
  public init(_ fs: ProcFS, users: UserNames = UserNames(), includeCommand: Bool = false) {
    self.init(fs, tables: ProcSocketTables(fs), users: users, includeCommand: includeCommand)
  }

  /// The same with another reader of socket tables, or for some of them. With `keepsNamespaces` the
  /// network namespaces that were found stay the ones that are read, until ``forgetNamespaces()`` or
  /// until one cannot be read.
  package init(
    _ fs: ProcFS, tables: any SocketTableReader,
    transports: Set<TransportProtocol> = Set(TransportProtocol.allCases),
    keepsNamespaces: Bool = false, users: UserNames = UserNames(), includeCommand: Bool = false
  ) {
    self.fs = fs
    self.transports = transports
    self.keepsNamespaces = keepsNamespaces
    self.tables = tables
    owners = SocketOwners(fs, users: users, includeCommand: includeCommand)
  }

  /// Reads the sockets of every network namespace that can be reached, then finds their owners.
  ///
  /// A socket that lives for less than the time between two scans is not seen, and one that is
  /// closed between the two halves of a scan has no owner. `now` is taken over as the snapshot's
  /// time.
  ///
  /// Throws `ProcError` only if `/proc` itself is unusable. What vanishes or is denied meanwhile
  /// is counted in the snapshot's `skipped`.
  public mutating func scan(now: Timestamp) throws(ProcError) -> SocketSnapshot {
    let clock = ContinuousClock()
    let start = clock.now
    statistics = ScanStatistics()
    var snapshot = SocketSnapshot(time: now, transports: transports)
    snapshot.sockets.reserveCapacity(lastCount + lastCount / 8)
    try readNamespaces(&snapshot)
    lastCount = snapshot.sockets.count
    let middle = clock.now
    try owners.assign(to: &snapshot, statistics: &statistics)
    statistics.tableTime = middle - start
    statistics.ownerTime = clock.now - middle
    return snapshot
  }
}

// MARK: - Tables

extension SocketScanner {
  /// Has the next scan look for network namespaces.
  package mutating func forgetNamespaces() {
    namespaces = nil
  }

  private mutating func readNamespaces(_ snapshot: inout SocketSnapshot) throws(ProcError) {
    let found =
      if let namespaces { namespaces } else {
        try NetworkNamespaces(fs, skipped: &snapshot.skipped)
      }
    self.namespaces = keepsNamespaces ? found : nil
    let namespaces = found.all
    var occupied: Set<TableName> = []
    for namespace in namespaces {
      // A process can vanish at any time; another one of the same namespace serves as well.
      for pid in namespace.processes.prefix(8) {
        do {
          try read(namespace.inode, through: pid, &snapshot, &occupied)
          break
        } catch {
          snapshot.skipped.count(error)
          self.namespaces = nil
        }
      }
    }
    if namespaces.isEmpty {
      // No link to a namespace can be read, or the kernel has none: what is left is our own.
      try read(0, through: nil, &snapshot, &occupied)
    }
    self.occupied = occupied
  }

  /// Appends the sockets of one namespace, read through a process in it or, without one, through
  /// `/proc/net`, which is the reader's own. When it throws, nothing was appended.
  private mutating func read(
    _ namespace: UInt64, through pid: Int32?, _ snapshot: inout SocketSnapshot,
    _ occupied: inout Set<TableName>
  ) throws(ProcError) {
    let net = pid.map { "\($0)/net" } ?? "net"
    let first = snapshot.sockets.count
    do throws(ProcError) {
      let malformed = try readTables(namespace, through: pid, &snapshot.sockets, &occupied)
      if transports.contains(.tcp) {
        snapshot.counters[namespace] = try? fs.networkCounters(in: net)
      }
      // Still there: the process lived, and stayed in the namespace, while its files were read.
      if let pid, try fs.networkNamespace(of: pid) != namespace {
        throw ProcError.system(.stat, path: "\(pid)/ns/net", errno: ESRCH)
      }
      removeRepeats(in: &snapshot.sockets, from: first)
      snapshot.skipped.malformed += malformed
      if malformed == 0 {
        snapshot.completeNamespaces.insert(namespace)
        statistics.namespaces += 1
      }
    } catch {
      snapshot.sockets.removeSubrange(first...)
      snapshot.counters[namespace] = nil
      throw error
    }
  }

  /// Returns the number of malformed lines.
  private mutating func readTables(
    _ namespace: UInt64, through pid: Int32?, _ sockets: inout [SocketEntry],
    _ occupied: inout Set<TableName>
  ) throws(ProcError) -> Int {
    let counts = fs.socketCounts(in: pid.map { "\($0)/net" } ?? "net")
    var malformed = 0
    var absent: ProcError?
    var present = 0
    for table in NetSocketTable.allCases where transports.contains(table.transport) {
      let name = TableName(namespace: namespace, table: table)
      // The kernel adds up the counts of its CPUs without a lock, so a table that held sockets is
      // read once more before it is believed to be empty.
      if counts.isEmpty(table), !self.occupied.contains(name) {
        statistics.emptyTables += 1
        present += 1
        continue
      }
      let count = sockets.count
      do {
        malformed += try tables.read(table, of: namespace, through: pid, into: &sockets)
        statistics.tables += 1
        present += 1
      } catch {
        // Without IPv6 there are no tables of it.
        guard error.isVanished else { throw error }
        absent = error
      }
      if sockets.count > count { occupied.insert(name) }
    }
    if let absent, present == 0 { throw absent }
    return malformed
  }

  /// Removes rows whose inode came before: a table that changes between two reads shows some of
  /// its sockets again (`tcp_seek_last_pos` in `net/ipv4/tcp_ipv4.c`).
  private mutating func removeRepeats(in sockets: inout [SocketEntry], from first: Int) {
    inodes.removeAll(keepingCapacity: true)
    inodes.reserveCapacity(sockets.count - first)
    var end = first
    for row in first..<sockets.count {
      let inode = sockets[row].inode
      guard inode == 0 || inodes.insert(inode).inserted else { continue }
      if end < row { sockets[end] = sockets[row] }
      end += 1
    }
    statistics.repeatedRows += sockets.count - end
    sockets.removeSubrange(end...)
  }
}
