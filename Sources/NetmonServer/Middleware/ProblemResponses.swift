import HTTPTypes
import Hummingbird
import Logging

/// Turns every error into problem details; what nobody foresaw is logged and told as a 500.
struct ProblemResponses<Context>: RouterMiddleware {
  let logger: Logger

  @concurrent func handle(
    _ request: Request, context: Context, next: Next<Context>
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as any ProblemConvertible {
      let problem = error.problem
      if problem.status.kind == .serverError {
        logger.warning("request failed", metadata: ["error": "\(error)"])
      }
      return problem.response
    } catch {
      logger.error("unexpected error", metadata: ["error": "\(error)"])
      return Problem(.internalServerError, "The server met an error it did not expect.").response
    }
  }
}
