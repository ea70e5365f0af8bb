import Hummingbird
import NetmonCore
import NetmonStore

extension API {
  /// Lists what is known to be missing, the latest first.
  func gaps(_ request: RoutedRequest) async throws -> Response {
    let query = GapQuery(
      host: try request.query.value("host"), since: try request.query.time("since", now: now()),
      until: try request.query.time("until", now: now()),
      limit: try request.query.integer("limit", in: 1...Self.maximumLimit, default: 1000))
    return try await answer(request, to: query) { store in
      let gaps = try store.gaps(query)
      return Answer { $0.array(gaps) { $1.write(to: &$0) } }
    }
  }

  /// Stores the gaps that are posted: all of them, or none if anything is wrong.
  func ingestGaps(_ routed: RoutedRequest) async throws -> Response {
    try await ingestGaps(routed, in: try admission.admit())
  }

  private func ingestGaps(
    _ routed: RoutedRequest, in room: Admission.Room
  ) async throws -> Response {
    let body = try await routed.collectJSON(limits, in: room)
    return try await store { store in
      let posted = try PostedList(body, of: "gap") { Gap(&$0) }
      try routed.caller.check(
        posted.elements.lazy.map(\.host), isSingle: posted.isSingle, of: "gap")
      let recorded: [(stored: Gap, outcome: Recorded.Outcome)]
      do throws(StoreError) {
        recorded = try store.record(posted.elements, owner: routed.caller.ownHost)
      } catch {
        throw routed.caller.refusal(of: error, isSingle: posted.isSingle, of: "gap")
      }
      guard posted.isSingle, let first = recorded.first else {
        return Response(accepted: posted.elements.count, by: store)
      }
      return Response(
        status: first.outcome == .inserted ? .created : .ok,
        json: JSONWriter { first.stored.write(to: &$0) })
    }
  }
}

extension Response {
  /// What a list is answered with once all of it is committed.
  init(accepted count: Int, by store: Store) {
    self.init(
      json: JSONWriter { json in
        json.object { json in
          json.field("accepted", count)
          json.field("store_id", store.id)
        }
      })
  }
}

extension Gap {
  fileprivate init(_ object: inout PostedObject) {
    // A clock that was set back makes a span that ends before it begins; the store turns it round.
    self.init(
      host: object.requiredText("host"), from: object.time("from"), to: object.time("to"),
      count: object.integer("count", in: 0...Int64(Self.largestCount)).map { Int($0) },
      reason: object.requiredText("reason"),
      origin: object.parsed("origin", "like AGENT/NUMBER", Origin.init),
      revision: object.integer("revision", in: 1...(1 << 53 - 1)) ?? 1)
  }
}

extension Query {
  /// A moment, written as in a filter: `1h` ago, or a time.
  fileprivate func time(_ name: String, now: Timestamp) throws(Problem) -> Timestamp? {
    guard let text = try value(name) else { return nil }
    let filter: Filter
    do throws(FilterError) {
      filter = try Filter(key: "since", value: text, now: now)
    } catch {
      throw error.problem(in: name)
    }
    guard case .time(_, .greaterOrEqual(let time)) = filter.terms.first?.anyOf.first else {
      throw Problem(.badRequest, "'\(name)' must be a time such as 1h or 2026-11-22T10:00Z.")
    }
    return time
  }
}
