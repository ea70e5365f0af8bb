import HTTPTypes
import Hummingbird

/// Answers only to its own names, so that a foreign site cannot reach the server through a name
/// that it lets resolve to 127.0.0.1 (DNS rebinding).
struct HostGuard: RouterMiddleware {
  typealias Context = ConnectionContext

  let rule: HostRule

  @concurrent func handle(
    _ request: Request, context: Context, next: Next<Context>
  ) async throws -> Response {
    // RFC 9112 §3.2 wants none and several refused.
    guard let text = request.head.authority, request.headers[.repeatedHost] == nil else {
      throw Problem(.badRequest, "A request needs exactly one Host header.")
    }
    guard let authority = Authority(text) else {
      throw Problem(.badRequest, "The Host header \(quoted(text)) is not a name and port.")
    }
    guard rule.accepts(authority, at: context.localAddress?.ipAddress) else {
      throw Problem(
        .misdirectedRequest,
        "This server does not answer for \(quoted(authority.host)); --name adds names.")
    }
    return try await next(request, context)
  }
}
