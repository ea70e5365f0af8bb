import NetmonCore
import NetmonStore

/// Prints processes with their connections.
struct ProcessPrinter {
  private let console: Console
  private let now: Timestamp
  /// How many peers and failures are listed of each.
  private let limit: Int

  /// `limit` is how many peers and failures to list of each process, 0 for all.
  init(_ console: Console, now: Timestamp, limit: Int) {
    self.console = console
    self.now = now
    self.limit = limit == 0 ? .max : limit
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
      json.array(cards) { json, card in card.write(to: &json, limit: limit) }
      json.endLine()
    case .jsonl:
      for card in cards {
        card.write(to: &json, limit: limit)
        json.endLine()
      }
    case .csv:
      var printer = ConnectionPrinter(.csv, to: console, now: now)
      for card in cards { card.connections.forEach { printer.print($0) } }
      printer.finish()
    }
    console.write(json.bytes)
  }

  // MARK: - Card

  private func printCard(_ card: ProcessCard) {
    let process = card.summary.process
    let name = process.name.isEmpty ? "unknown process" : terminalSafe(process.name)
    let status = card.isRunning.map { $0 ? ", running" : ", ended" } ?? ""
    console.write(console.styled("\(name) [\(process.identity.pid)]", .title) + status + "\n")
    printFacts(card.summary)
    printPeers(card)
    printFailures(card)
    guard !card.connections.isEmpty else { return }
    let all = card.connections.count == card.summary.connections
    printTitle(all ? "connections" : "latest connections")
    var printer = ConnectionPrinter(.table, to: console, now: now)
    for connection in card.connections { printer.print(connection) }
    printer.finish()
  }

  private func printFacts(_ summary: ProcessSummary) {
    let process = summary.process
    var facts: [(String, String?)] = [
      ("path", process.path.isEmpty ? nil : process.path),
      ("user", process.user ?? process.userID.map { "\($0)" }),
      ("unit", process.unit),
      ("container", process.container),
      ("parent", parent(of: process)),
      ("command", process.command),
      ("host", summary.host),
      ("seen", "\(time(summary.firstSeen)) to \(time(summary.lastSeen))"),
    ]
    for listen in summary.listens {
      facts.append(("listens", "\(listen.transport.name) \(listen.endpoint)"))
    }
    facts.append(
      ("records", "\(summary.connections), \(summary.open) open, \(summary.errors) failed"))
    for case (let label, let value?) in facts {
      let blank = String(repeating: " ", count: Self.labelWidth)
      let room = console.isTerminal ? max(console.width - Self.labelWidth - 2, 1) : .max
      for (index, part) in folded(terminalSafe(value), columns: room).enumerated() {
        let first = index == 0 ? label + blank.dropFirst(label.count) : blank
        console.write("  \(console.styled(first, .dim))\(part)\n")
      }
    }
  }

  private static let labelWidth = 11

  private func printPeers(_ card: ProcessCard) {
    let peers = card.peers.mostFrequent
    guard !peers.isEmpty else { return }
    let part =
      card.considered < card.summary.connections
      ? " (in the latest \(card.considered) records)" : ""
    printTitle("talks to" + part)
    var table = Table([
      .init(title: "PEER", minimum: 12, cut: .middle), .init(title: "SERVICE", dropOrder: 2),
      .init(title: "DIRECTION", dropOrder: 1), .init(title: "COUNT", alignment: .right),
      .init(title: "FAILED", alignment: .right), .init(title: "FIRST", dropOrder: 0),
      .init(title: "LAST", dropOrder: 3),
    ])
    for (peer, count) in peers.prefix(limit) {
      table.add([
        .init(peer.text), peer.service.map { .init($0, .dim) } ?? .nothing,
        .init(peer.direction?.rawValue ?? "-", .dim), .init("\(count.count)"),
        .init("\(count.failed)", count.failed > 0 ? .bad : .dim), .init(time(count.first), .dim),
        .init(time(count.last)),
      ])
    }
    console.write(table.render(for: console))
    printRest(peers.count - limit)
  }

  private func printFailures(_ card: ProcessCard) {
    let failures = card.peers.latestFailures
    guard !failures.isEmpty else { return }
    printTitle("failed")
    var table = Table([
      .init(title: "ERROR", minimum: 10), .init(title: "WHY", dropOrder: 1),
      .init(title: "REMOTE", minimum: 12, cut: .middle),
      .init(title: "COUNT", alignment: .right), .init(title: "FIRST", dropOrder: 0),
      .init(title: "LAST", dropOrder: 2),
    ])
    for (failure, count) in failures.prefix(limit) {
      let why = [failure.stage?.rawValue, failure.cause?.rawValue].compactMap(\.self)
        .joined(separator: ", ")
      table.add([
        .init(failure.error.name, .bad), why.isEmpty ? .nothing : .init(why, .dim),
        .init("\(failure.remote)"), .init("\(count.count)"), .init(time(count.first), .dim),
        .init(time(count.last)),
      ])
    }
    console.write(table.render(for: console))
    printRest(failures.count - limit)
  }

  private func printTitle(_ title: String) {
    console.write("\n" + console.styled(title, .title) + "\n")
  }

  private func printRest(_ count: Int) {
    if count > 0 { console.write("and \(count) more\n") }
  }

  private func parent(of process: ProcessDetails) -> String? {
    guard let id = process.parentID else { return nil }
    return process.parentName.map { "\($0) [\(id)]" } ?? "[\(id)]"
  }

  /// How long ago, on a terminal; the whole time on a pipe.
  private func time(_ timestamp: Timestamp) -> String {
    console.isTerminal ? age(of: timestamp, at: now) : timestamp.description
  }
}

extension ProcessCard {
  /// The process as `GET /api/processes` shows it, with whom it talked to, what failed, and its
  /// connections, each under a key of its own.
  fileprivate func write(to json: inout JSONWriter, limit: Int) {
    json.object { json in
      json.key("process")
      summary.write(to: &json)
      json.key("running")
      if let isRunning { json.value(isRunning) } else { json.null() }
      json.key("peers")
      json.array(peers.mostFrequent.prefix(limit)) { json, element in
        json.object { json in
          json.field("peer", element.peer.text)
          json.field("service_name", element.peer.service)
          json.field("direction", element.peer.direction?.rawValue)
          element.count.write(to: &json)
          json.field("errors", element.count.failed)
        }
      }
      json.key("failures")
      json.array(peers.latestFailures.prefix(limit)) { json, element in
        json.object { json in
          json.field("error", element.failure.error.name)
          json.field("error_stage", element.failure.stage?.rawValue)
          json.field("error_cause", element.failure.cause?.rawValue)
          json.field("remote_addr", "\(element.failure.remote)")
          element.count.write(to: &json)
        }
      }
      json.key("connections")
      json.array(connections) { $1.write(to: &$0) }
    }
  }
}

extension ProcessPeers.Count {
  fileprivate func write(to json: inout JSONWriter) {
    json.field("count", count)
    json.field("first", first)
    json.field("last", last)
  }
}
