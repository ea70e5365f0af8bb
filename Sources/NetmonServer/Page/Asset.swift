import CDashboard
import Compression
import HTTPTypes
import Hummingbird
import NIOCore

/// A file of the page, which is part of the program.
struct Asset: Sendable {
  let path: String
  let type: String
  private let plain: Representation
  /// Nil where it would not be smaller.
  private let compressed: Representation?

  /// The file as it is sent. Each form of it has a tag of its own (RFC 9110 §8.8.3.3).
  private struct Representation {
    let content: ByteBuffer
    let tag: EntityTag
  }

  private init(_ asset: netmon_asset) {
    let bytes = UnsafeBufferPointer(start: asset.bytes, count: asset.count)
    path = String(cString: asset.path)
    type = String(cString: asset.type)
    plain = Representation(content: ByteBuffer(bytes: bytes), tag: EntityTag(content: bytes))
    compressed = Gzip.compress(Array(bytes), level: 9).flatMap { gzip in
      guard gzip.count < bytes.count else { return nil }
      let tag = gzip.withUnsafeBufferPointer { EntityTag(content: $0) }
      return Representation(content: ByteBuffer(bytes: gzip), tag: tag)
    }
  }

  /// All files, compressed once.
  static func all() -> [Asset] {
    (0..<netmon_asset_count()).map { Asset(netmon_asset_at($0)) }
  }

  var route: Route {
    Route(
      .get, PathPattern(path), "Shows the page.", access: .open, parameters: nil,
      outcomes: [.text(type, "A file of the page."), .notModified] + .always, handler: response)
  }

  private func response(_ routed: RoutedRequest) async -> Response {
    let isCompressed = compressed != nil && routed.request.accepts(coding: "gzip")
    let sent = isCompressed ? compressed ?? plain : plain
    var response: Response =
      sent.tag.matches(routed.request)
      ? .notModified(sent.tag)
      : Response(
        status: .ok, headers: [.contentType: type, .eTag: sent.tag.text],
        body: ResponseBody(byteBuffer: sent.content))
    if isCompressed, response.status == .ok { response.headers[.contentEncoding] = "gzip" }
    if compressed != nil { response.headers[.vary] = "Accept-Encoding" }
    // Browsers keep it, and ask each time whether it is still the same.
    response.headers[.cacheControl] = "no-cache"
    return response
  }
}

extension Request {
  /// Whether a body may come in this content coding (RFC 9110 §12.5.3).
  fileprivate func accepts(coding: String) -> Bool {
    let accepted = (headers[.acceptEncoding] ?? "").lowercased().split(separator: ",").map {
      $0.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
    }
    let entry = accepted.first { $0.first == coding } ?? accepted.first { $0.first == "*" }
    guard let entry else { return false }
    // A weight of zero means that it is not wanted.
    return !entry.dropFirst().contains {
      $0.hasPrefix("q=0") && $0.allSatisfy { "q=0.".contains($0) }
    }
  }
}
