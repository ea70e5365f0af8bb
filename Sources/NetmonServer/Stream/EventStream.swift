import Hummingbird
import NIOCore
import NetmonCore
import NetmonStore
import ServiceLifecycle

/// The events of `GET /api/stream` for one client.
struct EventStream: Sendable {
  let feed: ChangeFeed
  let follower: ChangeFeed.Follower
  /// Ends the stream when its client may no longer follow.
  let lease: Leases.Lease
  let filter: Filter
  /// Where it begins.
  let place: FollowingPlace
  let storeID: String

  /// A body that ends when the client goes or may no longer follow, and at once on graceful
  /// shutdown.
  func body(of request: Request) -> ResponseBody {
    ResponseBody { writer in
      let signal = follower.signal
      try await withGracefulShutdownHandler {
        try await request.body.consumeWithInboundCloseHandler { _ in
          try await write(to: &writer)
        } onInboundClosed: {
          signal.tell(.end)
        }
      } onGracefulShutdown: {
        signal.tell(.end)
      }
      try await writer.finish(nil)
    }
  }

  @concurrent private func write(to writer: inout any ResponseBodyWriter) async throws {
    var page = ChangeFeed.Page(place: place)
    var beginning = ByteBuffer(string: "retry: \(Self.retryMilliseconds)\n")
    beginning.writeImmutableBuffer(announcement(of: place))
    try await writer.write(beginning)
    while true {
      let last = page.place.sequence
      page = try await feed.page(after: page, matching: filter)
      if page.place.isReset { try await writer.write(announcement(of: page.place)) }
      if page.bytes.readableBytes > 0 { try await writer.write(page.bytes) }
      let isUpToDate = page.place.sequence == last
      let news = isUpToDate ? await follower.signal.wait() : follower.signal.take()
      if news.contains(.end) { return }
      if news.contains(.heartbeat) {
        try await writer.write(ByteBuffer(heartbeatAt: page.place.sequence))
      }
    }
  }

  /// How long a browser waits before it comes back.
  private static let retryMilliseconds = 2000

  /// Says where a stream goes on, and in which store: what it is followed by is all that changes
  /// from there on.
  private func announcement(of place: FollowingPlace) -> ByteBuffer {
    ByteBuffer(event: place.isReset ? "reset" : "start", id: place.sequence) { json in
      json.object { json in
        json.field("sequence", place.sequence)
        json.field("store_id", storeID)
      }
    }
  }
}
