import Hummingbird
import NetmonCore
import NetmonStore

extension API {
  func processes(_ request: RoutedRequest) async throws -> Response {
    let query = ConnectionQuery(
      filter: try request.query.filter(now: now()),
      limit: try request.query.integer("limit", in: 1...Self.maximumLimit, default: 100))
    return try await answer(request, to: query) { store in
      let processes = try store.processes(query.filter, limit: query.limit ?? Self.maximumLimit)
      return Answer { $0.array(processes) { $1.write(to: &$0) } }
    }
  }

  func statistics(_ request: RoutedRequest) async throws -> Response {
    try await answer(request, to: request.target) { store in
      let statistics = try store.statistics()
      return Answer { statistics.write(to: &$0) }
    }
  }

  func health(_: RoutedRequest) async throws -> Response {
    .status("ok")
  }

  /// A store that cannot write now says so by throwing, which becomes a 503.
  func readiness(_: RoutedRequest) async throws -> Response {
    try await store { store in try store.checkWritable() }
    return .status("ready")
  }
}

extension Response {
  fileprivate static func status(_ text: String) -> Response {
    Response(json: JSONWriter { json in json.object { $0.field("status", text) } })
  }
}
