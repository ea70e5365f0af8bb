import NetmonCore
import Testing

@testable import NetmonServer

/// A client of `GET /api/stream`.
struct EventClient {
  struct Event {
    /// Nil for a comment.
    var name: String?
    var id: Int64?
    var data = ""

    /// The number of the record's origin.
    var number: Int64? {
      data.firstMatch(of: /"origin":"[^"]*\/(\d+)"/).flatMap { Int64($0.1) }
    }
    var revision: Int64? { data.firstMatch(of: /"revision":(\d+)/).flatMap { Int64($0.1) } }
  }

  private var connection: RawConnection.Conversation

  /// Follows, from an event on if one is given, and goes when `body` is through. The connection ends
  /// with the stream if that `isLast`.
  static func with(
    _ server: RunningServer, _ query: String = "", after event: Int64? = nil,
    token: TestTokens.Made? = nil, isLast: Bool = false, receiveBuffer: Int? = nil,
    _ body: (inout EventClient) async throws -> Void
  ) async throws {
    let port = server.address.port
    try await RawConnection.with(port: port, receiveBuffer: receiveBuffer) { connection in
      let last = event.map { "Last-Event-ID: \($0)\r\n" } ?? ""
      let end = isLast ? "Connection: close\r\n" : ""
      let shown = token.map { "Authorization: Bearer \($0.secret.text)\r\n" } ?? ""
      try await connection.send(
        "GET /api/stream\(query) HTTP/1.1\r\nHost: localhost\r\n\(shown)\(last)\(end)\r\n")
      let head = try await connection.receive(upTo: "\r\n\r\n")
      #expect(head.hasPrefix("HTTP/1.1 200"), "\(head)")
      var client = EventClient(connection: connection)
      try await body(&client)
    }
  }

  /// The next event or heartbeat; nil at the end.
  mutating func next() async throws -> Event? {
    let text = try await connection.receive(upTo: "\n\n")
    // Each chunk is whole events (RFC 9112 §7.1), of which this is one, or the first or last.
    guard text.hasSuffix("\n\n"), let block = text.split(separator: "\r\n").last else { return nil }
    return Event(block)
  }

  /// The next event, heartbeats left out.
  mutating func event() async throws -> Event {
    while let event = try await next() {
      if event.name != nil { return event }
    }
    throw Ended()
  }

  struct Ended: Error {}
}

extension EventClient.Event {
  init(_ block: Substring) {
    for line in block.split(separator: "\n") {
      let parts = line.split(separator: ": ", maxSplits: 1)
      guard parts.count == 2 else { continue }
      switch parts[0] {
      case "event": name = String(parts[1])
      case "id": id = Int64(parts[1])
      case "data": data = String(parts[1])
      default: break
      }
    }
  }
}
