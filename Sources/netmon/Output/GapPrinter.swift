import NetmonCore
import NetmonStore

/// Prints what is known to be missing.
struct GapPrinter {
  private let console: Console

  init(_ console: Console) {
    self.console = console
  }

  func print(_ gaps: [Gap], as format: OutputFormat) {
    switch format {
    case .table: printTable(gaps)
    case .json:
      var json = JSONWriter()
      json.array(gaps) { $1.write(to: &$0) }
      json.endLine()
      console.write(json.bytes)
    case .jsonl:
      var json = JSONWriter()
      for gap in gaps {
        gap.write(to: &json)
        json.endLine()
      }
      console.write(json.bytes)
    case .csv:
      console.write(CSV.line(["host", "from", "to", "count", "reason"]))
      for gap in gaps {
        let times = ["\(gap.from)", "\(gap.to)", gap.count.map { "\($0)" } ?? ""]
        console.write(
          CSV.line([CSV.field(gap.host)] + times + [CSV.field(gap.reason)]))
      }
    }
  }

  private func printTable(_ gaps: [Gap]) {
    guard !gaps.isEmpty else {
      if console.isTerminal { console.say("nothing is known to be missing") }
      return
    }
    var table = Table([
      .init(title: "FROM"), .init(title: "TO"), .init(title: "HOST", minimum: 8, dropOrder: 0),
      .init(title: "LOST", alignment: .right), .init(title: "REASON", minimum: 20),
    ])
    for gap in gaps {
      table.add([
        .init("\(gap.from)", .dim), .init("\(gap.to)", .dim),
        .init(gap.host.isEmpty ? "-" : gap.host), .init(gap.count.map { "\($0)" } ?? "?"),
        .init(gap.reason),
      ])
    }
    console.write(table.render(for: console))
  }

  /// One line on standard error if something is missing of what was asked for.
  func note(_ gaps: [Gap]) {
    guard !gaps.isEmpty else { return }
    let known = gaps.compactMap(\.count)
    let lost = known.reduce(0, +)
    let bound = known.count < gaps.count ? "at least " : ""
    let events = known.isEmpty ? "" : " (\(bound)\(lost) lost)"
    console.say(
      "\(gaps.count) \(gaps.count == 1 ? "gap" : "gaps") in this span\(events): "
        + "netmon query --gaps lists what is missing")
  }
}
