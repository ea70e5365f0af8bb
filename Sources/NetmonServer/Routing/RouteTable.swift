import HTTPTypes
import Hummingbird
import NIOCore

/// Finds the route of a request, and lets in who may take it.
///
/// It stands where Hummingbird's own router would look, because that one answers 404 to a wrong
/// method and cannot be asked which methods a path has.
struct RouteTable: RouterMiddleware {
  typealias Context = ConnectionContext

  private let routes: [Route]
  private let meters: Meters
  private let access: Access

  init(_ routes: [Route], _ meters: Meters, _ access: Access) {
    self.routes = routes
    self.meters = meters
    self.access = access
  }

  @concurrent func handle(
    _ request: Request, context: Context, next: Next<Context>
  ) async throws -> Response {
    var route: Route?
    do {
      let network = PeerNetwork(context.remoteAddress)
      let response = try await answer(request, on: context.channel, from: network, by: &route)
      count(request, route, response.status)
      return response
    } catch {
      count(
        request, route, (error as? any ProblemConvertible)?.problem.status ?? .internalServerError)
      throw error
    }
  }

  private func count(_ request: Request, _ route: Route?, _ status: HTTPResponse.Status) {
    meters.countRequest(request.method, route?.path.description ?? "", status)
  }

  private func answer(
    _ request: Request, on channel: any Channel, from network: PeerNetwork,
    by route: inout Route?
  ) async throws -> Response {
    let target = try Target(request.head.path ?? "/")
    let matches = routes.compactMap { route in
      route.path.match(target.segments).map { (route: route, captures: $0) }
    }
    guard !matches.isEmpty else { throw notFound(target.path) }
    guard let match = matches.first(where: { $0.route.methods.contains(request.method) }) else {
      throw notAllowed(request.method, matches.flatMap(\.route.methods))
    }
    route = match.route
    let caller = try await access.caller(request, from: network, for: match.route.access)
    try match.route.check(target.query)
    return try await match.route.handler(
      RoutedRequest(
        request: request, target: target, captures: match.captures, caller: caller,
        network: network, channel: channel))
  }

  private func notFound(_ path: String) -> Problem {
    let known = routes.map(\.path.description)
    return Problem(
      .notFound, "There is nothing at \(quoted(path))" + suggestion(for: path, among: known))
  }

  private func notAllowed(
    _ method: HTTPRequest.Method, _ allowed: [HTTPRequest.Method]
  ) -> Problem {
    let names = allowed.map(\.rawValue).joined(separator: ", ")
    var problem = Problem(
      .methodNotAllowed, "\(quoted(method.rawValue)) is not possible here, only \(names).")
    problem.headers[.allow] = names
    return problem
  }
}
