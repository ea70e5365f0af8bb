import HTTPTypes
import Hummingbird

/// Lets pages of other sites change nothing: a browser names the page's origin in every POST and
/// DELETE.
struct OriginGuard<Context>: RouterMiddleware {
  /// Whether the server speaks TLS: a page that came without could have been changed by anybody.
  var isSecure = false

  @concurrent func handle(
    _ request: Request, context: Context, next: Next<Context>
  ) async throws -> Response {
    if [.post, .delete].contains(request.method), let origin = request.headers[.origin],
      !isOwn(origin, request)
    {
      throw Problem(.forbidden, "Requests from pages of \(quoted(origin)) are not accepted.")
    }
    return try await next(request, context)
  }

  private func isOwn(_ origin: String, _ request: Request) -> Bool {
    let scheme = isSecure ? "https://" : "http://"
    let port: UInt16 = isSecure ? 443 : 80
    guard origin.lowercased().hasPrefix(scheme),
      let origin = Authority(String(origin.dropFirst(scheme.count)), defaultPort: port)
    else { return false }
    return origin == request.head.authority.flatMap { Authority($0, defaultPort: port) }
  }
}
