import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
  /// The whole body, inflated if it came compressed, within the limits and as far as there is room.
  func collectBody(_ limits: Server.Limits, in room: Admission.Room) async throws -> [UInt8] {
    let isGzip = try isGzip
    if let length = headers[.contentLength].flatMap({ Int($0) }), length > limits.bodyBytes {
      throw Problem.bodyTooLarge(limits.bodyBytes, "as sent")
    }
    let bytes = isGzip ? try await inflated(limits, in: room) : try await plain(limits, in: room)
    guard !bytes.isEmpty else { throw Problem(.badRequest, "The body is empty.") }
    return bytes
  }

  private func plain(_ limits: Server.Limits, in room: Admission.Room) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    for try await chunk in body {
      bytes.append(contentsOf: chunk.readableBytesView)
      guard bytes.count <= limits.bodyBytes else {
        throw Problem.bodyTooLarge(limits.bodyBytes, "as sent")
      }
      try room.grow(to: bytes.count)
    }
    return bytes
  }

  private func inflated(_ limits: Server.Limits, in room: Admission.Room) async throws -> [UInt8] {
    var received = 0
    var gzip = try GzipDecoder(limit: limits.inflatedBytes)
    for try await chunk in body {
      received += chunk.readableBytes
      guard received <= limits.bodyBytes else {
        throw Problem.bodyTooLarge(limits.bodyBytes, "as sent")
      }
      try chunk.withUnsafeReadableBytes { try gzip.append($0) }
      try room.grow(to: gzip.output.count)
    }
    return try gzip.finish()
  }

  private var isGzip: Bool {
    get throws(Problem) {
      switch headers[.contentEncoding]?.lowercased() {
      case nil, "", "identity": return false
      case "gzip", "x-gzip": return true
      case let coding?:
        var problem = Problem(
          .unsupportedMediaType, "The content encoding \(quoted(coding)) is not understood.")
        problem.headers[.acceptEncoding] = "gzip"
        throw problem
      }
    }
  }

  /// The media type without its parameters, in lower case.
  var mediaType: String? {
    headers[.contentType]?.prefix { $0 != ";" }.split(separator: " ").first?.lowercased()
  }
}
