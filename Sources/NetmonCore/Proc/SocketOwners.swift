/// Finds the processes that sockets belong to, and remembers them, so that a host where nothing
/// changes costs one read of `/proc/PID/stat` per owner and no walk through open files.
///
/// When several processes have a socket open, its owner is the oldest of them. One that hands a
/// socket on and closes it stays the owner until it ends: to notice would take a walk.
package struct SocketOwners: Sendable {
  /// What is remembered of a socket.
  private struct Entry {
    var owner: ProcessTable.Handle?
    /// The last scan that had it. The kernel gives inodes out again, so an entry is worth nothing
    /// once it has missed a scan.
    var seen: UInt32
    /// With an owner: the scan that found it. Without: the scan from which on all processes are
    /// searched and not only new ones.
    var due: UInt32
    /// How often no process had it.
    var failures: UInt8 = 0
  }

  private let fs: ProcFS
  private var reader: ProcessReader
  private var table = ProcessTable()
  private var entries: [UInt64: Entry] = [:]
  /// The details of the last snapshot's owners.
  private var details: [ProcessIdentity: ProcessDetails] = [:]

  private var scan: UInt32 = 1
  /// This scan's sockets without an owner, and those among them that are due.
  private var missing = 0
  private var missingDue = 0
  private var owners: [ProcessStat] = []

  package init(_ fs: ProcFS, users: UserNames = UserNames(), includeCommand: Bool = false) {
    self.fs = fs
    reader = ProcessReader(fs, users: users, includeCommand: includeCommand)
  }

  /// How many sockets are remembered: at most twice as many as the last snapshot had.
  var rememberedSockets: Int { entries.count }

  /// Fills in the owners of the snapshot's sockets, and the details of these processes.
  ///
  /// Throws `ProcError` if the processes cannot be listed; a process that vanishes or cannot be
  /// read is counted as skipped.
  package mutating func assign(
    to snapshot: inout SocketSnapshot, statistics: inout ScanStatistics
  ) throws(ProcError) {
    scan += 1
    (missing, missingDue) = (0, 0)
    owners.removeAll(keepingCapacity: true)
    verifyOwners(&snapshot.skipped, &statistics)

    entries.reserveCapacity(snapshot.sockets.count)
    var unresolved: [Int] = []
    for row in snapshot.sockets.indices where snapshot.sockets[row].inode != 0 {
      if let owner = recall(snapshot.sockets[row].inode) {
        snapshot.sockets[row].owner = note(owner)
      } else {
        unresolved.append(row)
      }
    }
    if missing > 0 {
      try search(&snapshot.skipped, &statistics)
    }
    for row in unresolved {
      if let owner = settle(snapshot.sockets[row].inode) {
        snapshot.sockets[row].owner = note(owner)
      }
    }
    statistics.unowned = missing
    if entries.count > 2 * snapshot.sockets.count {
      entries = entries.filter { $0.value.seen == scan }
    }
    snapshot.processes = ownerDetails(&statistics)
  }
}

// MARK: - Sockets

extension SocketOwners {
  /// The remembered owner of a socket of this scan. A socket without one is counted as missing.
  private mutating func recall(_ inode: UInt64) -> ProcessTable.Handle? {
    guard let index = entries.index(forKey: inode), entries.values[index].seen >= scan - 1 else {
      entries[inode] = Entry(owner: nil, seen: scan, due: scan)
      missing += 1
      missingDue += 1
      return nil
    }
    let entry = entries.values[index]
    entries.values[index].seen = scan
    if let owner = entry.owner {
      if table.isAlive(owner) { return owner }
      entries.values[index] = Entry(owner: nil, seen: scan, due: scan)
    }
    if entry.seen != scan {
      missing += 1
      if entries.values[index].due <= scan { missingDue += 1 }
    }
    return nil
  }

  /// Takes `process`, which has the socket open, for its owner, unless an older one is known.
  /// Returns whether it became the owner.
  private mutating func claim(_ inode: UInt64, for process: ProcessTable.Handle) -> Bool {
    guard let index = entries.index(forKey: inode), entries.values[index].seen == scan else {
      return false
    }
    let entry = entries.values[index]
    if let owner = entry.owner {
      // Sockets whose owner was known before the search are already filled in.
      guard entry.due == scan, owner != process,
        table[process].stat.identity.isOlder(than: table[owner].stat.identity)
      else { return false }
    } else {
      missing -= 1
      if entry.due <= scan { missingDue -= 1 }
    }
    entries.values[index] = Entry(owner: process, seen: scan, due: scan)
    return true
  }

