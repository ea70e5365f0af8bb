import HTTPTypes
import Hummingbird
import NetmonCore
import NetmonStore

extension API {
  static let maximumLimit = 10_000
  /// What JavaScript counts exactly; no store has more rows.
  static let maximumOffset = 1 << 53 - 1

  func list(_ request: RoutedRequest) async throws -> Response {
    try await list(request, only: [])
  }

  func listByError(_ request: RoutedRequest) async throws -> Response {
    let name = request.captures["error"] ?? ""
    if ["any", "none"].contains(name.lowercased()) {
      throw Problem(
        .badRequest,
        "\(quoted(name)) is not the name of one error: ask /api/connections?error=\(name.lowercased())."
      )
    }
    guard let error = ConnectionError(name: name) else {
      let names = ConnectionError.all.map(\.name)
      throw Problem(
        .badRequest,
        "\(quoted(name)) is not a known error" + suggestion(for: name, among: names))
    }
    return try await list(request, only: [Filter.Term(.error(.exactly(error)))])
  }

  func listByProcess(_ request: RoutedRequest) async throws -> Response {
    let text = request.captures["pid"] ?? ""
    guard let pid = Int64(decimal: text), pid >= 0 else {
      throw Problem(.badRequest, "\(quoted(text)) is not a process id: a whole number ≥ 0.")
    }
    return try await list(request, only: [Filter.Term(.number(.pid, .equal(pid)))])
  }

  func show(_ request: RoutedRequest) async throws -> Response {
    let text = request.captures["id"] ?? ""
    guard let id = Int64(decimal: text) else {
      throw Problem(.badRequest, "\(quoted(text)) is not a connection's id: a whole number.")
    }
    return try await answer(request, to: id) { store in
      guard let connection = try store.connection(id: id) else {
        throw Problem(.notFound, "There is no connection with the id \(id).")
      }
      return Answer { connection.write(to: &$0) }
    }
  }

  private func list(_ request: RoutedRequest, only terms: [Filter.Term]) async throws -> Response {
    var query = try request.query.connectionQuery(now: now())
    query.filter.terms += terms
    let isLarge = query.limit.map { $0 > LargeLists.size } ?? true
    return try await answer(request, to: query, isLarge: isLarge) { [query] store in
      try store.withRows(of: query) { rows in
        let next = rows.next.map { link(to: $0, from: request.target) }
        guard rows.count <= LargeLists.size else {
          let body = try PackedBody { list in
            try rows.forEach { connection in list.append { connection.write(to: &$0) } }
          }
          return Answer(link: next, packed: body)
        }
        let page = try rows.page()
        return Answer(link: next) { json in
          json.array(page.connections) { $1.write(to: &$0) }
        }
      }
    }
  }

  /// The next page under the same path and parameters (RFC 8288).
  private func link(to next: ConnectionQuery.Cursor, from target: Target) -> String {
    let query = target.query.replacing(
      ["cursor", "offset"], with: Query.Item(name: "cursor", value: "\(next)"))
    return "<\(target.path)?\(query.encoded)>; rel=\"next\""
  }
}
