/// The identity of a record across stores: the store that made it, and its number there.
///
/// The same origin delivered any number of times is one row.
public struct Origin: Hashable, Sendable {
  /// The random id of the store where the record was made.
  public let agent: String
  /// Unique within that store, never given out twice; ≥ 0.
  public let number: Int64

  public init(agent: String, number: Int64) {
    self.agent = agent
    self.number = number
  }
}

extension Origin: LosslessStringConvertible {
  /// `agent/number`.
  public var description: String { "\(agent)/\(number)" }

  /// Parses `agent/number`: 1…64 letters, digits, `.`, `_` or `-`, and a number below 2⁶³.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...64).contains(parts[0].utf8.count),
      parts[0].utf8.allSatisfy(Self.isAgentByte),
      parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let number = Int64(parts[1])
    else { return nil }
    self.init(agent: String(parts[0]), number: number)
  }

  private static func isAgentByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }
}
