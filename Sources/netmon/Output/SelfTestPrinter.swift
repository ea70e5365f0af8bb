import NetmonCollector
import NetmonCore
import NetmonDoctor
import NetmonStore

/// Prints what `netmon doctor --selftest` found.
struct SelfTestPrinter {
  private let console: Console

  init(_ console: Console) {
    self.console = console
  }

  func print(_ test: SelfTest, as format: OutputFormat) {
    var json = JSONWriter()
    switch format {
    case .table:
      console.write("\(test.tier.rawValue) tier: \(test.tier.meaning)\n\n")
      printTable(test.verdicts)
      console.write("\n\(test.verdicts.summary)\n")
      for gap in test.gaps {
        console.write(
          "lost meanwhile: \(gap.count.map { "\($0)" } ?? "unknown"); \(terminalSafe(gap.reason))\n"
        )
      }
    case .json:
      json.object { json in
        json.field("tier", test.tier.rawValue)
        json.key("passed")
        json.value(test.hasPassed)
        json.key("classes")
        json.array(test.verdicts) { $1.write(to: &$0) }
        json.key("gaps")
        json.array(test.gaps) { $1.write(to: &$0) }
      }
      json.endLine()
    case .jsonl:
      for verdict in test.verdicts {
        verdict.write(to: &json)
        json.endLine()
      }
    case .csv:
      console.write(CSV.line(["class", "state", "told", "recorded", "missing", "reason"]))
      for verdict in test.verdicts {
        let fields = [
          verdict.name, verdict.outcome.rawValue, verdict.told ?? "",
          verdict.records.map(\.evidence).joined(separator: "; "),
          verdict.missing.joined(separator: "; "), verdict.reason ?? "",
        ]
        console.write(CSV.line(fields.map(CSV.field)))
      }
    }
    console.write(json.bytes)
  }

  private func printTable(_ verdicts: [Verdict]) {
    var table = WrappingTable(
      [
        .init(title: "STATE"), .init(title: "CLASS"),
        .init(title: "THE APPLICATION WAS TOLD", dropOrder: 0),
      ],
      last: "RECORDED")
    for verdict in verdicts {
      let lines = verdict.records.map(\.evidence) + verdict.missing.map { "MISSED: \($0)" }
      let text = verdict.reason ?? lines.joined(separator: "; ")
      table.add(
        [
          .init(verdict.outcome.rawValue, verdict.style), .init(verdict.name),
          .init(verdict.told ?? "-", .dim),
        ], text.isEmpty ? "nothing, as it must be" : text)
    }
    console.write(table.render(for: console))
  }
}

extension [Verdict] {
  /// `40 passed, 1 failed, 2 skipped`.
  fileprivate var summary: String {
    func count(_ outcome: Verdict.Outcome) -> Int { self.count { $0.outcome == outcome } }
    return "\(count(.pass)) passed, \(count(.fail)) failed, \(count(.skipped)) skipped"
  }
}

extension Verdict {
  fileprivate var style: Table.Style {
    switch outcome {
    case .pass: .good
    case .fail: .bad
    case .skipped: .warning
    }
  }

  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("class", name)
      json.field("state", outcome.rawValue)
      json.field("told", told)
      json.key("records")
      json.array(records) { $1.write(to: &$0) }
      json.key("missing")
      json.array(missing) { $0.value($1) }
      json.field("reason", reason)
    }
  }
}

extension Connection {
  /// What was recorded, in short: how it ended, and whose it was.
  fileprivate var evidence: String {
    let cause = [errorStage?.rawValue, errorSource?.rawValue, errorCause?.rawValue]
      .compactMap(\.self).joined(separator: ", ")
    let outcome = (error?.name ?? "no error") + (cause.isEmpty ? "" : " (\(cause))")
    let path = process.path.isEmpty ? "unknown" : process.path
    return "\(direction?.rawValue ?? "-") \(remote) \(outcome) by \(process.identity.pid) \(path)"
  }
}
