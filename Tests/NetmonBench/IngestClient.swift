import Glibc

/// A connection to an HTTP server on loopback that costs as little as can be, as it shares the
/// machine's processors with the server that is measured.
struct IngestClient: ~Copyable {
  private let socket: Descriptor
  private var reply = [UInt8](repeating: 0, count: 4096)

  /// Connects to 127.0.0.1.
  init(port: UInt16) throws(BenchError) {
    socket = try Self.connected(port)
  }

  private static func connected(_ port: UInt16) throws(BenchError) -> Descriptor {
    let socket = try Descriptor.socket()
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    let number = socket.number
    let result = withUnsafeBytes(of: address) { bytes in
      connect(
        number, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t(bytes.count))
    }
    guard result == 0 else { throw .system("connect", errno: errno) }
    return socket
  }

  /// A port that nobody listens on just now.
  static func freePort() throws(BenchError) -> UInt16 {
    let socket = try Descriptor.socket()
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let number = socket.number
    let result = withUnsafeMutableBytes(of: &address) { bytes in
      let address = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!
      return bind(number, address, length) == 0 ? getsockname(number, address, &length) : -1
    }
    guard result == 0 else { throw .system("bind", errno: errno) }
    return UInt16(bigEndian: address.sin_port)
  }

  /// The bytes of a POST of records.
  static func request(body: [UInt8], isGzip: Bool) -> [UInt8] {
    let coding = isGzip ? "Content-Encoding: gzip\r\n" : ""
    let head = """
      POST /api/connections HTTP/1.1\r\nHost: localhost\r\n\
      Content-Type: application/x-ndjson\r\n\(coding)Content-Length: \(body.count)\r\n\r\n
      """
    return Array(head.utf8) + body
  }

  /// Sends a request and waits for the answer; false if the server asks to come again later.
  ///
  /// - Throws: ``BenchError/unexpected(_:from:)`` for another answer than 200 or 503.
  mutating func send(_ request: [UInt8]) throws(BenchError) -> Bool {
    try sendAll(request)
    // An answer of a head and some sixty bytes comes as a whole, or in two pieces.
    var text = ""
    repeat {
      let count = recv(socket.number, &reply, reply.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .unexpected("an early end", from: "the server") }
      text += String(decoding: reply[..<count], as: UTF8.self)
    } while !text.hasSuffix("}")
    if text.hasPrefix("HTTP/1.1 200") { return true }
    guard text.hasPrefix("HTTP/1.1 503") else { throw .unexpected(text, from: "the server") }
    return false
  }

  private func sendAll(_ bytes: [UInt8]) throws(BenchError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(socket.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .system("send", errno: errno) }
      rest = rest.dropFirst(count)
    }
  }
}
