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
    var received = 0
    var plain: [UInt8] = []
    var gzip = try GzipDecoder(limit: limits.inflatedBytes)
    for try await chunk in body {
      received += chunk.readableBytes
      guard received <= limits.bodyBytes else {
        throw Problem.bodyTooLarge(limits.bodyBytes, "as sent")
      }
      if isGzip {
        try chunk.withUnsafeReadableBytes { try gzip.append($0) }
      } else {
        plain.append(contentsOf: chunk.readableBytesView)
      }
      try room.grow(to: isGzip ? gzip.output.count : plain.count)
    }
    let bytes = isGzip ? try gzip.finish() : plain
    guard !bytes.isEmpty else { throw Problem(.badRequest, "The body is empty.") }
    return bytes
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
