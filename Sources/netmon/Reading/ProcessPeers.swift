import NetmonCore

/// Those a process talked to, and what failed, as its connections tell.
struct ProcessPeers {
  /// A remote end: of connections that the process began its port belongs to it, of those that it
  /// accepted only the address does.
  struct Peer: Hashable {
    var remote: Endpoint
    var direction: Direction?
    var service: String?
  }

  /// What failed, and why.
  struct Failure: Hashable {
    var error: ConnectionError
    var stage: ErrorStage?
    var cause: ErrorCause?
    var remote: Endpoint
  }

  struct Count {
    var count = 0
    var failed = 0
    var first: Timestamp
    var last: Timestamp

    fileprivate init(_ time: Timestamp) {
      (first, last) = (time, time)
    }

    fileprivate mutating func add(at time: Timestamp, hasFailed: Bool) {
      count += 1
      failed += hasFailed ? 1 : 0
      (first, last) = (min(first, time), max(last, time))
    }
  }

  private var peers: [Peer: Count] = [:]
  private var failures: [Failure: Count] = [:]

  mutating func add(_ connection: Connection) {
    if let error = connection.error {
      let failure = Failure(
        error: error, stage: connection.errorStage, cause: connection.errorCause,
        remote: connection.remote)
      let time = connection.failedAt
      failures[failure, default: Count(time)].add(at: time, hasFailed: true)
    }
    guard connection.direction != .listen else { return }
    var peer = Peer(
      remote: connection.remote, direction: connection.direction, service: connection.serviceName)
    if connection.direction == .inbound { peer.remote = Endpoint(connection.remote.address, 0) }
    let time = max(connection.timestamp, connection.closedAt ?? connection.timestamp)
    var count = peers[peer] ?? Count(connection.timestamp)
    count.add(at: time, hasFailed: connection.error != nil)
    count.first = min(count.first, connection.timestamp)
    peers[peer] = count
  }

  /// The most frequent first.
  var mostFrequent: [(peer: Peer, count: Count)] {
    peers.map { ($0.key, $0.value) }.sorted {
      ($1.1.count, $1.1.last, $0.0.text) < ($0.1.count, $0.1.last, $1.0.text)
    }
  }

  /// The latest first.
  var latestFailures: [(failure: Failure, count: Count)] {
    failures.map { ($0.key, $0.value) }.sorted {
      ($1.1.last, $1.1.count, $0.0.text) < ($0.1.last, $0.1.count, $1.0.text)
    }
  }
}

extension ProcessPeers.Peer {
  /// The remote end: `192.0.2.1:443`, or the address alone of one that was accepted.
  var text: String {
    remote.port == 0 ? "\(remote.address)" : "\(remote)"
  }
}

extension ProcessPeers.Failure {
  fileprivate var text: String { "\(error.name) \(remote) \(cause?.rawValue ?? "")" }
}
