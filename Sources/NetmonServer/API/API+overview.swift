import Hummingbird
import NetmonCore
import NetmonStore

extension API {
  func processes(_ request: RoutedRequest) async throws -> Response {
    let filter = try request.query.filter(now: now())
    let limit = try request.query.integer("limit", in: 1...Self.maximumLimit, default: 100)
    return try await store { store in
      .array(try store.processes(filter, limit: limit)) { $1.write(to: &$0) }
    }
  }

  func hosts(_: RoutedRequest) async throws -> Response {
    try await store { store in .array(try store.hosts()) { $1.write(to: &$0) } }
  }

  func gaps(_: RoutedRequest) async throws -> Response {
    try await store { store in .array(try store.gaps()) { $1.write(to: &$0) } }
  }

  func statistics(_: RoutedRequest) async throws -> Response {
    try await store { store in
      let statistics = try store.statistics()
      return Response(json: JSONWriter { statistics.write(to: &$0) })
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
  fileprivate static func array<Element>(
    _ elements: [Element], _ write: (inout JSONWriter, Element) -> Void
  ) -> Response {
    Response(json: JSONWriter { $0.array(elements, write) })
  }

  fileprivate static func status(_ text: String) -> Response {
    Response(json: JSONWriter { json in json.object { $0.field("status", text) } })
  }
}
