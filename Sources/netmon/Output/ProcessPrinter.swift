import NetmonCore
import NetmonStore

/// Prints processes with their connections.
struct ProcessPrinter {
  private let console: Console
  private let now: Timestamp

  init(_ console: Console, now: Timestamp) {
    self.console = console
    self.now = now
  }

  func print(_ cards: [ProcessCard], as format: OutputFormat) {
    var json = JSONWriter()
    switch format {
    case .table:
      for (index, card) in cards.enumerated() {
        if index > 0 { console.write("\n") }
        printCard(card)
      }
    case .json:
      json.array(cards) { json, card in card.write(to: &json) }
      json.endLine()
    case .jsonl:
      for card in cards {
        card.write(to: &json)
        json.endLine()
      }
    case .csv:
      var printer = ConnectionPrinter(.csv, to: console, now: now)
      for card in cards { card.connections.forEach { printer.print($0) } }
      printer.finish()
    }
    console.write(json.bytes)
  }

  private func printCard(_ card: ProcessCard) {
    let summary = card.summary
    let process = summary.process
    var facts: [(String, String?)] = [
      ("path", process.path.isEmpty ? nil : process.path),
      ("user", process.user ?? process.userID.map { "\($0)" }),
      ("unit", process.unit),
      ("container", process.container),
      ("parent", parent(of: process)),
      ("command", process.command),
      ("host", summary.host),
      ("seen", "\(summary.firstSeen) to \(summary.lastSeen)"),
    ]
    for listen in summary.listens {
      facts.append(("listens", "\(listen.transport.name) \(listen.endpoint)"))
    }
    facts.append(
      ("records", "\(summary.connections), \(summary.open) open, \(summary.errors) failed"))
    let name = process.name.isEmpty ? "unknown process" : terminalSafe(process.name)
    let title = "\(name) [\(process.identity.pid)]"
    console.write(
      console.hasColor ? Table.Style.title.rawValue + title + "\u{1b}[0m\n" : title + "\n")
    for case (let label, let value?) in facts {
      let padding = String(repeating: " ", count: 10 - label.count)
      console.write("  \(label)\(padding)\(terminalSafe(value))\n")
    }
    guard !card.connections.isEmpty else { return }
    console.write("\n")
    var printer = ConnectionPrinter(.table, to: console, now: now)
    for connection in card.connections { printer.print(connection) }
    printer.finish()
  }

  private func parent(of process: ProcessDetails) -> String? {
    guard let id = process.parentID else { return nil }
    return process.parentName.map { "\($0) [\(id)]" } ?? "[\(id)]"
  }
}

extension ProcessCard {
  /// The process as `GET /api/processes` shows it, with its connections under one more key.
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.key("process")
      summary.write(to: &json)
      json.key("connections")
      json.array(connections) { $1.write(to: &$0) }
    }
  }
}
