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
    if !attempt.hasRightBytes(record) { flaws.insert(.bytes) }
  }

  /// Whether it says that something failed that did not, or failed otherwise. That a reset came
  /// before accept(2) is a conclusion; a reset it was (docs/errors.md, ECONNABORTED).
  func isFalseFailure(_ pair: Comparison.Pair) -> Bool {
    guard flaws.contains(.error), let error = pair.record?.error else { return false }
    let isReset = pair.expectation.endings.contains { $0.stage == .accept }
    return !(isReset && error == .ECONNRESET)
  }
}

extension Verdict: CustomStringConvertible {
  /// What is wrong, in words.
  var description: String {
    Flaw.allCases.filter(flaws.contains).map(\.rawValue).joined(separator: ", ")
  }
}

extension LoggedAttempt {
  /// Whether the record counts the bytes that were sent and received.
  fileprivate func hasRightBytes(_ record: Connection) -> Bool {
    // What a reset met may have been counted or not.
    guard `protocol` == .tcp, told == .success, later == nil else { return true }
    switch (`class`, end) {
    case ("abort", _), ("inbound-reset-after", _):
      // The kernel has forgotten it.
      return record.bytesSent == nil && record.bytesReceived == nil
    case ("success", _), ("reconnect", _), ("winner", _), ("twice", _), ("inbound", _):
      guard let receivedBytes = record.bytesReceived else { return false }
      // At the end that closes first it may be off by one (docs/http-api.md).
      let tolerance: Int64 = end == "closed" ? 1 : 0
      return record.bytesSent == sent && abs(receivedBytes - received) <= tolerance
    default:
      return true
    }
  }
}
