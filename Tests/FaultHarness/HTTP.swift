import Foundation
import NetmonCore

/// As much of an HTTP client as it takes to ask a server how it is.
enum HTTP {
  struct Reply {
    var status: Int
    var body: Data
  }

  /// Gets a path from the server on a port of 127.0.0.1.
  static func get(
    _ path: String, port: UInt16, timeout: Duration = .seconds(10)
  ) throws -> Reply {
    try send(
      "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n", port: port,
      timeout: timeout)
  }

  /// Posts records, and waits until they are committed.
  static func post(_ records: [Connection], port: UInt16) throws {
    let body = records.map { $0.json + "\n" }.joined()
    let reply = try send(
      """
      POST /api/connections HTTP/1.1\r
      Host: 127.0.0.1:\(port)\r
      Content-Type: application/x-ndjson\r
      Content-Length: \(body.utf8.count)\r
      Connection: close\r
      \r
      \(body)
      """, port: port, timeout: .seconds(10))
    guard reply.status == 200 else {
      throw FaultError.broken("a POST was answered with status \(reply.status)")
    }
  }

  private static func send(_ request: String, port: UInt16, timeout: Duration) throws -> Reply {
    let socket = try Loopback.connect(port: port, timeout: timeout)
    defer { close(socket) }
    var rest = Array(request.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(socket, $0.baseAddress, $0.count) }
      guard count > 0 else { throw FaultError.system("write", errno: errno) }
      rest = rest.dropFirst(count)
    }
    var answer = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(socket, &buffer, buffer.count)
      guard count >= 0 else { throw FaultError.system("read", errno: errno) }
      if count == 0 { break }
      answer += buffer[..<count]
    }
    let words = String(decoding: answer.prefix(64), as: UTF8.self).split(separator: " ")
    guard let end = answer.firstRange(of: Data("\r\n\r\n".utf8)), words.count > 1,
      let status = Int(words[1])
    else { throw FaultError.broken("a request was answered by no HTTP") }
    return Reply(status: status, body: Data(answer[end.upperBound...]))
  }

  /// The objects of the array that a path answers with.
  static func objects(_ path: String, port: UInt16) throws -> [[String: Any]] {
    let reply = try get(path, port: port)
    guard reply.status == 200,
      let objects = try JSONSerialization.jsonObject(with: reply.body) as? [[String: Any]]
    else { throw FaultError.broken("GET \(path) was answered with status \(reply.status)") }
    return objects
  }
}
