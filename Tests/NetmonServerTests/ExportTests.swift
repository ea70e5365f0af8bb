import HTTPTypes
import NetmonCore
import NetmonStore
import Testing

@testable import NetmonServer

@Suite struct ExportTests {
  private func fill(_ store: Store, _ count: Int) throws {
    let record = try #require(
      RecordReader.read(Array(Record().json.utf8), as: .json).connections.first)
    _ = try store.record(
      (0..<count).map { index in
        var copy = record
        copy.timestamp = testNow.advanced(byMicroseconds: Int64(index - count))
        copy.process.name = index.isMultiple(of: 3) ? "=cmd|' /C x'!A0" : "curl\n\u{1b}"
        return copy
      })
  }

  @Test(arguments: [0, 1, 499, 500, 501, 2345])
  func allRecordsComeNewestFirst(count: Int) async throws {
    try await withServer { server in
      try fill(server.store, count)
      let list = try await server.get("/api/export?format=jsonl")
      #expect(list.status == 200)
      #expect(list.headers[.contentType] == "application/x-ndjson")
      #expect(
        list.headers[.contentDisposition]
          == "attachment; filename=\"netmon-20261122T120000Z.jsonl\"")
      let read = try RecordReader.read(Array(list.text.utf8), as: .lines).connections
      #expect(read.count == count)
      #expect(read == read.sorted { $0.timestamp > $1.timestamp })
      #expect(Set(read.compactMap(\.id)).count == count)
      let table = try await server.get("/api/export")
      #expect(table.headers[.contentType] == "text/csv; charset=utf-8; header=present")
      #expect(table.text == CSV.header() + read.map { CSV.row($0) }.joined())
      #expect(table.text.split(separator: "\r\n").count == count + 1)
    }
  }

  @Test func itTakesAFilterAndALimit() async throws {
    try await withServer { server in
      try fill(server.store, 1200)
      func count(_ query: String) async throws -> Int {
        try await server.get("/api/export?format=jsonl&\(query)").text.split(separator: "\n").count
      }
      #expect(try await count("q=process:curl*") == 800)
      #expect(try await count("process=%22=cmd%7C'%20/C%20x'!A0%22") == 400)
      #expect(try await count("error=any") == 1200)
      #expect(try await count("error=none") == 0)
      #expect(try await count("limit=1") == 1)
      #expect(try await count("limit=501") == 501)
      #expect(try await count("limit=5000") == 1200)
    }
  }

  @Test(arguments: [
    "format=xml", "format=", "limit=0", "limit=x", "q=erorr:any", "sort=id", "offset=1",
    "format=csv&format=csv",
  ])
  func mistakesAreRefused(query: String) async throws {
    try await withServer { server in
      let reply = try await server.get("/api/export?\(query)")
      #expect(reply.status == 400)
      #expect(reply.headers[.contentType] == "application/problem+json")
    }
  }

  @Test func headHasTheSameFields() async throws {
    try await withServer { server in
      try fill(server.store, 10)
      let get = try await server.get("/api/export")
      let head = try await server.send(.head, "/api/export")
      #expect(head.status == 200 && head.size == 0)
      #expect(head.headers[.contentDisposition] == get.headers[.contentDisposition])
      #expect(head.headers[.contentType] == get.headers[.contentType])
    }
  }

  @Test func whatIsNotCompleteDoesNotLookSo() async throws {
    try await withRunningServer { server in
      try fill(server.store, 20_000)
      try await RawConnection.with(port: server.address.port, receiveBuffer: 4096) { connection in
        try await connection.send(
          "GET /api/export?format=jsonl HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let head = try await connection.receive(upTo: "\r\n\r\n")
        #expect(head.contains("200 OK") && head.lowercased().contains("transfer-encoding: chunked"))
        async let end: Void = server.shutDown()
        let rest = try await connection.receiveToEnd()
        await end
        #expect(!rest.hasSuffix("0\r\n\r\n"))
        let records = rest.matches(of: /"revision":/).count
        #expect(records > 0 && records < 20_000)
      }
    }
  }
}
