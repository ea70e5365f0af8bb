import Hummingbird
import NetmonCore

extension API {
  /// Describes the routes.
  func openAPI(_ routed: RoutedRequest) async throws -> Response {
    let document = JSONWriter { OpenAPIDocument(routes: routes).write(to: &$0) }
    return Response(unchanging: document, to: routed.request)
  }
}
