/// An IPv4 or IPv6 address, fixed in width so that it hashes and compares without allocation.
///
/// IPv4 addresses are held in the low 32 bits. An IPv4-mapped IPv6 address
/// (`::ffff:a.b.c.d`, RFC 4291 §2.5.5.2) becomes the IPv4 address it stands for, because that is
/// what travels on the wire.
public struct IPAddress: Hashable, Sendable {
  /// The address family, with the names of the JSON field `family`.
  public enum Family: String, CaseIterable, Sendable {
    case ipv4, ipv6
  }

  /// Bits 127…64 of an IPv6 address in host order; 0 for IPv4.
  public let high: UInt64
  /// Bits 63…0 of an IPv6 address in host order, or the 32 bits of an IPv4 address.
  public let low: UInt64
  // Last, where it takes the least room: many addresses are kept.
  public let family: Family

  /// An IPv4 address from its 32 bits in host order (`0x7F000001` is 127.0.0.1).
  public init(ipv4 bits: UInt32) {
    self.init(family: .ipv4, high: 0, low: UInt64(bits))
  }

  /// An IPv6 address from its two halves in host order; an IPv4-mapped one becomes IPv4.
  public init(high: UInt64, low: UInt64) {
    if high == 0, low >> 32 == 0xFFFF {
      self.init(ipv4: UInt32(truncatingIfNeeded: low))
    } else {
      self.init(family: .ipv6, high: high, low: low)
    }
  }

  private init(family: Family, high: UInt64, low: UInt64) {
    self.family = family
    self.high = high
    self.low = low
  }

  /// `0.0.0.0`, what the kernel shows for "any address".
  public static let anyIPv4 = IPAddress(ipv4: 0)
  /// `::`, what the kernel shows for "any address".
  public static let anyIPv6 = IPAddress(high: 0, low: 0)

  /// Whether this is `0.0.0.0` or `::`.
  public var isUnspecified: Bool { high == 0 && low == 0 }

  /// Whether this is in 127.0.0.0/8 or is `::1`.
  public var isLoopback: Bool {
    switch family {
    case .ipv4: low >> 24 == 127
    case .ipv6: high == 0 && low == 1
    }
  }

  /// The address as 4 or 16 bytes in network order.
  public var bytes: [UInt8] {
    switch family {
    case .ipv4: (0..<4).map { UInt8(truncatingIfNeeded: low >> (24 - 8 * $0)) }
    case .ipv6:
      (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> (56 - 8 * ($0 % 8))) }
    }
  }
}

extension IPAddress: Comparable {
  /// IPv4 sorts before IPv6, each by its number.
  public static func < (a: IPAddress, b: IPAddress) -> Bool {
    if a.family != b.family { return a.family == .ipv4 }
    return (a.high, a.low) < (b.high, b.low)
  }
}

// MARK: - Text

extension IPAddress: LosslessStringConvertible {
  /// Dotted quad, or the canonical IPv6 form of RFC 5952 (no brackets).
  public var description: String {
    switch family {
    case .ipv4:
      return "\(low >> 24 & 255).\(low >> 16 & 255).\(low >> 8 & 255).\(low & 255)"
    case .ipv6:
      return Self.describeIPv6(groups)
    }
  }

  /// The eight 16-bit groups of an IPv6 address.
  private var groups: [UInt16] {
    (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> (48 - 16 * ($0 % 4))) }
  }

  private static func describeIPv6(_ groups: [UInt16]) -> String {
    // RFC 5952 §4.2: the longest run of two or more zero groups is shortened, the first on a tie.
    var best = 0..<0
    var start = 0
    while start < 8 {
      guard groups[start] == 0 else {
        start += 1
        continue
      }
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start > max(best.count, 1) { best = start..<end }
      start = end
    }
    var text = ""
    var index = 0
    while index < 8 {
      if index == best.lowerBound, !best.isEmpty {
        text += "::"
        index = best.upperBound
        continue
      }
      if !text.isEmpty, !text.hasSuffix("::") { text += ":" }
      text += String(groups[index], radix: 16)
      index += 1
    }
    return text
  }

  /// Parses a dotted quad or an IPv6 address (RFC 4291 §2.2, also with a dotted tail).
  ///
  /// No brackets, zone or prefix length; octets are decimal without leading zeros, as other
  /// readings of `010.0.0.1` have been a source of security holes.
  public init?(_ text: String) {
    var copy = text
    let parsed = copy.withUTF8 { IPAddress(utf8: $0) }
    guard let parsed else { return nil }
    self = parsed
  }

  /// Parses the same text from its bytes.
  public init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count <= 45 else { return nil }
    if bytes.contains(UInt8(ascii: ":")) {
      guard let parsed = Self.parseIPv6(bytes) else { return nil }
      self = parsed
    } else {
      guard let bits = Self.parseIPv4(bytes[...]) else { return nil }
      self.init(ipv4: bits)
    }
  }

  private static func parseIPv4(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt32? {
    var bits: UInt32 = 0
    var octet: UInt32 = 0
    var digits = 0
    var dots = 0
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if digits > 0, octet == 0 { return nil }
        octet = octet * 10 + UInt32(byte - UInt8(ascii: "0"))
        digits += 1
        if octet > 255 { return nil }
      case UInt8(ascii: "."):
        guard digits > 0, dots < 3 else { return nil }
        bits = bits << 8 | octet
        (octet, digits, dots) = (0, 0, dots + 1)
      default:
        return nil
      }
    }
    guard digits > 0, dots == 3 else { return nil }
    return bits << 8 | octet
  }

  private static func parseIPv6(_ bytes: UnsafeBufferPointer<UInt8>) -> IPAddress? {
    var groups: [UInt16] = []
    var gap: Int?
    var index = 0
    if bytes.count >= 2, bytes[0] == UInt8(ascii: ":"), bytes[1] == UInt8(ascii: ":") {
      gap = 0
      index = 2
    }
    while index < bytes.count {
      let end = bytes[index...].firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
      let part = bytes[index..<end]
      if part.contains(UInt8(ascii: ".")) {
        guard end == bytes.count, let ipv4 = parseIPv4(part) else { return nil }
        groups += [UInt16(ipv4 >> 16), UInt16(truncatingIfNeeded: ipv4)]
        break
      }
      guard let group = parseGroup(part) else { return nil }
      groups.append(group)
      guard groups.count <= 8 else { return nil }
      guard end < bytes.count else { break }
      index = end + 1
      if index < bytes.count, bytes[index] == UInt8(ascii: ":") {
        guard gap == nil else { return nil }
        gap = groups.count
        index += 1
      } else if index == bytes.count {
        return nil
      }
    }
    if let gap {
      guard groups.count <= 7 else { return nil }
      groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
    }
    guard groups.count == 8 else { return nil }
    let halves = [groups[..<4], groups[4...]].map { $0.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
    return IPAddress(high: halves[0], low: halves[1])
  }

  private static func parseGroup(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> UInt16? {
    guard (1...4).contains(digits.count) else { return nil }
    var value: UInt16 = 0
    for digit in digits {
      guard let nibble = hexDigitValue(digit) else { return nil }
      value = value << 4 | UInt16(nibble)
    }
    return value
  }
}

/// The value of an ASCII hexadecimal digit, or nil.
@inline(__always)
package func hexDigitValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 0x30...0x39: byte - 0x30
  case 0x41...0x46: byte - 0x41 + 10
  case 0x61...0x66: byte - 0x61 + 10
  default: nil
  }
}
