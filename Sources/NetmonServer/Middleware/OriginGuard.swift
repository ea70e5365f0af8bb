import HTTPTypes
import Hummingbird

/// Lets pages of other sites change nothing: a browser names the page's origin in every POST and
/// DELETE.
struct OriginGuard<Context>: RouterMiddleware {
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
    let scheme = "http://"
    guard origin.lowercased().hasPrefix(scheme),
      let origin = Authority(String(origin.dropFirst(scheme.count)))
    else { return false }
    return origin == request.head.authority.flatMap(Authority.init)
  }
}
