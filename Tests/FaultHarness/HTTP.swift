import Foundation

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
    let socket = try Loopback.connect(port: port, timeout: timeout)
    defer { close(socket) }
    let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n"
    guard request.withCString({ write(socket, $0, strlen($0)) }) == request.utf8.count else {
      throw FaultError.system("write", errno: errno)
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
    else { throw FaultError.broken("GET \(path) was answered by no HTTP") }
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
