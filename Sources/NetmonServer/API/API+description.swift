import Hummingbird
import NetmonCore

extension API {
  /// Describes the routes.
  func openAPI(_ routed: RoutedRequest) async throws -> Response {
    let document = JSONWriter { OpenAPIDocument(routes: routes).write(to: &$0) }
    let tag = document.bytes.withUnsafeBufferPointer { EntityTag(content: $0) }
    if tag.matches(routed.request) { return .notModified(tag) }
    var response = Response(json: document)
    response.headers[.eTag] = tag.text
    return response
  }
}
