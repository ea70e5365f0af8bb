import AsyncHTTPClient
import Foundation
public import NetmonCore
import NIOCore
import NIOHTTP1

extension RESTClient {
  /// Follows the changes of a server's records, and gives each that matches to `body`, in its order,
  /// until the task is cancelled.
  ///
  /// A server that goes away is waited for, with longer and longer pauses, and what has changed
  /// meanwhile is made up for. While `body` is at work nothing more is taken from the server.
  ///
  /// - Throws: ``RESTError`` if it does not work from the beginning, or cannot any more; what `body`
  ///   throws.
  public func follow(
    _ filter: Filter, _ body: (FollowedEvent) async throws -> Void
  ) async throws {
    var progress = Progress()
    var backoff = Backoff()
    while !Task.isCancelled {
      let failure: RESTError
      do {
        failure = try await follow(filter, &progress) { event in
          backoff.reset()
          try await body(event)
        }
      } catch let error as RESTError where progress.hasBegun && error.isPassing {
        failure = error
      }
      if Task.isCancelled { return }
      if !progress.isAway {
        progress.isAway = true
        try await body(.away(failure))
      }
      let wait = backoff.next(retryAfter: failure.retryAfter, random: .random(in: 0...1))
      try? await ContinuousClock().sleep(for: wait)
    }
  }

  /// How far a follower is.
  private struct Progress {
    var lastEventID: Int64?
    var storeID: String?
    var hasBegun: Bool { storeID != nil }
    var isAway = false
  }

  /// Follows for as long as one connection lasts, and returns why it ended.
  ///
  /// - Throws: ``RESTError`` if there was none; what `body` throws.
  private func follow(
    _ filter: Filter, _ progress: inout Progress, _ body: (FollowedEvent) async throws -> Void
  ) async throws -> RESTError {
    let parameters = filter.terms.isEmpty ? [:] : ["q": filter.description]
    var request = HTTPClientRequest(url: server + Self.target("/api/stream", parameters))
    request.headers.add(name: "Accept", value: "text/event-stream")
    if let id = progress.lastEventID { request.headers.add(name: "Last-Event-ID", value: "\(id)") }
    let response = try await open(request)
    guard response.headers.first(name: "Content-Type")?.hasPrefix("text/event-stream") == true
    else { throw RESTError.notNetmon(server: server, reason: "a stream of events was expected") }

    var chunks = response.body.makeAsyncIterator()
    var parser = EventParser()
    while true {
      let chunk: ByteBuffer?
      do {
        chunk = try await chunks.next()
      } catch {
        return transportError(error)
      }
      guard let chunk else {
        return .unreachable(server: server, reason: "it has ended the stream")
      }
      parser.append(chunk.readableBytesView)
      while let event = try nextEvent(&parser) {
        try await take(event, &progress, body)
      }
    }
  }

  private func nextEvent(_ parser: inout EventParser) throws(RESTError) -> EventParser.Event? {
    do {
      return try parser.next()
    } catch {
      throw .notNetmon(server: server, reason: "it sends an event without an end")
    }
  }

  private func take(
    _ event: EventParser.Event, _ progress: inout Progress,
    _ body: (FollowedEvent) async throws -> Void
  ) async throws {
    let id = event.id.flatMap { Int64($0) }
    switch event.name {
    case "start", "reset":
      let isKnown = event.name == "start"
      let begin = try decode(StreamBeginning.self, Reply(body: event.data))
      if !progress.hasBegun {
        progress.storeID = begin.store_id
        try await body(.began)
      } else {
        if progress.isAway { try await body(.back) }
        // Another database may well have come as far as the one before.
        if !isKnown || progress.storeID != begin.store_id { try await body(.reset) }
        progress.storeID = begin.store_id
      }
      progress.isAway = false
    case "connection":
      guard let connection = try? RecordReader.read(event.data, as: .json).connections.first else {
        throw RESTError.notNetmon(server: server, reason: "a record is not understood")
      }
      try await body(.connection(connection))
    default: break
    }
    // Only now is it dealt with.
    progress.lastEventID = id ?? progress.lastEventID
  }
}

/// The data of `start` and `reset`.
private struct StreamBeginning: Decodable {
  var store_id: String
}

extension RESTError {
  /// Whether what worked before may work again, by itself.
  fileprivate var isPassing: Bool {
    switch self {
    case .unreachable, .notSecure, .unavailable, .notNetmon: true
    case .invalidURL, .notAuthorised, .forbidden, .refused: false
    }
  }
}
