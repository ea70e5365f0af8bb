/// One end of a connection: an address and a port (0 when unknown or not yet bound).
public struct Endpoint: Hashable, Sendable {
  public var address: IPAddress
  public var port: UInt16

  public init(_ address: IPAddress, _ port: UInt16) {
    self.address = address
    self.port = port
  }
}

extension Endpoint: LosslessStringConvertible {
  /// `ip:port`; an IPv6 address stands in brackets (RFC 3986 §3.2.2): `[::1]:443`.
  public var description: String {
    switch address.family {
    case .ipv4: "\(address):\(port)"
    case .ipv6: "[\(address)]:\(port)"
    }
  }

  /// Parses `ip:port` or `[ipv6]:port`; the port is required, 0…65535.
  public init?(_ text: String) {
    guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
    var host = text[..<colon]
    let digits = text[text.utf8.index(after: colon)...]
    guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
      let port = UInt16(digits)
    else { return nil }
    if host.hasPrefix("["), host.hasSuffix("]"), host.contains(":") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard let address = IPAddress(String(host)) else { return nil }
    self.init(address, port)
  }
}
