import Hummingbird
import NIOCore
import NetmonCore
import NetmonStore
import ServiceLifecycle

/// All that a filter selects, page by page.
///
/// Each page is a read of its own, from where the one before ended, and the next is read when the
/// client has taken it: so a client costs one page of memory however slow it is, and holds nothing
/// open in the store. What is written meanwhile may or may not appear; nothing appears twice.
struct Export: Sendable {
  enum Format: String, CaseIterable, Sendable {
    case csv, jsonl

    var mediaType: String {
      switch self {
      case .csv: "text/csv; charset=utf-8; header=present"
      case .jsonl: "application/x-ndjson"
      }
    }
  }

  private static let pageSize = 500

  private let format: Format
  private let store: StoreQueue
  private var query: ConnectionQuery
  /// How many records may still come.
  private var remaining: Int
  private var isFirst = true

  init(of filter: Filter, limit: Int, as format: Format, from store: StoreQueue) {
    self.format = format
    self.store = store
    query = ConnectionQuery(filter: filter)
    remaining = limit
  }

  /// The next page, the first with a header; nil after the last.
  mutating func next() async throws(StoreError) -> ByteBuffer? {
    guard remaining > 0 else { return nil }
    query.limit = min(remaining, Self.pageSize)
    let (query, format, isFirst) = (query, format, isFirst)
    let (bytes, count, cursor) = try await store { store throws(StoreError) in
      let page = try store.connections(query)
      let bytes = Self.bytes(of: page.connections, as: format, withHeader: isFirst)
      return (bytes, page.connections.count, page.next)
    }
    self.isFirst = false
    self.query.cursor = cursor
    remaining = cursor == nil ? 0 : remaining - count
    return bytes
  }

  /// Writes a page and all that follow it.
  ///
  /// - Throws: what keeps it from being complete, and then the connection has to be cut: ended in
  ///   order, the response would look complete.
  @concurrent func write(_ first: ByteBuffer?, to writer: inout any ResponseBodyWriter) async throws
  {
    var rest = self
    var page = first
    while let bytes = page {
      try await writer.write(contentsOf: bytes.pieces)
      // Somebody would have to wait for a server that goes until the last client has taken all.
      if Task.isShuttingDownGracefully { throw Interruption() }
      page = try await rest.next()
    }
    try await writer.finish(nil)
  }

  /// The server is shutting down.
  struct Interruption: Error {}

  private static func bytes(
    of connections: [Connection], as format: Format, withHeader: Bool
  ) -> ByteBuffer {
    switch format {
    case .csv:
      var text = withHeader ? CSV.header() : ""
      for connection in connections { text += CSV.row(connection) }
      return ByteBuffer(string: text)
    case .jsonl:
      var json = JSONWriter(capacity: connections.count << 10)
      for connection in connections {
        connection.write(to: &json)
        json.endLine()
      }
      return ByteBuffer(bytes: json.bytes)
    }
  }
}
