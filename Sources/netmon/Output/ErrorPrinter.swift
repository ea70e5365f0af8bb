import NetmonCore
import NetmonStore

/// Prints counts of errors.
struct ErrorPrinter {
  private let console: Console
  private let now: Timestamp

  init(_ console: Console, now: Timestamp) {
    self.console = console
    self.now = now
  }

  func print(_ summary: ErrorSummary, by keys: [GroupKey], as format: OutputFormat) {
    switch format {
    case .table: printTable(summary, keys)
    case .json:
      var json = JSONWriter()
      summary.write(to: &json)
      json.endLine()
      console.write(json.bytes)
    case .jsonl:
      var json = JSONWriter()
      for group in summary.groups {
        group.write(to: &json)
        json.endLine()
      }
      console.write(json.bytes)
    case .csv:
      console.write(CSV.line(keys.map(\.fieldName) + ["count", "first", "last", "successes"]))
      for group in summary.groups {
        let counts = ["\(group.count)", "\(group.first)", "\(group.last)", "\(group.successes)"]
        console.write(CSV.line(group.keys.map { CSV.field($0.1 ?? "") } + counts))
      }
    }
  }

  private func printTable(_ summary: ErrorSummary, _ keys: [GroupKey]) {
    guard !summary.groups.isEmpty else {
      if console.isTerminal { console.say("no errors match") }
      return
    }
    var table = Table(
      keys.map { .init(title: $0.rawValue.uppercased(), minimum: 12) } + [
        .init(title: "COUNT", alignment: .right),
        .init(title: "OK", alignment: .right, dropOrder: 1),
        .init(title: "FIRST", dropOrder: 0),
        .init(title: "LAST"),
      ])
    for group in summary.groups {
      let values = group.keys.map { key, value in
        Table.Cell(value ?? "-", key == .error ? .bad : .plain)
      }
      table.add(
        values + [
          .init("\(group.count)", .title), .init("\(group.successes)", .dim),
          .init(time(group.first), .dim), .init(time(group.last)),
        ])
    }
    console.write(table.render(for: console))
  }

  /// How long ago, on a terminal; the whole time on a pipe.
  private func time(_ timestamp: Timestamp) -> String {
    console.isTerminal ? age(of: timestamp, at: now) : timestamp.description
  }
}

/// How long ago a time was, in its largest unit: `5s ago`, `3h ago`.
func age(of timestamp: Timestamp, at now: Timestamp) -> String {
  let seconds = max(0, now.microseconds(since: timestamp) / 1_000_000)
  return switch seconds {
  case ..<60: "\(seconds)s ago"
  case ..<3600: "\(seconds / 60)m ago"
  case ..<86_400: "\(seconds / 3600)h ago"
  default: "\(seconds / 86_400)d ago"
  }
}
