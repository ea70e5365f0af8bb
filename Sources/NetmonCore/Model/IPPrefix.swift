/// A block of addresses in CIDR notation, such as `10.0.0.0/8` (RFC 4632).
public struct IPPrefix: Hashable, Sendable {
  /// The first address of the block; bits beyond `length` are zero.
  public let first: IPAddress
  /// The number of leading bits that are fixed: 0…32 for IPv4, 0…128 for IPv6.
  public let length: Int

  /// The block of `length` leading bits that holds `address`, or nil if `length` is out of range.
  public init?(_ address: IPAddress, length: Int) {
    guard (0...Self.width(of: address.family)).contains(length) else { return nil }
    self.length = length
    first = Self.masked(address, length, setting: false)
  }

  /// Parses `ADDRESS` (one address) or `ADDRESS/LENGTH`.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(String(parts[0])) else { return nil }
    guard parts.count == 2 else {
      self.init(address, length: Self.width(of: address.family))
      return
    }
    guard parts[1].allSatisfy(\.isNumber), let length = Int(parts[1]) else { return nil }
    self.init(address, length: length)
  }

  /// The last address of the block.
  public var last: IPAddress { Self.masked(first, length, setting: true) }

  public func contains(_ address: IPAddress) -> Bool {
    address.family == first.family && Self.masked(address, length, setting: false) == first
  }

  private static func width(of family: IPAddress.Family) -> Int { family == .ipv4 ? 32 : 128 }

  private static func masked(_ address: IPAddress, _ length: Int, setting: Bool) -> IPAddress {
    func apply(_ value: UInt64, _ mask: UInt64) -> UInt64 {
      setting ? value | mask : value & ~mask
    }
    let hostBits = UInt64(width(of: address.family) - length)
    let lowMask: UInt64 = hostBits >= 64 ? .max : (1 << hostBits) - 1
    switch address.family {
    case .ipv4:
      return IPAddress(ipv4: UInt32(truncatingIfNeeded: apply(address.low, lowMask)))
    case .ipv6:
      let highBits = hostBits > 64 ? hostBits - 64 : 0
      let highMask: UInt64 = highBits >= 64 ? .max : (1 << highBits) - 1
      return IPAddress(high: apply(address.high, highMask), low: apply(address.low, lowMask))
    }
  }
}

extension IPPrefix: CustomStringConvertible {
  public var description: String { "\(first)/\(length)" }
}
