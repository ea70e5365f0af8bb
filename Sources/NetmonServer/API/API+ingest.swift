import HTTPTypes
import Hummingbird
import NetmonCore
import NetmonStore

extension API {
  /// Stores what is posted: all of it, or nothing if anything is wrong.
  func ingest(_ routed: RoutedRequest) async throws -> Response {
    let form = try form(of: routed.request)
    return try await ingest(routed, as: form, in: try admission.admit())
  }

  /// The caller keeps `room` until the records are committed, as they take room too.
  private func ingest(
    _ routed: RoutedRequest, as form: RecordReader.Form, in room: Admission.Room
  ) async throws -> Response {
    let document = try await document(of: routed.request, as: form, in: room)
    try routed.caller.check(
      document.connections.lazy.map(\.host), isSingle: document.isSingle, of: "record")
    let start = ContinuousClock.now
    let recorded: [Recorded]
    do throws(StoreError) {
      recorded = try await commit.record(document.connections, owner: routed.caller.ownHost)
    } catch {
      throw routed.caller.refusal(of: error, isSingle: document.isSingle, of: "record")
    }
    meters.countCommit(recorded, after: .now - start)
    if document.isSingle, let first = recorded.first {
      return try await store { store in try stored(first, in: store) }
    }
    return Response(
      json: JSONWriter { json in
        json.object { json in
          json.field("accepted", document.connections.count)
          json.field("store_id", commit.storeID)
        }
      })
  }

  private func document(
    of request: Request, as form: RecordReader.Form, in room: Admission.Room
  ) async throws -> RecordReader.Result {
    let body = try await request.collectBody(limits, in: room)
    // Parsing a large body takes as long as storing it, so it holds no cooperative thread.
    return try await store { _ throws(RecordReader.Rejection) in
      try RecordReader.read(body, as: form)
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
