/// Recognises connect(2) of a UDP socket over IPv4, which no event of its own tells.
///
/// For a socket without an address it looks the route up twice: for an address to send from, and
/// again with that (`ip_route_connect` in `include/net/route.h`). A datagram of an unconnected socket
/// looks it up once. A socket bound to an address, and IPv6, look it up once either way. So does a raw
/// socket, which has no remote port; and a broadcast address may be refused after both (EACCES).
struct DatagramConnects: Sendable {
  private struct Lookup {
    var port: UInt16
    var remote: Endpoint
    var time: UInt64
  }

  /// How long the second lookup may come after the first, in nanoseconds: the task may have to wait
  /// for its CPU in between.
  private static let patience: UInt64 = 10_000_000
  private static let maximum = 4096

  /// The last lookup of each thread, if it was without an address.
  private var lookups: [Int32: Lookup] = [:]

  /// Takes in a lookup that found a route; says whether it is the second one of a connect(2).
  mutating func isSecond(_ tuple: SocketEvent.Tuple, by thread: Int32, at time: UInt64) -> Bool {
    let first = lookups.removeValue(forKey: thread)
    guard tuple.remote.address.family == .ipv4, tuple.local.port != 0, tuple.remote.port != 0,
      !tuple.remote.address.mayBeBroadcast
    else { return false }
    if tuple.local.address.isUnspecified {
      if lookups.count >= Self.maximum {
        lookups = lookups.filter { $0.value.time &+ Self.patience > time }
      }
      lookups[thread] = Lookup(port: tuple.local.port, remote: tuple.remote, time: time)
      return false
    }
    guard let first else { return false }
    return first.port == tuple.local.port && first.remote == tuple.remote
      && time < first.time &+ Self.patience
  }
}

extension IPAddress {
  /// Whether a network of at least 256 addresses may have this one for all of them.
  fileprivate var mayBeBroadcast: Bool { family == .ipv4 && low & 255 == 255 }
}
