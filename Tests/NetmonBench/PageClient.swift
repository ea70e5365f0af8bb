import Glibc

/// A connection to an HTTP server on 127.0.0.1 that asks one question after the other.
final class PageClient {
  private let socket: Int32
  private var buffer = [UInt8](repeating: 0, count: 1 << 20)

  init(port: UInt16) throws(BenchError) {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw .system("socket", errno: errno) }
    var address = Self.loopback(port)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw .system("connect", errno: errno) }
  }

  deinit { close(socket) }

  /// Asks for a target and reads the whole answer.
  ///
  /// - Returns: how many bytes the body had.
  /// - Throws: ``BenchError/unexpected(_:from:)`` for another answer than 200.
  func get(_ target: String) throws(BenchError) -> Int {
    let request = Array("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    guard send(socket, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
      throw .system("send", errno: errno)
    }
    var head: [UInt8] = []
    let end = Array("\r\n\r\n".utf8)
    while true {
      let count = try receive()
      head += buffer[..<count]
      guard let headEnd = Self.range(of: end, in: head) else { continue }
      let text = String(decoding: head[..<headEnd], as: UTF8.self).lowercased()
      guard text.hasPrefix("http/1.1 200"),
        let field = text.split(separator: "\r\n").first(where: { $0.hasPrefix("content-length:") }),
        let length = Int(field.dropFirst(15).filter { $0 != " " })
      else { throw .unexpected(text, from: target) }
      var rest = length - (head.count - headEnd - end.count)
      while rest > 0 { rest -= try receive() }
      return length
    }
  }

  private func receive() throws(BenchError) -> Int {
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .unexpected("an early end", from: "the server") }
      return count
    }
  }

  private static func range(of part: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= part.count else { return nil }
    return (0...bytes.count - part.count).first { start in
      part.indices.allSatisfy { bytes[start + $0] == part[$0] }
    }
  }

  /// A port that nobody listens on just now.
  static func freePort() throws(BenchError) -> UInt16 {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw .system("socket", errno: errno) }
    defer { close(socket) }
    var address = loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 ? getsockname(socket, $0, &length) : -1
      }
    }
    guard result == 0 else { throw .system("bind", errno: errno) }
    return UInt16(bigEndian: address.sin_port)
  }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }
}
