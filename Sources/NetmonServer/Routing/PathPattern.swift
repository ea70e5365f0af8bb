/// The path of a route, such as `/api/connections/{id}`.
struct PathPattern: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  private enum Part: Hashable {
    case literal(String)
    case capture(String)
  }

  /// As declared, which is also how OpenAPI writes it.
  let description: String
  private let parts: [Part]

  init(_ text: String) {
    description = text
    parts = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { part in
      part.hasPrefix("{") && part.hasSuffix("}")
        ? .capture(String(part.dropFirst().dropLast())) : .literal(String(part))
    }
  }

  init(stringLiteral text: String) {
    self.init(text)
  }

  /// What the captures stand for if the path is one of these, or nil.
  func match(_ segments: [String]) -> [String: String]? {
    guard segments.count == parts.count else { return nil }
    var captures: [String: String] = [:]
    for (part, segment) in zip(parts, segments) {
      switch part {
      case .literal(let text): guard segment == text else { return nil }
      case .capture(let name):
        guard !segment.isEmpty else { return nil }
        captures[name] = segment
      }
    }
    return captures
  }
}
