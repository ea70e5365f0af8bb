import GRDB
import NetmonCore

// What a filter asks of dimensions alone, as queries for the ids that can answer it. They say where
// to look for rows; that a row matches is still for its condition to say.

extension FilterCompiler {
  /// Selects the processes, as `value`, outside of which no row can match; nil if any process can.
  mutating func processes(of filter: Filter) -> String? {
    let conditions = filter.required.compactMap { anyOf($0) { $0.onProcess($1) } }
    guard !conditions.isEmpty else { return nil }
    return "SELECT p.id AS value FROM process p WHERE \(conditions.joined(separator: " AND "))"
  }

  /// Selects the errors outside of which no row can match; nil if any, or none, can.
  mutating func errnos(of filter: Filter) -> String? {
    let conditions = filter.required.compactMap { anyOf($0) { $0.onError($1) } }
    guard !conditions.isEmpty else { return nil }
    return """
      SELECT n.errno AS value FROM error_name n \
      WHERE n.is_canonical AND \(conditions.joined(separator: " AND "))
      """
  }

  /// Selects the addresses one of which is the remote one of any row that can match; nil if any can.
  mutating func remotes(of filter: Filter) -> String? {
    let sets = filter.required.compactMap { matches in
      parts(of: matches) { compiler, match in
        guard case .endpoint(.remote, let prefix?, _) = match else { return nil }
        return compiler.addresses(prefix)
      }
    }
    return sets.first?.joined(separator: " UNION ")
  }

  private mutating func onProcess(_ match: Filter.Match) -> String? {
    switch match {
    case .text(.host, let pattern):
      // A connection and its process are of one host.
      "p.host_id IN (SELECT id FROM host WHERE \(matches("name", [pattern])))"
    case .text(let field, let pattern): onProcess(field, [pattern])
    case .number(let field, let comparison): onProcess(field, comparison)
    case .word(let word) where wordsOfProcesses.contains(word): onProcess(word: word)
    default: nil
    }
  }

  private mutating func onProcess(word: String) -> String {
    let contains = containing(word)
    return """
      (p.executable_id IN (SELECT x.id FROM executable x \
      WHERE \(contains("x.name")) OR \(contains("x.path"))) \
      OR p.host_id IN (SELECT id FROM host WHERE \(contains("name"))))
      """
  }

  /// Whether a word is in no address, port or service, so that the process alone decides.
  static func isOfProcesses(_ word: String, in db: Database) throws -> Bool {
    let colon = word.utf8.lastIndex(of: UInt8(ascii: ":"))
    let tail = word.utf8[(colon.map { word.utf8.index(after: $0) } ?? word.startIndex)...]
    guard !tail.allSatisfy({ (48...57).contains($0) }) else { return false }
    var compiler = FilterCompiler()
    let contains = compiler.containing(word)
    return try db.integer(
      """
      SELECT EXISTS (SELECT 1 FROM service WHERE \(contains("name")))
        OR EXISTS (SELECT 1 FROM address a WHERE \(contains(Schema.shown("a"))))
      """, compiler.bindings.values) == 0
  }

  private mutating func onError(_ match: Filter.Match) -> String? {
    switch match {
    case .error(.any): "1"
    case .error(.exactly(let error)): "n.errno = \(bindings.bind(error.number))"
    case .number(.errno, let comparison): compare("n.errno", comparison)
    default: nil
    }
  }

  private mutating func anyOf(
    _ matches: [Filter.Match], _ condition: (inout Self, Filter.Match) -> String?
  ) -> String? {
    parts(of: matches, condition).map { Self.joined($0[...], by: "OR") }
  }

  /// What each of the matches asks for; nil if one asks for something else.
  private mutating func parts(
    of matches: [Filter.Match], _ part: (inout Self, Filter.Match) -> String?
  ) -> [String]? {
    let bound = bindings
    var parts: [String] = []
    for match in matches {
      guard let part = part(&self, match) else {
        // Values that no placeholder asks for are an error.
        bindings = bound
        return nil
      }
      parts.append(part)
    }
    return parts.isEmpty ? nil : parts
  }
}

extension Filter {
  /// Of which at least one must hold, for each term.
  var required: [[Match]] { terms.filter { !$0.isNegated }.map(\.anyOf) }
}
