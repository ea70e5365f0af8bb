import NetmonCore

/// Brings logged attempts and records together.
struct Comparison {
  /// An attempt and its record.
  struct Pair {
    var attempt: LoggedAttempt
    /// Nil when there is none.
    var record: Connection?
    var expectation: Expectation
  }

  private(set) var pairs: [Pair] = []
  /// Records that are about the workload and that no attempt explains.
  private(set) var unexplained: [Connection] = []

  /// Where the record of an attempt is looked for.
  fileprivate struct Place: Hashable {
    var isInbound: Bool
    var transport: TransportProtocol
    var remote: Endpoint
    /// For the first pass only: a record with the wrong process still is one.
    var pid: Int32?
  }

  /// The clocks of the log and of the records are the same, but not read at the same moment.
  fileprivate static let tolerance: Int64 = 50_000
  /// How long the record of an attempt may begin after it: a look at the sockets may find it first.
  fileprivate static let patience: Int64 = 5_000_000

  init(_ attempts: [LoggedAttempt], _ records: [Connection]) {
    var found: [Int: Int] = [:]
    var taken: Set<Int> = []
    let real = attempts.indices.filter { !attempts[$0].isNothing }
    // Exact ones first, so that an attempt without a record does not take that of another.
    for (byProcess, byPort) in [(true, true), (true, false), (false, true)] {
      var places: [Place: [Int]] = [:]
      for (index, record) in records.enumerated() where !taken.contains(index) {
        places[Place(record, byProcess: byProcess), default: []].append(index)
      }
      for index in real where found[index] == nil {
        let attempt = attempts[index]
        if byPort, attempt.localPort == 0 { continue }
        let place = Place(attempt, byProcess: byProcess)
        let match = places[place]?.filter { candidate in
          !taken.contains(candidate) && attempt.fits(records[candidate], byPort: byPort)
        }.min { a, b in
          // Connections are accepted in the order in which they were made.
          attempt.isInbound
            ? records[a].timestamp < records[b].timestamp
            : attempt.distance(to: records[a]) < attempt.distance(to: records[b])
        }
        guard let match else { continue }
        found[index] = match
        taken.insert(match)
      }
    }
    for index in real {
      let record = found[index].map { records[$0] }
      pairs.append(
        Pair(
          attempt: attempts[index], record: record,
          expectation: Expectation(attempts[index], record)))
    }
    let scope = Scope(attempts)
    unexplained = records.indices.filter { !taken.contains($0) }.map { records[$0] }
      .filter { scope.includes($0) && !$0.isSocketOnly }
  }

  /// The record that is most like an attempt without one, for whoever looks into it.
  func nearest(to attempt: LoggedAttempt) -> Connection? {
    unexplained.filter { $0.remote == attempt.remote || $0.process.identity.pid == attempt.pid }
      .min { attempt.distance(to: $0) < attempt.distance(to: $1) }
  }
}

extension Comparison.Place {
  init(_ record: Connection, byProcess: Bool) {
    self.init(
      isInbound: record.direction == .inbound, transport: record.transport, remote: record.remote,
      pid: byProcess ? record.process.identity.pid : nil)
  }

  init(_ attempt: LoggedAttempt, byProcess: Bool) {
    self.init(
      isInbound: attempt.isInbound, transport: attempt.protocol, remote: attempt.remote,
      pid: byProcess ? attempt.pid : nil)
  }
}

extension LoggedAttempt {
  /// Whether a record at the right place may be of this attempt.
  fileprivate func fits(_ record: Connection, byPort: Bool) -> Bool {
    if byPort, record.local.port != localPort { return false }
    // An attempt may leave the port unknown, a record must not say another one.
    if localPort != 0, record.local.port != 0, record.local.port != localPort { return false }
    let delay = record.timestamp.microseconds(since: start)
    // accept(2) may come long after the connection, and a look at the sockets, which alone finds
    // UDP without an error, is dated by its beginning.
    let early: Int64 =
      isInbound ? 60_000_000 : `protocol` == .udp ? Comparison.patience : Comparison.tolerance
    return (-early...Comparison.patience).contains(delay)
  }

  fileprivate func distance(to record: Connection) -> Int64 {
    abs(record.timestamp.microseconds(since: start))
  }
}

/// Which records are about the workload. Others use this machine's loopback too.
private struct Scope {
  private var processes: Set<Int32>
  private var programs: Set<String>

  init(_ attempts: [LoggedAttempt]) {
    processes = Set(attempts.map(\.pid))
    programs = Set(attempts.map(\.path))
  }

  func includes(_ record: Connection) -> Bool {
    programs.contains(record.process.path)
      || record.process.path.isEmpty && processes.contains(record.process.identity.pid)
  }
}

extension Connection {
  /// A listener, or a UDP socket without a peer: no attempt.
  fileprivate var isSocketOnly: Bool { direction == .listen && error == nil }
}
