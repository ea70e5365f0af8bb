import Foundation
import HTTPTypes
import Testing

@testable import NetmonServer

@Suite struct PageTests {
  @Test(arguments: [
    ("/", "text/html; charset=utf-8"), ("/app.js", "text/javascript; charset=utf-8"),
    ("/style.css", "text/css; charset=utf-8"),
  ])
  func filesAreServedOnceAndThenRevalidated(path: String, type: String) async throws {
    try await withServer { server in
      let file = try await server.get(path)
      #expect(file.status == 200)
      #expect(file.headers[.contentType] == type)
      let tag = try #require(file.headers[.eTag])
      let again = try await server.get(path, headers: [.ifNoneMatch: tag])
      #expect(again.status == 304)
      #expect(again.size == 0)
      #expect(again.headers[.cacheControl] == "no-cache")
      #expect(try await server.get(path, headers: [.ifNoneMatch: "\"other\""]).status == 200)
      #expect(try await server.get("\(path)?q=error:any").text == file.text)
    }
  }

  /// The policy forbids it, so it would not work.
  @Test func nothingIsInlineOrForeign() async throws {
    try await withServer { server in
      let page = try await server.get("/").text
      #expect(!page.contains("style="))
      #expect(!page.contains("<style"))
      #expect(page.firstMatch(of: /\son[a-z]+=/) == nil)
      #expect(page.components(separatedBy: "<script").count == 2)
      for path in ["/", "/app.js", "/style.css"] {
        let text = try await server.get(path).text
          .replacing(/http:..www.w3.org\/2000\/svg/, with: "")
        #expect(text.firstMatch(of: /https?:\/\//) == nil, "\(path)")
        #expect(text.firstMatch(of: /innerHTML|outerHTML|insertAdjacent|eval\(/) == nil)
      }
    }
  }

  @Test func thePageIsSmall() async throws {
    try await withServer { server in
      var total = 0
      for path in ["/", "/app.js", "/style.css"] {
        total += try await server.get(path).size
      }
      #expect(total < 30_000)
    }
  }
}
