public import NetmonCore

/// What became of one class of the self-test.
public struct Verdict: Sendable {
  public enum Outcome: String, CaseIterable, Sendable {
    /// All records are as they must be.
    case pass
    /// One is wrong or was not made.
    case fail
    /// It cannot be told here; see ``reason``.
    case skipped
  }

  /// What was provoked: the class, and the family of addresses where there are several.
  public var name: String
  public var outcome: Outcome
  /// What the application was told.
  public var told: String?
  /// What was recorded of it.
  public var records: [Connection] = []
  /// What is missing or wrong in the records.
  public var missing: [String] = []
  /// Why it was skipped, or could not be provoked.
  public var reason: String?

  /// Compares what must be recorded with what was.
  init(_ name: String, _ traces: Provocation.Traces, _ recorded: [Connection]) {
    var records: [Connection] = []
    var missing: [String] = []
    for expectation in traces.expected {
      let found = recorded.filter { expectation.concerns($0) }
      records += found.filter { !records.contains($0) }
      let count = traces.expected.count { $0.hasEnds(of: expectation) }
      let mistakes = Self.mistakes(in: found, expectation, of: count)
      missing += mistakes.filter { !missing.contains($0) }
    }
    let unexpected = recorded.filter { traces.silent.contains($0.process.identity.pid) }
    records += unexpected
    missing += unexpected.map { "there is a record of \($0.remote)" }
    self.name = name
    told = traces.told
    (self.records, self.missing) = (records, missing)
    outcome = missing.isEmpty ? .pass : .fail
  }

  init(_ name: String, _ outcome: Outcome, reason: String) {
    self.name = name
    self.outcome = outcome
    self.reason = reason
  }

  /// `count` expectations are about these records.
  private static func mistakes(
    in found: [Connection], _ expectation: ExpectedRecord, of count: Int
  ) -> [String] {
    let what = "\(expectation.direction.rawValue) \(expectation.end)"
    if found.count > count { return ["there are \(found.count) records of \(what), not \(count)"] }
    let mistakes = found.map { expectation.mistakes(in: $0) }
    return mistakes.min { $0.count < $1.count } ?? ["there is no record of \(what)"]
  }
}
