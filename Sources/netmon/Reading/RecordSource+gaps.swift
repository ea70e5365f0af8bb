import NetmonAgent
import NetmonCore
import NetmonStore

extension RecordSource {
  /// What is known to be missing of what a filter asks for: its span of time and its hosts count,
  /// the latest first. Without a time in the filter the span begins at `beginning`.
  func gaps(_ filter: Filter, since beginning: Timestamp? = nil) async throws -> [Gap] {
    let (since, until) = filter.span
    var query = GapQuery(since: since ?? beginning, until: until)
    let gaps: [Gap]
    switch self {
    case .store(let store): gaps = try store.gaps(query)
    case .server(let client):
      query.limit = 10_000
      gaps = try await client.gaps(query)
    case .live: return []
    }
    let ofHosts = Filter(terms: filter.terms.filter(\.isOfHost))
    return gaps.filter { $0.host.isEmpty || ofHosts.matches(host: $0.host) }
  }
}

extension Filter {
  /// What `since:` and `until:` ask for: from the first time up to, but not including, the second.
  var span: (since: Timestamp?, until: Timestamp?) {
    var (since, until): (Timestamp?, Timestamp?)
    for term in terms where !term.isNegated && term.anyOf.count == 1 {
      guard case .time(let field, let comparison) = term.anyOf[0],
        [.occurrence, .timestamp].contains(field)
      else { continue }
      let bounds: (Timestamp?, Timestamp?) =
        switch comparison {
        case .greaterOrEqual(let time), .greater(let time): (time, nil)
        case .less(let time): (nil, time)
        case .lessOrEqual(let time): (nil, time.advanced(byMicroseconds: 1))
        case .equal(let time): (time, time.advanced(byMicroseconds: 1))
        case .between(let first, let last): (first, last.advanced(byMicroseconds: 1))
        }
      since = [since, bounds.0].compactMap { $0 }.max()
      until = [until, bounds.1].compactMap { $0 }.min()
    }
    return (since, until)
  }

  /// Whether terms that ask for the host alone hold for this one.
  fileprivate func matches(host: String) -> Bool {
    let nowhere = Endpoint(.anyIPv4, 0)
    var connection = Connection(
      timestamp: Timestamp.valid.lowerBound, transport: .tcp, state: .CLOSE, local: nowhere,
      remote: nowhere)
    connection.host = host
    return matches(connection)
  }
}

extension Filter.Term {
  /// Whether it asks for the host and nothing else.
  var isOfHost: Bool {
    anyOf.allSatisfy { if case .text(.host, _) = $0 { true } else { false } }
  }

  /// Whether it asks for a span of time.
  var isOfTime: Bool {
    guard !isNegated, anyOf.count == 1, case .time(let field, _) = anyOf[0] else { return false }
    return [.occurrence, .timestamp].contains(field)
  }
}
