import NetmonCore
import NetmonStore

/// Prints counts of errors.
struct ErrorPrinter {
  private let console: Console
  private let now: Timestamp
  private let span: (since: Timestamp?, until: Timestamp?)

  /// `span` is what the question limits the failures to.
  init(
    _ console: Console, now: Timestamp, span: (since: Timestamp?, until: Timestamp?) = (nil, nil)
  ) {
    self.console = console
    self.now = now
    self.span = span
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

  // MARK: - Table

  private func printTable(_ summary: ErrorSummary, _ keys: [GroupKey]) {
    guard let largest = summary.groups.first else {
      if console.isTerminal { console.say("no errors match") }
      return
    }
    var table = Table(
      keys.map { $0.column(isNarrow: console.width < Self.narrowTerminal) } + counts)
    let length = length(of: summary)
    for group in summary.groups { table.add(row(group, over: length)) }
    console.write(table.render(for: console))
    let left = summary.totalGroups - summary.groups.count
    if left > 0 { console.say("\(left) smaller groups are not shown: --limit") }
    if console.isTerminal, let name = largest.name {
      console.say("what \(name) means: netmon errors --explain \(name)")
    }
  }

  private var counts: [Table.Column] {
    var columns: [Table.Column] = [
      .init(title: "COUNT", alignment: .right),
      .init(title: "RATE", alignment: .right, dropOrder: 2),
      .init(title: "OK", alignment: .right, dropOrder: 0),
      .init(title: "SUCCESS", alignment: .right, dropOrder: 4),
      .init(title: "FIRST", dropOrder: 1),
      .init(title: "LAST", dropOrder: 5),
    ]
    if console.isTerminal { columns.append(.init(title: "TREND", dropOrder: 3)) }
    return columns
  }

  private func row(_ group: ErrorGroup, over length: Int64) -> [Table.Cell] {
    var row = group.keys.map { key, value -> Table.Cell in
      guard let value, !value.isEmpty else { return .nothing }
      return .init(value, key == .error ? .bad : .plain)
    }
    let all = group.successes + group.count
    row += [
      .init("\(group.count)", .title), .init(rateText(count: group.count, microseconds: length)),
      .init("\(group.successes)", .dim), .init(percentText(of: group.successes, in: all)),
      .init(time(group.first), .dim), .init(time(group.last)),
    ]
    if console.isTerminal {
      let width = console.width < Self.wideTerminal ? ErrorGroup.parts / 2 : ErrorGroup.parts
      row.append(.init(Sparkline.text(group.trend, width: width), .warning))
    }
    return row
  }

  private static let wideTerminal = 120
  private static let narrowTerminal = 60

  /// Microseconds of the span that rates are for: from what was asked for, else the first failure,
  /// to what was asked for, else now.
  private func length(of summary: ErrorSummary) -> Int64 {
    let first = summary.groups.map(\.first).min()
    let begin = span.since ?? first ?? now
    return min(span.until ?? now, now).microseconds(since: begin)
  }

  /// How long ago, on a terminal; the whole time on a pipe.
  private func time(_ timestamp: Timestamp) -> String {
    console.isTerminal ? age(of: timestamp, at: now) : timestamp.description
  }
}

extension GroupKey {
  /// Names of errors are whole where there is room; ten letters still tell them apart.
  fileprivate func column(isNarrow: Bool) -> Table.Column {
    let title = rawValue.uppercased()
    return switch self {
    case .remote, .local: .init(title: title, minimum: isNarrow ? 13 : 15, cut: .middle)
    case .path: .init(title: title, minimum: 12, cut: .start)
    case .error: .init(title: title, minimum: isNarrow ? 10 : nil)
    case .process, .host, .service, .user, .unit, .container:
      .init(title: title, minimum: isNarrow ? 6 : 10)
    case .pid: .init(title: title, alignment: .right)
    case .stage, .source, .cause, .protocol, .direction, .family, .state: .init(title: title)
    }
  }
}

extension ErrorGroup {
  /// The error's name, if that is one of the keys.
  fileprivate var name: String? { keys.first { $0.0 == .error }?.1 }
}
