import NetmonAgent
import NetmonCore
import NetmonStore

/// One process instance with its latest connections.
struct ProcessCard {
  var summary: ProcessSummary
  var connections: [Connection]

  /// How many instances are shown; a name like `*` could match every process that ever ran.
  private static let maximum = 100

  /// The instances of a process, the latest seen first.
  ///
  /// `name` is a pid or a name in which `*` stands for any text; `filter` is what their connections
  /// must match, the process included. Each card has at most `limit` connections, or all if it is 0.
  static func all(
    of name: String, matching filter: Filter, in source: RecordSource, limit: Int, now: Timestamp
  ) async throws -> [ProcessCard] {
    let summaries: [ProcessSummary]
    switch source {
    case .store(let store): summaries = try store.processes(filter, limit: maximum)
    case .server(let client): summaries = try await client.processes(filter, limit: maximum)
    case .live(let live):
      let query = ConnectionQuery(filter: filter, limit: nil)
      let cards = live.cards(try live.connections(query, now: now), limit: limit)
      let known = Set(cards.map(\.summary.process.identity))
      return cards
        + (try live.processes(name).filter { !known.contains($0.identity) }.map {
          ProcessCard(silent: $0, now: now)
        })
    }
    var cards: [ProcessCard] = []
    for summary in summaries {
      var query = ConnectionQuery(filter: filter, limit: limit == 0 ? nil : limit)
      query.filter.terms += summary.terms
      var connections: [Connection] = []
      try await source.forEachConnection(query, now: now) { connection in
        connections.append(connection)
        return true
      }
      cards.append(ProcessCard(summary: summary, connections: connections))
    }
    return cards
  }
}

extension ProcessCard {
  /// A process that runs without a socket.
  fileprivate init(silent process: ProcessDetails, now: Timestamp) {
    let summary = ProcessSummary(
      process: process, host: HostIdentity.hostName, firstSeen: now, lastSeen: now,
      connections: 0, errors: 0, open: 0, listens: [])
    self.init(summary: summary, connections: [])
  }
}

extension ProcessSummary {
  /// What narrows a filter to this instance, as far as the filter language can.
  fileprivate var terms: [Filter.Term] {
    var terms: [Filter.Term] = [
      .init(.number(.pid, .equal(Int64(process.identity.pid)))),
      .init(.text(.process, .exact(process.name))),
      .init(.text(.path, .exact(process.path))),
      .init(.time(.timestamp, .between(firstSeen, lastSeen))),
    ]
    if let host { terms.append(.init(.text(.host, .exact(host)))) }
    return terms
  }
}

extension LiveSource {
  /// The running processes of that pid or name, with sockets or without.
  fileprivate func processes(_ name: String) throws -> [ProcessDetails] {
    var reader = ProcessReader(try ProcFS())
    guard let pid = Int32(name) else { return try reader.processes(named: name) }
    do {
      return [try reader.process(pid: pid)]
    } catch {
      if error.isVanished { return [] }
      throw error
    }
  }

  /// The connections by process.
  fileprivate func cards(_ connections: [Connection], limit: Int) -> [ProcessCard] {
    Dictionary(grouping: connections, by: \.process.identity)
      .compactMap { _, connections -> ProcessCard? in
        guard let first = connections.first else { return nil }
        let listens = connections.filter { $0.direction == .listen }.map {
          ProcessSummary.Listen(transport: $0.transport, endpoint: $0.local)
        }
        let summary = ProcessSummary(
          process: first.process, host: first.host, firstSeen: first.timestamp,
          lastSeen: first.timestamp, connections: connections.count,
          errors: connections.count { $0.error != nil },
          open: connections.count { $0.closedAt == nil }, listens: listens)
        return ProcessCard(
          summary: summary, connections: Array(connections.prefix(limit == 0 ? .max : limit)))
      }
      .sorted { $0.summary.process.identity.pid < $1.summary.process.identity.pid }
  }
}
