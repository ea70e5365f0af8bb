import HTTPTypes

/// The parameters after the `?`, decoded, in the order they were given.
package struct Query: Hashable, Sendable {
  struct Item: Hashable, Sendable {
    let name: String
    let value: String
  }

  private(set) var items: [Item] = []

  package init(_ text: Substring) throws(Problem) {
    for part in text.split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentEncoding.decode(pair[0], isForm: true),
        let value = PercentEncoding.decode(pair.count == 2 ? pair[1] : "", isForm: true)
      else {
        throw Problem(.badRequest, "The parameter \(quoted(part)) is not percent-encoded UTF-8.")
      }
      items.append(Item(name: name, value: value))
    }
  }

  /// The value of a parameter that makes sense only once.
  func value(_ name: String) throws(Problem) -> String? {
    let values = items.filter { $0.name == name }
    guard values.count < 2 else { throw Problem(.badRequest, "'\(name)' is given twice.") }
    return values.first?.value
  }

  /// A whole number within `range`, or `fallback` when it is not given.
  func integer(
    _ name: String, in range: ClosedRange<Int>, default fallback: Int
  ) throws(Problem) -> Int {
    guard let text = try value(name) else { return fallback }
    guard let number = Int64(decimal: text), let number = Int(exactly: number), range ~= number
    else {
      let bounds =
        range.upperBound == .max
        ? "≥ \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      throw Problem(
        .badRequest, "'\(name)' must be a whole number \(bounds), not \(quoted(text)).")
    }
    return number
  }

  /// The query of the same request for another page.
  func replacing(_ names: Set<String>, with item: Item) -> Query {
    var copy = self
    copy.items.removeAll { names.contains($0.name) }
    copy.items.append(item)
    return copy
  }

  /// As it stands in a URL, without the `?`.
  package var encoded: String {
    items.map { PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value) }
      .joined(separator: "&")
  }
}

extension Int64 {
  /// Parses decimal digits, with nothing before them but a minus: `Int64("+1")` would be a number.
  init?(decimal text: String) {
    guard !text.hasPrefix("+") else { return nil }
    self.init(text)
  }
}