  /// The owner that the search found. A socket that no process has is searched for again after 4,
  /// 16, 64, and then every 256 scans: it is the kernel's own, or belongs to a process that cannot be read.
  private mutating func settle(_ inode: UInt64) -> ProcessTable.Handle? {
    guard let index = entries.index(forKey: inode) else { return nil }
    let entry = entries.values[index]
    if entry.owner == nil, entry.due <= scan {
      let failures = min(entry.failures + 1, 4)
      entries.values[index].failures = failures
      entries.values[index].due = scan + 1 << (2 * UInt32(failures))
    }
    return entry.owner
  }
}

// MARK: - Processes

extension SocketOwners {
  /// Walks through the open files of processes until every socket has its owner: new processes
  /// first, then those that own sockets, latest to gain one first, then the rest.
  private mutating func search(
    _ skipped: inout SkipCounts, _ statistics: inout ScanStatistics
  ) throws(ProcError) {
    statistics.statsRead += try table.update(from: fs, skipped: &skipped)
    for candidate in candidates() {
      guard table[candidate].walked == 0 ? missing > 0 : missingDue > 0 else { return }
      // A process that shares a socket got it from its parent, as a rule.
      var process: ProcessTable.Handle? = candidate
      while let handle = process, table[handle].walked != scan {
        let gained = walk(handle, &skipped, &statistics)
        process = gained ? table[pid: table[handle].stat.parentID] : nil
      }
    }
  }

  /// Among equals the oldest process comes first: if it has the socket, it is the owner.
  private func candidates() -> [ProcessTable.Handle] {
    var ranked: [(rank: UInt32, identity: ProcessIdentity, handle: ProcessTable.Handle)] = []
    for handle in table.all where !table[handle].stat.isKernelThread {
      let (walked, gained) = (table[handle].walked, table[handle].gained)
      guard missingDue > 0 || walked == 0 else { continue }
      let owns = table[handle].owned == scan
      let rank = walked == 0 ? 0 : owns ? 1 + scan - gained : UInt32.max
      ranked.append((rank, table[handle].stat.identity, handle))
    }
    ranked.sort { $0.rank != $1.rank ? $0.rank < $1.rank : $0.identity.isOlder(than: $1.identity) }
    return ranked.map(\.handle)
  }

  /// Returns whether the process became the owner of a socket.
  private mutating func walk(
    _ process: ProcessTable.Handle, _ skipped: inout SkipCounts,
    _ statistics: inout ScanStatistics
  ) -> Bool {
    table[process].walked = scan
    statistics.processesWalked += 1
    let pid = table[process].stat.identity.pid
    var gained = false
    do {
      statistics.descriptorsRead += try fs.forEachSocket(of: pid) { inode in
        if claim(inode, for: process) { gained = true }
      }
      if gained {
        table[process].gained = scan
        // The pid may have been given to another process since it was listed.
        table[process].stat = try fs.processStat(pid)
        statistics.statsRead += 1
      }
    } catch {
      skipped.count(error)
    }
    return gained
  }

  /// Finds out which owners of the last scan live on, and whether they run another program now.
  private mutating func verifyOwners(
    _ skipped: inout SkipCounts, _ statistics: inout ScanStatistics
  ) {
    for (identity, known) in details {
      statistics.statsRead += 1
      do {
        let stat = try fs.processStat(identity.pid)
        guard stat.identity == identity else {
          table.remove(pid: identity.pid)
          continue
        }
        if stat.name != known.name || isRefreshDue(identity) {
          details[identity] = reader.details(of: stat)
          statistics.detailsRead += 1
        }
      } catch {
        skipped.count(error)
        table.remove(pid: identity.pid)
      }
    }
  }

  /// Whether it is the process's turn to be read again, as execve(2) of a namesake and setuid(2)
  /// leave no trace in `stat`.
  private func isRefreshDue(_ identity: ProcessIdentity) -> Bool {
    (scan &+ UInt32(bitPattern: identity.pid)) % 32 == 0
  }

  /// Notes that the process owns a socket of this scan.
  private mutating func note(_ process: ProcessTable.Handle) -> ProcessIdentity {
    if table[process].owned != scan {
      table[process].owned = scan
      owners.append(table[process].stat)
    }
    return table[process].stat.identity
  }

  /// Reads the details of new owners and forgets those of former ones.
  private mutating func ownerDetails(
    _ statistics: inout ScanStatistics
  ) -> [ProcessIdentity: ProcessDetails] {
    var current: [ProcessIdentity: ProcessDetails] = [:]
    for stat in owners {
      if let known = details[stat.identity] {
        current[stat.identity] = known
      } else {
        current[stat.identity] = reader.details(of: stat)
        statistics.detailsRead += 1
      }
    }
    details = current
    return current
  }
}
