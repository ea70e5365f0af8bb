import Foundation
import NetmonCore
import NetmonStore
import Testing

@testable import NetmonServer

/// Responses end where the request's version and method say.
@Suite struct FramingTests {
  @Test(
    arguments: ["/healthz", "/api/export?format=jsonl", "/nothing"],
    ["", "Connection: keep-alive\r\n"])
  func ofOldRequestsWithTheConnection(path: String, fields: String) async throws {
    try await withRunningServer { server in
      let records = try RecordReader.read(Array(Record.series(3).json.utf8), as: .json)
      _ = try server.store.record(records.connections)
      try await RawConnection.with(port: server.address.port) { connection in
        try await connection.send("GET \(path) HTTP/1.0\r\nHost: localhost\r\n\(fields)\r\n")
        let parts = try await connection.receiveToEnd().split(separator: "\r\n\r\n", maxSplits: 1)
        try #require(parts.count == 2)
        let head = parts[0].lowercased()
        #expect(head.hasPrefix("http/1.0 "))
        #expect(head.contains("\r\nconnection: close"))
        #expect(!head.contains("transfer-encoding"))
        for line in parts[1].split(separator: "\n") {
          #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
      }
    }
  }

  @Test func aStreamOfEventsComesWithoutChunks() async throws {
    try await withRunningServer { server in
      try await RawConnection.with(port: server.address.port) { connection in
        try await connection.send("GET /api/stream HTTP/1.0\r\nHost: localhost\r\n\r\n")
        let head = try await connection.receive(upTo: "\r\n\r\n").lowercased()
        #expect(head.hasPrefix("http/1.0 200 ") && !head.contains("transfer-encoding"))
        #expect(try await connection.receive(upTo: "\n").hasPrefix("retry: "))
      }
    }
  }

  /// The length of what is sent as it is made is not known, and is not said to be 0.
  @Test(arguments: ["/api/export", "/api/stream", "/healthz"])
  func headHasNoBodyAndNoWrongLength(path: String) async throws {
    try await withRunningServer { server in
      try await RawConnection.with(port: server.address.port) { connection in
        try await connection.send("HEAD \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let head = try await connection.receive(upTo: "\r\n\r\n").lowercased()
        #expect(head.hasPrefix("http/1.1 200 "))
        #expect(!head.contains("content-length: 0\r\n"))
        #expect(head.contains("content-length") == (path == "/healthz"))
        // The next response begins where this one ended.
        try await connection.send(
          "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(try await connection.receiveToEnd().hasPrefix("HTTP/1.1 200 "))
      }
    }
  }
}
