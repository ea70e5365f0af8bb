internal import CLinux
internal import Glibc
package import NetmonCore

/// Sets up a network namespace that is new and empty (rtnetlink(7)): what `ip link`, `ip address`,
/// `ip route` and `ip neighbour` do.
package final class NetworkSetup {
  /// Of `lo` in every namespace.
  package static let loopback: Int32 = 1

  /// What a route does with packets (`rtm_type`).
  package enum Route: Sendable {
    case unreachable, prohibit, blackhole
  }

  private let socket: NetlinkSocket

  /// Of the namespace that the calling thread is in.
  ///
  /// Throws `KernelError.system`.
  package init() throws(KernelError) {
    socket = try NetlinkSocket(family: NETLINK_ROUTE, isBlocking: true)
  }

  /// Makes two interfaces, each of which receives what the other sends, with these numbers.
  ///
  /// Throws `KernelError.system`: EOPNOTSUPP if the kernel has no veth.
  package func addPair(_ index: Int32, _ peer: Int32) throws(KernelError) {
    var request = RouteRequest(type: RTM_NEWLINK, Self.link(index))
    request.add(IFLA_IFNAME, "probe\(index)")
    request.nest(IFLA_LINKINFO) { info in
      info.add(IFLA_INFO_KIND, "veth")
      info.nest(IFLA_INFO_DATA) { data in
        data.nest(VETH_INFO_PEER) { other in
          other.add(Self.link(peer))
          other.add(IFLA_IFNAME, "probe\(peer)")
        }
      }
    }
    try send(request, "veth")
  }

  /// Brings an interface up.
  package func setUp(_ index: Int32) throws(KernelError) {
    var link = Self.link(index)
    link.ifi_flags = Self.up
    link.ifi_change = Self.up
    try send(RouteRequest(type: RTM_SETLINK, isNew: false, link), "interface \(index)")
  }

  /// Gives an interface an address, at once usable, and a route to those that share its first bits.
  package func add(
    _ address: IPAddress, prefix length: UInt8, to index: Int32
  ) throws(KernelError) {
    try send(
      Self.request(RTM_NEWADDR, address, prefix: length, of: index), "address \(address)")
  }

  /// Takes an address from an interface again.
  package func remove(
    _ address: IPAddress, prefix length: UInt8, from index: Int32
  ) throws(KernelError) {
    try send(
      Self.request(RTM_DELADDR, address, prefix: length, of: index), "address \(address)")
  }

  private static func request(
    _ type: Int, _ address: IPAddress, prefix length: UInt8, of index: Int32
  ) -> RouteRequest {
    var message = ifaddrmsg()
    message.ifa_family = family(address)
    message.ifa_prefixlen = length
    message.ifa_flags = address.family == .ipv6 ? UInt8(IFA_F_NODAD) : 0
    message.ifa_index = UInt32(index)
    var request = RouteRequest(type: type, isNew: type == RTM_NEWADDR, message)
    request.add(IFA_LOCAL, address.bytes)
    request.add(IFA_ADDRESS, address.bytes)
    return request
  }

  /// Adds a route that leads nowhere.
  package func add(_ route: Route, to prefix: IPPrefix) throws(KernelError) {
    var message = rtmsg()
    message.rtm_family = Self.family(prefix.first)
    message.rtm_dst_len = UInt8(prefix.length)
    message.rtm_table = UInt8(RT_TABLE_MAIN.rawValue)
    message.rtm_protocol = UInt8(RTPROT_STATIC)
    message.rtm_scope = UInt8(RT_SCOPE_UNIVERSE.rawValue)
    let type =
      switch route {
      case .unreachable: RTN_UNREACHABLE
      case .prohibit: RTN_PROHIBIT
      case .blackhole: RTN_BLACKHOLE
      }
    message.rtm_type = UInt8(type)
    var request = RouteRequest(type: RTM_NEWROUTE, message)
    request.add(Int(RTA_DST.rawValue), prefix.first.bytes)
    try send(request, "route to \(prefix)")
  }

  /// Makes a neighbour known that does not exist, so that what is sent to it is lost in silence.
  package func addNeighbour(_ address: IPAddress, on index: Int32) throws(KernelError) {
    var message = ndmsg()
    message.ndm_family = Self.family(address)
    message.ndm_ifindex = index
    message.ndm_state = UInt16(NUD_PERMANENT)
    var request = RouteRequest(type: RTM_NEWNEIGH, message)
    request.add(NDA_DST, address.bytes)
    // Of those for private use (IEEE 802: the bit 0x02).
    request.add(NDA_LLADDR, [0x02, 0, 0, 0, 0, 0xFE])
    try send(request, "neighbour \(address)")
  }

  private static let up: UInt32 = 1

  private static func link(_ index: Int32) -> ifinfomsg {
    var link = ifinfomsg()
    link.ifi_index = index
    return link
  }

  private static func family(_ address: IPAddress) -> UInt8 {
    UInt8(address.family == .ipv4 ? AF_INET : AF_INET6)
  }

  private func send(_ request: RouteRequest, _ subject: String) throws(KernelError) {
    try socket.sendAcknowledged(request.bytes, subject)
  }
}
