/// A size in bytes, such as that of a file or a buffer.
package struct ByteCount: Hashable, Sendable {
  /// Zero or more.
  package let bytes: Int

  /// - Precondition: the number is not negative.
  package init(bytes: Int) {
    precondition(bytes >= 0, "a size cannot be negative")
    self.bytes = bytes
  }
}

extension ByteCount: Comparable {
  package static func < (left: Self, right: Self) -> Bool { left.bytes < right.bytes }
}

extension ByteCount: ArgumentValue {
  /// Decimal units are powers of 1000, binary ones of 1024.
  private static let units: [(symbol: String, bytes: Int)] = [
    ("", 1), ("B", 1),
    ("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
  ]

  /// Reads a whole number and a unit in upper or lower case: `64MB`, `512KiB`, `4096`.
  package init(argument text: String) throws(InvalidValue) {
    var rest = text[...]
    let digits = rest.removePrefix(while: \.isASCIIDigit)
    let symbol = rest.lowercased()
    guard let count = Int(digits),
      let unit = Self.units.first(where: { $0.symbol.lowercased() == symbol })
    else { throw .isNot(Self.expectation) }
    let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: unit.bytes)
    guard !isTooLarge else { throw .isNot(Self.expectation) }
    self.init(bytes: bytes)
  }

  /// The size in the largest unit that leaves no fraction.
  package var argument: String {
    let exact = Self.units.filter { bytes.isMultiple(of: $0.bytes) }
    let unit = bytes == 0 ? nil : exact.max { $0.bytes < $1.bytes }
    return unit.map { "\(bytes / $0.bytes)\($0.symbol)" } ?? "0"
  }

  package static var placeholder: String { "SIZE" }
  package static var expectation: String { "a size such as 4096, 64MB or 512KiB" }
}
