import Foundation

/// Sockets on 127.0.0.1; they are closed by their users.
enum Loopback {
  /// Listens on a port, 0 for any that is free.
  static func listen(port: UInt16 = 0) throws -> (socket: Int32, port: UInt16) {
    let listener = try tcp()
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    let bound = withAddress(port: port) { bind(listener, $0, $1) }
    guard bound == 0, Glibc.listen(listener, 1024) == 0 else {
      let reason = errno
      close(listener)
      throw FaultError.system("listen", errno: reason)
    }
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutableBytes(of: &address) { bytes in
      getsockname(listener, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, &length)
    }
    guard result == 0 else { throw FaultError.system("getsockname", errno: errno) }
    return (listener, UInt16(bigEndian: address.sin_port))
  }

  /// Connects to a port, with a limit to the time that each later call on the socket may take.
  static func connect(port: UInt16, timeout: Duration = .seconds(10)) throws -> Int32 {
    let socket = try tcp()
    let (seconds, fraction) = timeout.components
    var limit = timeval(
      tv_sec: Int(seconds), tv_usec: Int(fraction / 1_000_000_000_000))
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(socket, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    guard withAddress(port: port, { Glibc.connect(socket, $0, $1) }) == 0 else {
      let reason = errno
      close(socket)
      throw FaultError.system("connect", errno: reason)
    }
    return socket
  }

  /// A free port that no socket takes by itself meanwhile, as it is below those that the kernel
  /// gives (ip(7), `ip_local_port_range`).
  static func freePort() throws -> UInt16 {
    let range = try String(
      contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
    let first = range.split { !$0.isNumber }.first.flatMap { UInt16($0) } ?? 32_768
    for _ in 0..<1000 {
      let port = UInt16.random(in: 10_000..<max(first, 10_001))
      guard let listener = try? listen(port: port) else { continue }
      close(listener.socket)
      return port
    }
    throw FaultError.missing("there is no free port below \(first)")
  }

  private static func tcp() throws -> Int32 {
    let socket = Glibc.socket(
      AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw FaultError.system("socket", errno: errno) }
    return socket
  }

  private static func withAddress(
    port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    address.sin_port = port.bigEndian
    return withUnsafeBytes(of: address) { bytes in
      body(bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t(bytes.count))
    }
  }
}
