import Hummingbird

/// What a middleware passes a request on to.
///
/// Hummingbird is built without `NonisolatedNonsendingByDefault`: its async functions, and those
/// that satisfy its protocols, are what that feature calls `@concurrent`.
typealias Next<Context> = @concurrent (Request, Context) async throws -> Response
