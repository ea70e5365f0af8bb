import NetmonCore

/// The result as text: a table of classes, then what is wrong.
struct Report {
  fileprivate struct Row {
    var attempts = 0
    var recorded = 0
    var expected = 0
    var right: [Verdict.Flaw: Int] = [:]
  }

  private let comparison: Comparison
  private let innocents: Int
  private let gaps: [LostEvents]
  private let judged: [(pair: Comparison.Pair, verdict: Verdict)]
  /// So many misses are shown in full.
  private static let shown = 10

  init(_ comparison: Comparison, innocents: Int, gaps: [LostEvents]) {
    self.comparison = comparison
    self.innocents = innocents
    self.gaps = gaps
    judged = comparison.pairs.map { ($0, Verdict($0)) }
  }

  var misses: Int { judged.count { !$0.verdict.flaws.isEmpty } }

  var falseFailures: Int {
    comparison.unexplained.count { $0.error != nil }
      + judged.count { $0.verdict.isFalseFailure($0.pair) }
  }

  /// Records beyond one for each attempt.
  var surplus: Int { comparison.unexplained.count { $0.error == nil } }

  /// Whether netmon recorded the truth. When it said that it lost events, missing records and
  /// unknown ends may be excused, but never an error that did not happen.
  func isTrue(allowingGaps: Bool) -> Bool {
    if falseFailures > 0 { return false }
    return misses + surplus == 0 || allowingGaps && !gaps.isEmpty
  }

  // MARK: - Text

  var text: String {
    var parts = [table, summary]
    if !missLines.isEmpty { parts.append(missLines) }
    if !surplusLines.isEmpty { parts.append(surplusLines) }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private var table: String {
    var rows: [String: Row] = [:]
    var all = Row()
    for (pair, verdict) in judged {
      rows[pair.attempt.class, default: Row()].add(verdict, pair)
      all.add(verdict, pair)
    }
    let header = [
      "| class | attempts | recorded | errno | stage, cause | pid | path, name | netns | bytes |",
      "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    let lines = rows.sorted { $0.key < $1.key }.map { $1.line($0) }
    return (header + lines + [all.line("**all**")]).joined(separator: "\n")
  }

  private var summary: String {
    let attempts = comparison.pairs.map(\.attempt).filter { !$0.isInbound }
    let brief = attempts.count { $0.mode == "fork" || $0.mode == "exec" }
    let ages = Dictionary(grouping: attempts.filter { $0.mode != "thread" }, by: \.pid)
      .mapValues { $0.map(\.age).max() ?? 0 }
    let short = attempts.count { $0.mode != "thread" && ages[$0.pid, default: .max] < 5000 }
    let lost = gaps.map { "\($0.count.map(String.init) ?? "?") (\($0.reason))" }
    return """
      misses: \(misses); false failures: \(falseFailures); surplus records: \(surplus)
      gaps recorded: \(gaps.isEmpty ? "none" : "lost and said so: " + lost.joined(separator: ", "))
      \(attempts.count) attempts were made here, \(brief) by processes of their own, \(short) by \
      processes that lived under 5 ms
      \(innocents) groups of calls that are no attempts
      """
  }

  private var missLines: String {
    let worst = judged.filter { !$0.verdict.flaws.isEmpty }
      .sorted { $0.verdict.weight($0.pair) > $1.verdict.weight($1.pair) }
    let kinds = Dictionary(grouping: worst) { "\($0.pair.attempt.class): \($0.verdict)" }
    let counts = kinds.sorted { $0.key < $1.key }.map { "\($1.count) × \($0)" }
    let examples = worst.prefix(Self.shown).map { pair, verdict in
      let record = pair.record ?? comparison.nearest(to: pair.attempt)
      return """
        \(pair.attempt.class): \(verdict)
          \(pair.record == nil ? "nearest " : "")\(record.map(Self.json) ?? "none")
          logged \(pair.attempt.line)
        """
    }
    return (counts + [""] + examples).joined(separator: "\n")
  }

  private var surplusLines: String {
    comparison.unexplained.prefix(Self.shown).map { "unexplained: \(Self.json($0))" }
      .joined(separator: "\n")
  }

  private static func json(_ record: Connection) -> String {
    var json = JSONWriter()
    record.write(to: &json)
    return json.string
  }
}

extension Verdict {
  /// False failures are shown first, then what is wrong in many ways.
  fileprivate func weight(_ pair: Comparison.Pair) -> Int {
    flaws.count + (isFalseFailure(pair) ? Flaw.allCases.count : 0)
  }
}

extension Report.Row {
  fileprivate mutating func add(_ verdict: Verdict, _ pair: Comparison.Pair) {
    attempts += 1
    if !pair.expectation.isOptional { expected += 1 }
    guard verdict.isRecorded else { return }
    recorded += 1
    for flaw in Verdict.Flaw.allCases where !verdict.flaws.contains(flaw) {
      right[flaw, default: 0] += 1
    }
  }

  fileprivate func line(_ name: String) -> String {
    let columns = [Verdict.Flaw.error, .ending, .process, .path, .namespace, .bytes].map {
      "\(right[$0, default: 0])"
    }
    let optional = expected < attempts ? " of \(expected)" : ""
    return "| \(name) | \(attempts) | \(recorded)\(optional) | "
      + columns.joined(separator: " | ") + " |"
  }
}
