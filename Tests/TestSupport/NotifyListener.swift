import Glibc

/// The end of a service manager: a datagram socket on which services tell how they are.
package final class NotifyListener: Sendable {
  /// What `NOTIFY_SOCKET` is to be.
  package let name: String
  private let descriptor: Int32

  package struct Failure: Error {
    package var errno: Int32
  }

  /// Listens at a path, or at the abstract name after an `@`.
  package init(_ name: String) throws {
    self.name = name
    descriptor = socket(
      AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(name.utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { path in
      path.copyBytes(from: bytes)
      if bytes.first == UInt8(ascii: "@") { path[0] = 0 }
    }
    let length = MemoryLayout<sa_family_t>.size + bytes.count
    let result = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(length))
      }
    }
    guard result == 0 else { throw Failure(errno: errno) }
  }

  deinit {
    close(descriptor)
    if name.hasPrefix("/") { unlink(name) }
  }

  /// The lines of the datagram that came next; nil if none comes in time.
  package func next(within limit: Duration = .seconds(60)) async throws -> [String]? {
    var lines: [String]?
    _ = try await eventually(within: limit) {
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count >= 0 else { return false }
      lines = String(decoding: buffer[..<count], as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      return true
    }
    return lines
  }

  /// Passes over datagrams up to one that has this line.
  package func wait(for line: String) async throws -> Bool {
    while let lines = try await next() {
      if lines.contains(line) { return true }
    }
    return false
  }
}
