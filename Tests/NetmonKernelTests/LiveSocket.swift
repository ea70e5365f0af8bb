import Glibc
import NetmonCore

struct SystemError: Error {
  let operation: String
  let number: Int32
}

@discardableResult
private func check(_ result: Int32, _ operation: String = #function) throws -> Int32 {
  guard result >= 0 else { throw SystemError(operation: operation, number: errno) }
  return result
}

/// A TCP listener of this process on loopback, and what connects to it.
final class LiveSocket {
  private var descriptor: Int32
  private let host: String
  private(set) var port: UInt16 = 0

  /// Listens at a free port.
  init(_ host: String) throws {
    self.host = host
    descriptor = try Self.make(host, SOCK_STREAM)
    _ = try Self.withAddress(host, 0) { try check(bind(descriptor, $0, $1)) }
    try check(listen(descriptor, 16))
    var storage = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    _ = try withUnsafeMutablePointer(to: &storage) {
      try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        try check(getsockname(descriptor, $0, &length))
      }
    }
    port = UInt16(bigEndian: storage.sin6_port)
  }

  deinit { close() }

  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  /// Connects, sends so many bytes, and closes both ends.
  func exchange(bytes: Int) throws {
    let client = try Self.make(host, SOCK_STREAM)
    _ = try Self.withAddress(host, port) { try check(connect(client, $0, $1)) }
    let server = try check(accept(descriptor, nil, nil))
    var data = [UInt8](repeating: 0, count: bytes)
    _ = send(client, data, bytes, 0)
    _ = recv(server, &data, bytes, Int32(MSG_WAITALL))
    Glibc.close(client)
    Glibc.close(server)
  }

  /// Connects to a port at which nothing listens.
  static func refusedConnect(_ host: String, _ port: UInt16) throws {
    try failingConnect(host, port, with: ECONNREFUSED)
  }

  /// Connects where it must fail with this errno.
  static func failingConnect(_ host: String, _ port: UInt16, with expected: Int32) throws {
    let client = try make(host, SOCK_STREAM)
    defer { Glibc.close(client) }
    let error = withAddress(host, port) { connect(client, $0, $1) == 0 ? 0 : errno }
    guard error == expected else { throw SystemError(operation: "connect", number: error) }
  }

  /// Sends a datagram from a connected socket to a port at which nothing is.
  static func sendDatagram(_ host: String, _ port: UInt16) {
    guard let client = try? make(host, SOCK_DGRAM) else { return }
    defer { Glibc.close(client) }
    _ = withAddress(host, port) { connect(client, $0, $1) }
    _ = send(client, "x", 1, 0)
  }

  private static func make(_ host: String, _ type: __socket_type) throws -> Int32 {
    try check(
      socket(
        host.hasPrefix("[") ? AF_INET6 : AF_INET, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0))
  }

  private static func withAddress<Result>(
    _ host: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
  ) rethrows -> Result {
    var storage = sockaddr_in6()
    var length = MemoryLayout<sockaddr_in6>.size
    storage.sin6_port = port.bigEndian
    if host.hasPrefix("[") {
      storage.sin6_family = sa_family_t(AF_INET6)
      storage.sin6_addr = in6addr_loopback
    } else {
      storage.sin6_family = sa_family_t(AF_INET)
      storage.sin6_flowinfo = inet_addr(host)
      length = MemoryLayout<sockaddr_in>.size
    }
    return try withUnsafePointer(to: &storage) {
      try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body($0, socklen_t(length)) }
    }
  }
}

/// The number of this thread, as tracepoints have it.
var currentThread: Int32? {
  let link = try? ProcFS().target(of: "thread-self")
  return link?.split(separator: "/").last.flatMap { Int32($0) }
}

/// Starts a program.
func spawn(_ arguments: String...) throws -> Int32 { try spawn(arguments) }

private func spawn(_ arguments: [String]) throws -> Int32 {
  var pointers = arguments.map { strdup($0) }
  defer { for pointer in pointers { free(pointer) } }
  pointers.append(nil)
  var child: Int32 = 0
  let error = posix_spawn(&child, arguments[0], nil, nil, pointers, environ)
  guard error == 0 else { throw SystemError(operation: "posix_spawn", number: error) }
  return child
}

/// Runs a program to its end and returns its pid.
func run(_ arguments: String...) throws -> Int32 {
  let child = try spawn(arguments)
  var status: Int32 = 0
  guard waitpid(child, &status, 0) == child, status == 0 else {
    throw SystemError(operation: "waitpid", number: status)
  }
  return child
}
