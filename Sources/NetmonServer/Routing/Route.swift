import HTTPTypes
import Hummingbird

/// One thing the server does: what requests ask for it, what they may say, and what answers them.
///
/// Dispatching, `Allow`, and the check of parameters all read these values.
struct Route: Sendable {
  /// A GET route answers HEAD as well.
  let method: HTTPRequest.Method
  let path: PathPattern
  let summary: String
  /// The parameters a query may have; nil for a page, which leaves them to its script.
  let parameters: [Parameter]?
  let handler: Handler

  typealias Handler = @Sendable (RoutedRequest) async throws -> Response

  struct Parameter: Hashable, Sendable {
    let name: String
    let summary: String

    init(_ name: String, _ summary: String) {
      self.name = name
      self.summary = summary
    }
  }

  init(
    _ method: HTTPRequest.Method, _ path: PathPattern, _ summary: String,
    parameters: [Parameter]? = [], handler: @escaping Handler
  ) {
    self.method = method
    self.path = path
    self.summary = summary
    self.parameters = parameters
    self.handler = handler
  }

  /// The methods that `Allow` names for this route.
  var methods: [HTTPRequest.Method] { method == .get ? [.get, .head] : [method] }

  func check(_ query: Query) throws(Problem) {
    guard let names = parameters?.map(\.name) else { return }
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

  var query: Query { target.query }
}
