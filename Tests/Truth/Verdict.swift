import NetmonCore

/// What is right and wrong about the record of one attempt.
struct Verdict {
  enum Flaw: String, CaseIterable {
    case missing, error, ending, process, path, namespace, bytes
  }

  var flaws: Set<Flaw> = []
  var isRecorded: Bool

  init(_ pair: Comparison.Pair) {
    guard let record = pair.record else {
      isRecorded = false
      if !pair.expectation.isOptional { flaws = [.missing] }
      return
    }
    isRecorded = true
    let attempt = pair.attempt
    let endings = pair.expectation.endings
    if !endings.contains(where: { $0.error == record.error }) { flaws.insert(.error) }
    if !endings.contains(.init(record)) { flaws.insert(.ending) }
    if record.process.identity.pid != attempt.pid { flaws.insert(.process) }
    if record.process.path != attempt.path || record.process.name != attempt.name {
      flaws.insert(.path)
    }
    if record.networkNamespace != attempt.netns { flaws.insert(.namespace) }
    if attempt.countsBytes,
      record.bytesSent != attempt.sent || record.bytesReceived != attempt.received
    {
      flaws.insert(.bytes)
    }
  }

  /// Whether it says that something failed that did not, or failed otherwise.
  func isFalseFailure(_ pair: Comparison.Pair) -> Bool {
    flaws.contains(.error) && pair.record?.error != nil
  }
}

extension Verdict: CustomStringConvertible {
  /// What is wrong, in words.
  var description: String {
    Flaw.allCases.filter(flaws.contains).map(\.rawValue).joined(separator: ", ")
  }
}

extension LoggedAttempt {
  /// Whether all that it sent and received is known, and the kernel's count is the same: data that
  /// a reset met may or may not have been counted.
  fileprivate var countsBytes: Bool {
    guard `protocol` == .tcp, told == .success, later == nil, end == "closed" else { return false }
    return ["success", "reconnect", "winner", "twice", "inbound"].contains(`class`)
  }
}
