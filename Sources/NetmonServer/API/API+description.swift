import Hummingbird
import NetmonCore

extension API {
  /// Describes the routes.
  func openAPI(_ routed: RoutedRequest) async throws -> Response {
    let isAsking = await access.watch.current().isAsking
    let description = OpenAPIDocument(routes: routes, isAsking: isAsking)
    let document = JSONWriter { description.write(to: &$0) }
    return Response(unchanging: document, to: routed.request)
  }
}
