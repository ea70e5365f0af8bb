import CDashboard
import HTTPTypes
import Hummingbird
import NIOCore

/// A file of the page, which is part of the program.
struct Asset: Sendable {
  let path: String
  let type: String
  let content: ByteBuffer
  let tag: EntityTag

  private init(_ asset: netmon_asset) {
    let bytes = UnsafeBufferPointer(start: asset.bytes, count: asset.count)
    path = String(cString: asset.path)
    type = String(cString: asset.type)
    content = ByteBuffer(bytes: bytes)
    tag = EntityTag(content: bytes)
  }

  /// A route for each file.
  static var routes: [Route] {
    (0..<netmon_asset_count()).map { index in
      let asset = Asset(netmon_asset_at(index))
      return Route(
        .get, PathPattern(asset.path), "Shows the page.", parameters: nil,
        outcomes: [.text(asset.type, "A file of the page."), .notModified] + .always,
        handler: asset.response)
    }
  }

  private func response(_ routed: RoutedRequest) async -> Response {
    var response: Response =
      tag.matches(routed.request)
      ? .notModified(tag)
      : Response(
        status: .ok, headers: [.contentType: type, .eTag: tag.text],
        body: ResponseBody(byteBuffer: content))
    // Browsers keep it, and ask each time whether it is still the same.
    response.headers[.cacheControl] = "no-cache"
    return response
  }
}
