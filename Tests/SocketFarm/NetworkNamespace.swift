import Glibc

/// A network namespace of this process's own (network_namespaces(7)).
enum NetworkNamespace {
  /// Moves the process, which must have one thread only, into a new namespace where loopback is up.
  static func enterNew() throws(SystemError) {
    // Glibc hides `unshare` from Swift, as it takes _GNU_SOURCE.
    typealias Unshare = @convention(c) (Int32) -> Int32
    let CLONE_NEWNET: Int32 = 0x4000_0000
    guard let symbol = dlsym(nil, "unshare") else {
      throw SystemError(operation: "unshare", errno: ENOSYS)
    }
    try check(unsafeBitCast(symbol, to: Unshare.self)(CLONE_NEWNET), "unshare")
    try raiseLoopback()
  }

  /// Sets `IFF_UP` of `lo` (netdevice(7)), which gives it 127.0.0.1 and ::1.
  private static func raiseLoopback() throws(SystemError) {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    try check(descriptor, "socket")
    defer { close(descriptor) }
    var request = ifreq()
    withUnsafeMutableBytes(of: &request.ifr_ifrn.ifrn_name) { $0.copyBytes(from: "lo".utf8) }
    try check(ioctl(descriptor, UInt(SIOCGIFFLAGS), &request), "SIOCGIFFLAGS")
    request.ifr_ifru.ifru_flags |= Int16(IFF_UP)
    try check(ioctl(descriptor, UInt(SIOCSIFFLAGS), &request), "SIOCSIFFLAGS")
  }
}
