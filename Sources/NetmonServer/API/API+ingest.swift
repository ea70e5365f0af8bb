import HTTPTypes
import Hummingbird
import NetmonCore
import NetmonStore

extension API {
  /// Stores what is posted: all of it, or nothing if anything is wrong.
  func ingest(_ routed: RoutedRequest) async throws -> Response {
    let form = try form(of: routed.request)
    let body = try await routed.request.collectBody(limits)
    // Parsing a large body takes as long as storing it, so neither holds a cooperative thread.
    return try await store { store in
      let document = try RecordReader.read(body, as: form)
      let recorded = try store.record(document.connections)
      if document.isSingle, let first = recorded.first {
        return try stored(first, in: store)
      }
      return Response(
        json: JSONWriter { json in
          json.object { json in
            json.field("accepted", document.connections.count)
            json.field("store_id", store.id)
          }
        })
    }
  }

  private func stored(_ recorded: Recorded, in store: Store) throws -> Response {
    guard let connection = try store.connection(id: recorded.id) else {
      throw Problem(.internalServerError, "The record was stored and is gone already.")
    }
    var response = Response(
      status: recorded.outcome == .inserted ? .created : .ok,
      json: JSONWriter { connection.write(to: &$0) })
    response.headers[.location] = "/api/connections/\(recorded.id)"
    return response
  }

  private func form(of request: Request) throws(Problem) -> RecordReader.Form {
    switch request.mediaType {
    case "application/json": return .json
    case "application/x-ndjson": return .lines
    case let type:
      throw Problem(
        .unsupportedMediaType,
        """
        The content type \(type.map { quoted($0) } ?? "is missing; it") must be application/json \
        or application/x-ndjson.
        """)
    }
  }
}
