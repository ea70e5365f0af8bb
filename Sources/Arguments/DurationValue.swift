extension Duration: ArgumentValue {
  /// Units from long to short, the order in which a text combines them.
  private static let units: [(symbol: String, milliseconds: Int64)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
  ]

  /// Reads whole numbers with units, longest first: `500ms`, `90s`, `1h30m`, `14d`.
  package init(argument text: String) throws(InvalidValue) {
    guard let milliseconds = Self.milliseconds(in: text) else { throw .isNot(Self.expectation) }
    self = .milliseconds(milliseconds)
  }

  /// The duration in whole milliseconds, split into units; what is less or negative is `0s`.
  package var argument: String {
    let (seconds, attoseconds) = components
    let counts = [
      seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60,
      attoseconds / 1_000_000_000_000_000,
    ]
    let text = zip(counts, Self.units).map { $0 > 0 ? "\($0)\($1.symbol)" : "" }.joined()
    return text.isEmpty ? "0s" : text
  }

  package static var placeholder: String { "DURATION" }
  package static var expectation: String { "a duration such as 90s, 5m, 1h30m or 14d" }

  private static func milliseconds(in text: String) -> Int64? {
    var rest = text[...]
    var units = units[...]
    var total: Int64 = 0
    repeat {
      guard let count = Int64(rest.removePrefix(while: \.isASCIIDigit)) else { return nil }
      let symbol = rest.removePrefix { !$0.isASCIIDigit }
      guard let index = units.firstIndex(where: { $0.symbol == symbol }) else { return nil }
      let (product, isTooLong) = count.multipliedReportingOverflow(by: units[index].milliseconds)
      let (sum, overflows) = total.addingReportingOverflow(product)
      if isTooLong || overflows { return nil }
      total = sum
      units = units[(index + 1)...]
    } while !rest.isEmpty
    return total
  }
}
