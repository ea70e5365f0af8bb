import HTTPTypes
import Hummingbird
import NetmonCore

extension API {
  /// The page's sign-in.
  var sessionRoutes: [Route] {
    let session = Schema.reference("Session")
    let cookie = Route.Header(.setCookie, "The session, for the browser alone.")
    return [
      Route(
        .post, "/api/session", "Signs a page in with a token that reads.", access: .open,
        body: .init(
          summary: "The token.", content: [("application/json", .reference("SignIn"))]),
        outcomes: [
          .json(session, "The page may read from now on.", headers: [cookie]),
          .problem(.badRequest, "The body is wrong; `errors` lists the mistakes."),
          .problem(.unauthorized, "The token is of no use."),
          .problem(
            .forbidden, "The token is not for reading, or the request of a page of another origin."),
          .retried(.tooManyRequests, "The token is used too often, or too many wrong ones come."),
        ] + .ofBodies, handler: signIn),
      Route(
        .get, "/api/session", "Says whether a page is signed in.", access: .open,
        outcomes: [.json(session, "It is, or not.")] + .always, handler: tellSession),
      Route(
        .delete, "/api/session", "Signs a page out.", access: .open,
        outcomes: [
          Route.Outcome(
            status: .noContent, summary: "It is signed out.", headers: [cookie]),
          .problem(.forbidden, "The request comes from a page of another origin."),
        ] + .always, handler: signOut),
    ]
  }

  private func signIn(_ routed: RoutedRequest) async throws -> Response {
    try await signIn(routed, in: try admission.admit())
  }

  private func signIn(
    _ routed: RoutedRequest, in room: Admission.Room
  ) async throws -> Response {
    var limits = limits
    limits.bodyBytes = min(limits.bodyBytes, Self.maximumSignIn)
    limits.inflatedBytes = min(limits.inflatedBytes, Self.maximumSignIn)
    let body = try await routed.collectJSON(limits, in: room)
    let posted = try PostedList(body, of: "token") { $0.requiredText("token") }
    guard posted.isSingle, let token = posted.elements.first else {
      throw Problem(.badRequest, "The body must be an object with a 'token'.")
    }
    let (standing, cookie) = try await access.signIn(token, from: routed.network)
    var response = Response(standing)
    response.headers[.setCookie] = cookie
    return response
  }

  /// Bytes of a body with a token in it.
  private static let maximumSignIn = 16 << 10

  private func tellSession(_ routed: RoutedRequest) async throws -> Response {
    Response(await access.standing(routed.request))
  }

  private func signOut(_ routed: RoutedRequest) async throws -> Response {
    Response(status: .noContent, headers: [.setCookie: access.signOut(routed.request)])
  }
}

extension Response {
  fileprivate init(_ standing: Access.Standing) {
    self.init(
      json: JSONWriter { json in
        json.object { json in
          json.key("required")
          json.value(standing.isAsking)
          json.field("token_id", standing.token?.id)
          json.field("token_name", standing.token?.name)
          json.field("expires", standing.expires)
        }
      })
  }
}
