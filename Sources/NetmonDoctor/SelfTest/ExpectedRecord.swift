internal import NetmonCore

/// A record that must be there.
struct ExpectedRecord: Hashable, Sendable {
  var transport = TransportProtocol.tcp
  var direction = Direction.outbound
  /// The end that tells the record from all others: the remote one if outbound, else the local one.
  var end: Endpoint
  /// The far end of an inbound connection, where there may be several.
  var peer: Endpoint?
  var process: Int32
  /// The executable's path; nil is any.
  var path: String?
  var outcome = ExpectedOutcome()
  var isEstablished = false
  var networkNamespace: UInt64?

  /// Whether a record is about this, right or wrong.
  func concerns(_ record: Connection) -> Bool {
    guard record.transport == transport, record.direction == direction else { return false }
    switch direction {
    case .outbound: return record.remote == end
    case .inbound, .listen: return record.local == end && (peer == nil || record.remote == peer)
    }
  }

  /// Whether the same records are about the other one too.
  func hasEnds(of other: ExpectedRecord) -> Bool {
    (transport, direction, end) == (other.transport, other.direction, other.end)
      && peer == other.peer
  }

  /// What a record that is about this gets wrong; empty when it is as it must be.
  func mistakes(in record: Connection) -> [String] {
    var mistakes = outcome.mistakes(in: record)
    func compare<Value: Equatable>(_ name: String, _ actual: Value?, _ expected: Value) {
      guard actual != expected else { return }
      mistakes.append("\(name) is \(actual.map { "\($0)" } ?? "null"), not \(expected)")
    }
    compare("process_id", record.process.identity.pid, process)
    if let path { compare("process_path", record.process.path, path) }
    // Polling sees the state, but not when it began. The state says nothing of UDP.
    let wasEstablished = record.establishedAt != nil || record.state == .ESTABLISHED
    if transport == .tcp, wasEstablished != isEstablished {
      mistakes.append(isEstablished ? "it was never established" : "it was established")
    }
    if let networkNamespace {
      compare("netns", record.networkNamespace, Int64(networkNamespace))
    }
    return mistakes
  }
}

/// How a connection or attempt must have ended; nil is no error.
struct ExpectedOutcome: Hashable, Sendable {
  var error: ConnectionError?
  var stage: ErrorStage?
  var source: ErrorSource?
  var cause: ErrorCause?
  /// Another error that is as good, where the kernel does not tell them apart.
  var alternative: ConnectionError?

  /// The kernel told it.
  static func kernel(
    _ error: ConnectionError, _ stage: ErrorStage, _ cause: ErrorCause
  ) -> ExpectedOutcome {
    ExpectedOutcome(error: error, stage: stage, source: .kernel, cause: cause)
  }

  /// This end cut it short, which is no failure.
  static let ownAbort = ExpectedOutcome(cause: .local_abort)

  fileprivate func mistakes(in record: Connection) -> [String] {
    func mistake(_ name: String, _ actual: String?, _ expected: String?) -> String? {
      actual == expected ? nil : "\(name) is \(actual ?? "null"), not \(expected ?? "null")"
    }
    let expected = alternative != nil && record.error == alternative ? alternative : error
    return [
      mistake("error", record.error?.name, expected?.name),
      mistake("error_stage", record.errorStage?.rawValue, stage?.rawValue),
      mistake("error_source", record.errorSource?.rawValue, source?.rawValue),
      mistake("error_cause", record.errorCause?.rawValue, cause?.rawValue),
    ].compactMap(\.self)
  }
}
