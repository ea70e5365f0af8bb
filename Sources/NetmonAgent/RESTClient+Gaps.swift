import Foundation
import NetmonCore
public import NetmonStore

extension RESTClient {
  /// What the server knows to be missing, the latest first.
  public func gaps(_ query: GapQuery) async throws(RESTError) -> [Gap] {
    let parameters = [
      "host": query.host, "since": query.since?.description, "until": query.until?.description,
      "limit": query.limit.map { "\($0)" },
    ]
    let reply = try await get(Self.target("/api/gaps", parameters.compactMapValues { $0 }))
    return try decode([GapReply].self, reply).compactMap(\.gap)
  }
}

/// An element of `GET /api/gaps`.
private struct GapReply: Decodable {
  var host: String
  var from: String
  var to: String
  var count: Int?
  var reason: String
  var origin: String?
  var revision: Int64?

  var gap: Gap? {
    guard let from = Timestamp(from), let to = Timestamp(to) else { return nil }
    return Gap(
      host: host, from: from, to: to, count: count, reason: reason,
      origin: origin.flatMap { Origin($0) }, revision: revision ?? 1)
  }
}
