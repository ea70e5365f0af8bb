import NetmonCollector
import NetmonCore
import NetmonDoctor

/// Prints what `netmon doctor` found.
struct DiagnosisPrinter {
  private let console: Console

  init(_ console: Console) {
    self.console = console
  }

  func print(_ diagnosis: Diagnosis, as format: OutputFormat) {
    var json = JSONWriter()
    switch format {
    case .table:
      console.write(diagnosis.headline + "\n\n")
      printTable(diagnosis.checks)
    case .json:
      json.object { json in
        json.field("tier", diagnosis.tier?.rawValue)
        json.field("meaning", diagnosis.tier?.meaning)
        json.key("checks")
        json.array(diagnosis.checks) { $1.write(to: &$0) }
      }
      json.endLine()
    case .jsonl:
      for check in diagnosis.checks {
        check.write(to: &json)
        json.endLine()
      }
    case .csv:
      console.write(CSV.line(["check", "state", "provides", "finding", "remedy"]))
      for check in diagnosis.checks {
        let fields = [
          check.name, check.state.rawValue, check.provides, check.finding ?? "",
          check.remedy ?? "",
        ]
        console.write(CSV.line(fields.map(CSV.field)))
      }
    }
    console.write(json.bytes)
  }

  private func printTable(_ checks: [Check]) {
    var table = WrappingTable(
      [.init(title: "CHECK"), .init(title: "STATE"), .init(title: "FOR", dropOrder: 0)],
      last: "FOUND, AND WHAT HELPS")
    for check in checks {
      let remedy = check.remedy.map { "→ \($0)" }
      let text = [check.finding ?? "works", remedy].compactMap(\.self).joined(separator: " ")
      table.add(
        [.init(check.name), .init(check.state.rawValue, check.style), .init(check.provides, .dim)],
        text)
    }
    console.write(table.render(for: console))
  }
}

extension Diagnosis {
  fileprivate var headline: String {
    guard let tier else { return "no tier: nothing can be recorded here" }
    return "\(tier.rawValue) tier: \(tier.meaning)"
  }
}

extension Check {
  fileprivate var style: Table.Style {
    switch state {
    case .ok: .good
    case .limited: .warning
    case .missing: .bad
    }
  }

  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("check", name)
      json.field("state", state.rawValue)
      json.field("provides", provides)
      json.field("finding", finding)
      json.field("remedy", remedy)
    }
  }
}
