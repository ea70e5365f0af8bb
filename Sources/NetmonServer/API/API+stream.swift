import HTTPTypes
import Hummingbird
import NetmonCore
import NetmonStore

extension API {
  /// Sends every record that changes and matches, from now on or from where the client left.
  func stream(_ routed: RoutedRequest) async throws -> Response {
    let filter = try routed.query.filter(now: now())
    let last = try routed.lastEventID
    let follower = try feed.follower()
    let lease = leases.lease(to: routed.caller, of: follower.signal)
    // Before the head is sent: whoever has seen that misses nothing.
    let (place, storeID) = try await store { store throws(StoreError) in
      (try store.place(after: last), store.id)
    }
    let stream = EventStream(
      feed: feed, follower: follower, lease: lease, filter: filter, place: place,
      storeID: storeID)
    return Response(
      status: .ok, headers: [.contentType: EventStream.contentType],
      body: stream.body(of: routed.request))
  }
}

extension EventStream {
  static let contentType = "text/event-stream"
}

extension RoutedRequest {
  /// The last event that the client has. What a browser sends by itself when it comes back is newer
  /// than what its page has put into the address.
  fileprivate var lastEventID: Int64? {
    get throws(Problem) {
      let parameter = try query.value("last_event_id")
      guard let text = request.headers[.lastEventID] ?? parameter else { return nil }
      guard let sequence = Int64(decimal: text), sequence >= 0 else {
        throw Problem(
          .badRequest,
          "The last event id must be a whole number ≥ 0, as in the stream, not \(quoted(text)).")
      }
      return sequence
    }
  }
}
