import HTTPTypes

/// What a request asks for: the path and the query of its request line, decoded.
package struct Target: Hashable, Sendable {
  /// The parts between the slashes; `/` is one empty part.
  package let segments: [String]
  package let query: Query

  package init(_ text: String) throws(Problem) {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let path = parts.first, path.hasPrefix("/") else {
      throw Problem(.badRequest, "The request target \(quoted(text)) is not a path.")
    }
    var segments: [String] = []
    for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard let segment = PercentEncoding.decode(part) else {
        throw Problem(.badRequest, "The path \(quoted(path)) is not percent-encoded UTF-8.")
      }
      segments.append(segment)
    }
    self.segments = segments
    query = try Query(parts.count == 2 ? parts[1] : "")
  }

  /// Path and query as bytes. Strings are equal when they are canonically equivalent in Unicode; names
  /// are not.
  package var bytes: [UInt8] { Array("\(path)?\(query.encoded)".utf8) }

  /// The path, encoded.
  package var path: String { segments.map { "/" + PercentEncoding.encode($0) }.joined() }
}
