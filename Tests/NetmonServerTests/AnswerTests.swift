import HTTPTypes
import NIOCore
import NetmonCore
import Testing

@testable import NetmonServer

/// What is answered from the store can be revalidated, and is shared while the store is the same.
@Suite struct AnswerTests {
  private static let id = "ID"

  @Test(arguments: [
    "/api/connections", "/api/connections?limit=2&q=error:any", "/api/connections/ID",
    "/api/connections/error/ECONNREFUSED", "/api/connections/process/1", "/api/errors",
    "/api/processes", "/api/hosts", "/api/stats", "/api/gaps",
  ])
  func aCopyIsGoodUntilTheStoreChanges(target: String) async throws {
    try await withServer { server in
      let stored = try await server.post(Record.series(1)[0].json).object
      let target = target.replacing(Self.id, with: "\(try #require(stored["id"]))")
      let first = try await server.get(target)
      let tag = try #require(first.headers[.eTag])
      let known = try await server.get(target, headers: [.ifNoneMatch: tag])
      #expect(known.status == 304 && known.size == 0 && known.headers[.eTag] == tag)
      #expect(try await server.send(.head, target, headers: [.ifNoneMatch: tag]).status == 304)
      let again = try await server.get(target)
      #expect(again.status == 200 && again.text == first.text && again.headers[.eTag] == tag)
      #expect(again.headers[.link] == first.headers[.link])

      _ = try await server.post(Record.series(5).json)
      let changed = try await server.get(target, headers: [.ifNoneMatch: tag])
      #expect(changed.status == 200 && changed.headers[.eTag] != tag)
      if target.hasPrefix("/api/stats") { #expect(changed.object["connections"] as? Int == 6) }
    }
  }

  private func answer(_ tag: Int64, _ size: Int) -> AnswerCache.Answer {
    AnswerCache.Answer(
      tag: EntityTag(version: tag, asked: [], question: 0),
      json: ByteBuffer(repeating: 0x20, count: size), link: nil)
  }

  @Test func anAnswerIsForItsTargetAndTag() throws {
    let cache = AnswerCache()
    let target = try Target("/api/stats").bytes
    cache.keep(answer(1, 5), to: target)
    #expect(cache.answer(to: target, answer(1, 5).tag)?.json.readableBytes == 5)
    #expect(cache.answer(to: target, answer(2, 5).tag) == nil)
    #expect(cache.answer(to: try Target("/api/stats?x").bytes, answer(1, 5).tag) == nil)
    cache.keep(answer(2, 6), to: target)
    #expect(cache.answer(to: target, answer(1, 5).tag) == nil)
    #expect(cache.answer(to: target, answer(2, 5).tag)?.json.readableBytes == 6)
  }

  @Test func itIsBounded() throws {
    let cache = AnswerCache()
    func keep(_ count: Int, _ size: Int) throws -> Int {
      let targets = try (0..<count).map { try Target("/\($0)").bytes }
      for target in targets { cache.keep(answer(1, size), to: target) }
      return targets.count { cache.answer(to: $0, answer(1, size).tag) != nil }
    }
    #expect(try keep(10, 1) == 10)
    #expect(try (1...AnswerCache.maximumCount).contains(keep(1000, 1)))
    #expect(try keep(100, 1 << 20) <= 16)
    #expect(cache.answer(to: try Target("/0").bytes, answer(1, 1).tag) == nil)
    cache.keep(answer(1, 2 << 20), to: try Target("/large").bytes)
    #expect(cache.answer(to: try Target("/large").bytes, answer(1, 1).tag) == nil)
  }
}
