import NetmonAgent
import NetmonCore
import NetmonStore

/// One process instance: who it is, whom it talked to, and its latest connections.
struct ProcessCard {
  var summary: ProcessSummary
  /// Whether it runs now; nil where that cannot be told.
  var isRunning: Bool?
  var connections: [Connection]
  /// Of ``considered`` connections, the latest.
  var peers = ProcessPeers()
  /// How many connections `peers` are made of.
  var considered = 0

  /// How many instances are shown; a name like `*` could match every process that ever ran.
  private static let maximum = 100

  /// How many connections are read for all cards together, to find out whom they talked to.
  private static let budget = 20_000

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
    let considered = max(limit, budget / max(summaries.count, 1))
    var cards: [ProcessCard] = []
    for summary in summaries {
      var query = ConnectionQuery(filter: filter, limit: limit == 0 ? nil : considered)
      query.filter.terms += summary.terms
      var card = ProcessCard(
        summary: summary, isRunning: source.isRunning(summary), connections: [])
      try await source.forEachConnection(query, now: now) { connection in
        card.add(connection, limit: limit)
        return true
      }
      cards.append(card)
    }
    return cards
  }

  /// Takes in the next connection; only the first ones are kept, all of them if `limit` is 0.
  fileprivate mutating func add(_ connection: Connection, limit: Int) {
    peers.add(connection)
    considered += 1
    if limit == 0 || connections.count < limit { connections.append(connection) }
  }
}

extension RecordSource {
  /// Whether a process of this host's own database runs now; nil if nobody here can know.
  fileprivate func isRunning(_ summary: ProcessSummary) -> Bool? {
    let identity = summary.process.identity
    guard case .store = self, summary.host == HostIdentity.hostName, identity.pid > 0,
      identity.startTime > 0, var reader = (try? ProcFS()).map({ ProcessReader($0) })
    else { return nil }
    do {
      return try reader.process(pid: identity.pid).identity == identity
    } catch {
      return error.isVanished ? false : nil
    }
  }
}

extension ProcessCard {
  /// A process that runs without a socket.
  fileprivate init(silent process: ProcessDetails, now: Timestamp) {
    let summary = ProcessSummary(
      process: process, host: HostIdentity.hostName, firstSeen: now, lastSeen: now,
      connections: 0, errors: 0, open: 0, listens: [])
    self.init(summary: summary, isRunning: true, connections: [])
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
        var card = ProcessCard(summary: summary, isRunning: true, connections: [])
        for connection in connections { card.add(connection, limit: limit) }
        return card
      }
      .sorted { $0.summary.process.identity.pid < $1.summary.process.identity.pid }
  }
}
