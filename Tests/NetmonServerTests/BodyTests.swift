import HTTPTypes
import Testing

@testable import NetmonServer

@Suite struct BodyTests {
  private static var small: Server.Limits {
    var limits = Server.Limits()
    limits.bodyBytes = 4096
    limits.inflatedBytes = 16_384
    return limits
  }

  @Test(arguments: ["gzip", "GZIP", "x-gzip"])
  func gzipIsInflated(coding: String) async throws {
    try await withServer { server in
      let body = gzip(Record.series(500).lines.utf8)
      let reply = try await server.post(
        body, type: "application/x-ndjson", headers: [.contentEncoding: coding])
      #expect(reply.status == 200)
      #expect(reply.object["accepted"] as? Int == 500)
    }
  }

  @Test func membersFollowEachOther() async throws {
    try await withServer { server in
      let body = Record.series(3).flatMap { gzip(($0.json + "\n").utf8) } + gzip([])
      let reply = try await server.post(
        body, type: "application/x-ndjson", headers: [.contentEncoding: "gzip"])
      #expect(reply.object["accepted"] as? Int == 3)
    }
  }

  @Test func brokenGzipIsRefused() async throws {
    try await withServer { server in
      let good = gzip(Record().json.utf8)
      var flipped = good
      flipped[good.count - 6] ^= 1
      let bodies = [
        Array(Record().json.utf8), Array(good.dropLast()), Array(good.prefix(5)), flipped,
        good + [1, 2, 3], good + good.prefix(12), gzip([]),
      ]
      for body in bodies {
        let reply = try await server.post(body, headers: [.contentEncoding: "gzip"])
        #expect(reply.status == 400)
      }
      #expect(try await server.get("/api/connections").array.isEmpty)
    }
  }

  @Test(arguments: ["deflate", "br", "gzip, gzip", "zstd"])
  func otherCodingsAreRefused(coding: String) async throws {
    try await withServer { server in
      let reply = try await server.post("[]", headers: [.contentEncoding: coding])
      #expect(reply.status == 415)
      #expect(reply.headers[.acceptEncoding] == "gzip")
    }
  }

  @Test func bombsStopAtTheLimit() async throws {
    try await withServer(limits: Self.small) { server in
      let bomb = gzip(repeatElement(UInt8(ascii: " "), count: 2_000_000), level: 9)
      #expect(bomb.count < Self.small.bodyBytes)
      let reply = try await server.post(bomb, headers: [.contentEncoding: "gzip"])
      #expect(reply.status == 413)
    }
  }

  @Test(arguments: [TestingSetupName.router, .live])
  func largeBodiesAreRefused(setup: TestingSetupName) async throws {
    try await withServer(setup.value, limits: Self.small) { server async throws in
      let spaces = [UInt8](repeating: UInt8(ascii: " "), count: 200_000)
      #expect(try await server.post(spaces).status == 413)
      // The connection survives it.
      #expect(try await server.post("[]").status == 200)
    }
  }

  @Test func limitsAreInclusive() async throws {
    try await withServer(limits: Self.small) { server async throws in
      let exact = "[]" + String(repeating: " ", count: Self.small.bodyBytes - 2)
      #expect(try await server.post(exact).status == 200)
      #expect(try await server.post(exact + " ").status == 413)
      let inflated = "[]" + String(repeating: " ", count: Self.small.inflatedBytes - 2)
      let headers: HTTPFields = [.contentEncoding: "gzip"]
      #expect(try await server.post(gzip(inflated.utf8), headers: headers).status == 200)
      #expect(try await server.post(gzip((inflated + " ").utf8), headers: headers).status == 413)
    }
  }

  @Test func whatInflatesToAThousandTimesItsSizeIsStoppedSoon() throws {
    let bomb = gzip(repeatElement(UInt8(ascii: " "), count: 20_000_000), level: 9)
    var decoder = try GzipDecoder(limit: 64 << 20)
    #expect(throws: Problem.self) {
      try bomb.withUnsafeBytes { try decoder.append($0) }
    }
    #expect(decoder.output.count < 2 << 20)
    // Records that differ in their numbers only are far from it.
    let records = gzip(Record.series(20_000).lines.utf8, level: 9)
    var other = try GzipDecoder(limit: 64 << 20)
    try records.withUnsafeBytes { try other.append($0) }
    #expect(try other.finish().count > 4 << 20)
  }

  @Test func theDecoderTakesPiecesOfAnySize() throws {
    let text = Array(Record.series(50).lines.utf8)
    let packed = gzip(text) + gzip(text)
    for size in [1, 2, 7, 100, packed.count] {
      var decoder = try GzipDecoder(limit: 1 << 20)
      var rest = packed[...]
      while !rest.isEmpty {
        try rest.prefix(size).withUnsafeBytes { try decoder.append($0) }
        rest = rest.dropFirst(size)
      }
      #expect(try decoder.finish() == text + text)
    }
  }
}
