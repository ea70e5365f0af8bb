import HTTPTypes
import Hummingbird
import NIOCore

/// One thing the server does: what requests ask for it, what they may say, what they may be told,
/// and what answers them.
///
/// Dispatching, `Allow`, the check of parameters and the OpenAPI document all read these values.
struct Route: Sendable {
  /// A GET route answers HEAD as well.
  let method: HTTPRequest.Method
  let path: PathPattern
  let summary: String
  let access: Access
  /// The parameters a request may have. Nil for a page, which leaves its query to its script.
  let parameters: [Parameter]?
  /// Nil when there is none.
  let body: Body?
  let outcomes: [Outcome]
  let handler: Handler

  typealias Handler = @Sendable (RoutedRequest) async throws -> Response

  /// Unless something else is said, a GET takes a token that reads, and others one that sends records.
  ///
  /// `outcomes` are those of a request that is let in; the others follow from `access`.
  init(
    _ method: HTTPRequest.Method, _ path: PathPattern, _ summary: String,
    access: Access? = nil, parameters: [Parameter]? = [], body: Body? = nil, outcomes: [Outcome],
    handler: @escaping Handler
  ) {
    let access = access ?? (method == .get ? .read : .ingest)
    self.method = method
    self.path = path
    self.summary = summary
    self.parameters = parameters
    self.body = body
    self.access = access
    self.outcomes = outcomes.joined(with: access)
    self.handler = handler
  }

  /// The methods that `Allow` names for this route.
  var methods: [HTTPRequest.Method] { method == .get ? [.get, .head] : [method] }

  func check(_ query: Query) throws(Problem) {
    guard let parameters else { return }
    let names = parameters.filter { $0.place == .query }.flatMap(\.names)
    for item in query.items where !names.contains(item.name) {
      throw Problem(
        .badRequest,
        "There is no parameter \(quoted(item.name))" + suggestion(for: item.name, among: names))
    }
  }
}

/// A request, and what its route made of the target.
struct RoutedRequest: Sendable {
  let request: Request
  let target: Target
  /// What the braces of the path pattern stand for.
  let captures: [String: String]
  let caller: Caller
  let network: PeerNetwork
  let channel: any Channel

  var query: Query { target.query }
}
