import Foundation
import Testing

@testable import NetmonServer

/// What cannot be read as a request is answered like any other mistake.
@Suite struct BadRequestTests {
  @Test(arguments: [
    ("NONSENSE\r\n\r\n", 400, "HTTP"), ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400, "HTTP"),
    ("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 400, "HTTP"),
    (
      "GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "x", count: 20_000))\r\n\r\n",
      431, "16384"
    ),
    // More than is read at a time.
    (
      "GET /?q=\(String(repeating: "x", count: 200_000)) HTTP/1.1\r\nHost: localhost\r\n\r\n",
      431, "16384"
    ),
    (
      "GET / HTTP/1.1\r\nHost: localhost\r\n"
        + (0..<20_000).map { "X-\($0): 1\r\n" }.joined() + "\r\n", 431, "16384"
    ),
    (
      "GET / HTTP/1.1\r\nHost: localhost\r\n"
        + (0..<200).map { "X-\($0): 1\r\n" }.joined() + "\r\n", 431, "100"
    ),
  ])
  func itIsToldWhy(request: String, status: Int, reason: String) async throws {
    try await withRunningServer { server in
      try await RawConnection.with(port: server.address.port) { connection in
        try await connection.send(request)
        let answer = try await connection.receiveToEnd()
        let parts = answer.split(separator: "\r\n\r\n", maxSplits: 1)
        try #require(parts.count == 2, "\(answer)")
        let head = parts[0].lowercased()
        #expect(head.hasPrefix("http/1.1 \(status) "))
        #expect(head.contains("\r\ncontent-type: application/problem+json"))
        #expect(head.contains("\r\ncontent-length: \(parts[1].utf8.count)"))
        #expect(head.contains("\r\nx-content-type-options: nosniff"))
        let problem = try JSONSerialization.jsonObject(with: Data(parts[1].utf8))
        let detail = (problem as? [String: Any])?["detail"] as? String
        #expect(detail?.contains(reason) == true, "\(detail ?? "")")
      }
    }
  }
}
