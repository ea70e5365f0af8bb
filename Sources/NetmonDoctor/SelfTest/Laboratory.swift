internal import CLinux
internal import Glibc
internal import NetmonCore
internal import NetmonKernel

/// A network namespace of its own, in which connections can fail in ways that loopback has no room
/// for. Nothing that is sent in it gets out: it has one pair of interfaces, joined to each other.
///
/// The addresses are those for documentation (RFC 5737, RFC 3849), which no real network has.
struct Laboratory: Sendable {
  let networkNamespace: UInt64
  let hasIPv6: Bool

  /// Places to connect to.
  enum Destination: Int, CaseIterable, Sendable {
    /// An address of the laboratory itself.
    case own = 1
    /// A host that answers nothing.
    case silent
    /// A host that does not exist, so that nobody answers for it.
    case absent
    /// An address of the laboratory that can be taken away.
    case vanishing
    case unreachable, prohibited, blackhole
    /// No route leads there.
    case elsewhere

    func address(_ family: ProbeSocket.Family) -> IPAddress {
      let number = UInt64(rawValue)
      switch (self, family) {
      case (.own, .ipv6), (.silent, .ipv6), (.absent, .ipv6), (.vanishing, .ipv6):
        return IPAddress(high: 0x2001_0DB8_0000_0000, low: number)
      case (_, .ipv6):
        return IPAddress(high: 0x2001_0DB8_0000_0000 | number << 16, low: 1)
      case (.own, _), (.silent, _), (.absent, _), (.vanishing, _):
        return IPAddress(ipv4: 0xC000_0200 | UInt32(number))  // 192.0.2.0/24
      case (.elsewhere, _):
        return IPAddress(ipv4: 0xCB00_7101)  // 203.0.113.1
      default:
        return IPAddress(ipv4: 0xC633_6400 | UInt32(number))  // 198.51.100.0/24
      }
    }
  }

  /// The numbers of the two interfaces.
  private static let interfaces: (Int32, Int32) = (2, 3)

  /// Takes the calling thread, and those that it will make, into a new namespace and sets it up.
  ///
  /// Throws `KernelError.system`: EPERM without CAP_SYS_ADMIN, EOPNOTSUPP without veth.
  static func enter() throws(KernelError) -> Laboratory {
    guard linux_enter_new_network_namespace() == 0 else {
      throw .system(.unshare, subject: "network namespace", errno: errno)
    }
    let path = "/proc/thread-self/ns/net"
    var status = stat()
    guard stat(path, &status) == 0 else { throw .system(.stat, subject: path, errno: errno) }
    let setup = try NetworkSetup()
    try setup.setUp(NetworkSetup.loopback)
    try setup.addPair(interfaces.0, interfaces.1)
    try setup.setUp(interfaces.0)
    try setup.setUp(interfaces.1)
    try addPlaces(.ipv4, prefix: 24, setup)
    var hasIPv6: Bool
    do throws(KernelError) {
      try addPlaces(.ipv6, prefix: 64, setup)
      hasIPv6 = isReadyForIPv6
    } catch {
      hasIPv6 = false
    }
    return Laboratory(networkNamespace: UInt64(status.st_ino), hasIPv6: hasIPv6)
  }

  /// Waits until the address is in use: the kernel sees to that a little after the interfaces are up
  /// (`addrconf_notify` in `net/ipv6/addrconf.c`). False after five seconds.
  private static var isReadyForIPv6: Bool {
    let address = Destination.own.address(.ipv6).bytes
      .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let deadline = ContinuousClock.now + .seconds(5)
    while ContinuousClock.now < deadline {
      // `/proc/net` itself is that of the process, not of the thread.
      let routes = try? ProcFS().contents(of: "thread-self/net/ipv6_route")
      if let routes, String(decoding: routes, as: UTF8.self).contains("\(address) 80 ") {
        return true
      }
      usleep(10_000)
    }
    return false
  }

  private static func addPlaces(
    _ family: ProbeSocket.Family, prefix: UInt8, _ setup: NetworkSetup
  ) throws(KernelError) {
    try setup.add(Destination.own.address(family), prefix: prefix, to: interfaces.0)
    let vanishing = Destination.vanishing.address(family)
    try setup.add(vanishing, prefix: vanishing.width, to: interfaces.0)
    try setup.addNeighbour(Destination.silent.address(family), on: interfaces.0)
    let routes: [(NetworkSetup.Route, Destination)] = [
      (.unreachable, .unreachable), (.prohibit, .prohibited), (.blackhole, .blackhole),
    ]
    for (route, destination) in routes {
      let address = destination.address(family)
      guard let prefix = IPPrefix(address, length: Int(address.width)) else { continue }
      try setup.add(route, to: prefix)
    }
  }

  /// Takes the vanishing address away, by a thread of the laboratory: what is sent there from now on
  /// is lost, as if the host had lost its power.
  static func vanish() throws(KernelError) {
    let address = Destination.vanishing.address(.ipv4)
    let setup = try NetworkSetup()
    try setup.remove(address, prefix: address.width, from: interfaces.0)
    try setup.addNeighbour(address, on: interfaces.0)
  }
}

extension IPAddress {
  /// In bits.
  fileprivate var width: UInt8 { family == .ipv4 ? 32 : 128 }
}
