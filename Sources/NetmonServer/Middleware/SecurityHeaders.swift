import HTTPTypes
import Hummingbird

/// Puts on every response what keeps a browser from misreading it, and takes the body off those
/// to HEAD.
struct SecurityHeaders<Context>: RouterMiddleware {
  @concurrent func handle(
    _ request: Request, context: Context, next: Next<Context>
  ) async throws -> Response {
    var response = try await next(request, context)
    for field in HTTPFields.security { response.headers[field.name] = field.value }
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    guard request.method == .head else { return response }
    var head = response.createHeadResponse()
    // Of what is sent as it is made nobody knows the length.
    head.headers[.contentLength] = response.headers[.contentLength]
    return head
  }
}

extension HTTPFields {
  /// What every response carries.
  static var security: HTTPFields {
    [
      .contentSecurityPolicy: """
      default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
      img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'
      """,
      .xContentTypeOptions: "nosniff",
      .referrerPolicy: "no-referrer",
    ]
  }
}
