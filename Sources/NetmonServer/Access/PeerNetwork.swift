import NIOCore
import NetmonCore

/// Where requests come from, as far as one party is told from another: an address of IPv4, or the
/// 64 bits of an IPv6 address that its network has, as the rest is anybody's choice there.
struct PeerNetwork: Hashable, Sendable {
  private let bytes: [UInt8]

  init(_ address: SocketAddress?) {
    let address = address?.ipAddress.flatMap { IPAddress($0) }
    bytes = address.map { Array($0.bytes.prefix(8)) } ?? []
  }
}
