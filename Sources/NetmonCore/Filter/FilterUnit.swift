/// How a number is written in a filter. It is kept as a whole number of the smallest unit.
enum FilterUnit {
  /// A plain number.
  case none
  /// Kept in microseconds: `250us`, `1.5s`, `1h30m`.
  case duration
  /// Kept in bytes: `1MB` is 10⁶, `1MiB` is 2²⁰.
  case size

  /// Units that are written, the preferred ones first.
  private var units: [(symbol: String, factor: Int64)] {
    switch self {
    case .none:
      []
    case .duration:
      [
        ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000),
        ("ms", 1000), ("us", 1),
      ]
    case .size:
      [
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000),
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
      ]
    }
  }

  /// What a message asks for.
  var expectation: String {
    switch self {
    case .none: "a whole number"
    case .duration: "a duration such as 250us, 100ms, 5s, 2m, 1h30m or 1d"
    case .size: "a size such as 4096, 64kB, 1MB or 1MiB"
    }
  }

  /// Reads a number, or numbers with units in either case of letters; nil for anything else, and
  /// for what is no whole number of the smallest unit.
  func parse(_ text: Substring) -> Int64? {
    if text.utf8.allSatisfy(Self.isDigit) { return Int64(text) }
    var rest = text.utf8[...]
    var total: Int64 = 0
    repeat {
      let digits = rest.prefix(while: Self.isDigit)
      rest = rest.dropFirst(digits.count)
      var fraction = rest.prefix(0)
      if rest.first == UInt8(ascii: ".") {
        fraction = rest.dropFirst().prefix(while: Self.isDigit)
        guard !fraction.isEmpty else { return nil }
        rest = rest.dropFirst(1 + fraction.count)
      }
      let symbol = rest.prefix { !Self.isDigit($0) }
      rest = rest.dropFirst(symbol.count)
      guard let factor = factor(of: String(Substring(symbol))),
        let value = Self.product(digits, fraction, factor)
      else { return nil }
      let (sum, overflows) = total.addingReportingOverflow(value)
      if overflows { return nil }
      total = sum
    } while !rest.isEmpty
    return total
  }

  /// The number in the largest unit that leaves no fraction, so that it parses to the same number.
  func format(_ number: Int64) -> String {
    guard number != 0, let unit = units.first(where: { number.isMultiple(of: $0.factor) })
    else { return "\(number)" }
    return "\(number / unit.factor)\(unit.symbol)"
  }

  private func factor(of symbol: String) -> Int64? {
    if self == .duration, symbol == "µs" { return 1 }
    return units.first { $0.symbol.lowercased() == symbol.lowercased() }?.factor
  }

  /// `digits.fraction` times the factor, if that is a whole number.
  private static func product(
    _ digits: Substring.UTF8View, _ fraction: Substring.UTF8View, _ factor: Int64
  ) -> Int64? {
    // Six digits of fraction times the largest factor stay below 2⁶³.
    guard let whole = Int64(Substring(digits)), fraction.count <= 6 else { return nil }
    var part: Int64 = 0
    var scale: Int64 = 1
    for digit in fraction {
      part = part * 10 + Int64(digit - UInt8(ascii: "0"))
      scale *= 10
    }
    guard (part * factor).isMultiple(of: scale) else { return nil }
    let (product, isTooLarge) = whole.multipliedReportingOverflow(by: factor)
    let (sum, overflows) = product.addingReportingOverflow(part * factor / scale)
    return isTooLarge || overflows ? nil : sum
  }

  static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

extension Filter.NumberField {
  var unit: FilterUnit {
    switch self {
    case .connect, .duration, .rtt: .duration
    case .bytesSent, .bytesReceived, .bytes: .size
    case .id, .pid, .errno, .revision, .retransmits, .drops, .userID, .parentID, .networkNamespace:
      .none
    }
  }
}
