import Foundation
import HTTPTypes
import NIOCore
import Testing

@testable import NetmonServer

@Suite struct PageTests {
  private static let paths = Asset.all().map(\.path)

  @Test func thePageHasAScriptAndAStyle() {
    let types = Set(Asset.all().map(\.type))
    #expect(Self.paths.first == "/")
    #expect(
      types.isSuperset(of: [
        "text/html; charset=utf-8", "text/css; charset=utf-8", "text/javascript; charset=utf-8",
      ]))
  }

  @Test(arguments: paths)
  func filesAreServedOnceAndThenRevalidated(path: String) async throws {
    try await withServer { server in
      let file = try await server.get(path)
      #expect(file.status == 200)
      #expect(file.headers[.contentType] == Asset.all().first { $0.path == path }?.type)
      let tag = try #require(file.headers[.eTag])
      let again = try await server.get(path, headers: [.ifNoneMatch: tag])
      #expect(again.status == 304)
      #expect(again.size == 0)
      #expect(again.headers[.cacheControl] == "no-cache")
      #expect(try await server.get(path, headers: [.ifNoneMatch: "\"other\""]).status == 200)
      #expect(try await server.get("\(path)?q=error:any").text == file.text)
    }
  }

  @Test(arguments: paths)
  func filesAreCompressedForWhoeverWantsIt(path: String) async throws {
    try await withServer { server in
      let plain = try await server.get(path)
      #expect(plain.headers[.contentEncoding] == nil)
      let file = try await server.get(path, headers: [.acceptEncoding: "br;q=1.0, gzip;q=0.8"])
      guard file.headers[.contentEncoding] != nil else {
        #expect(file.body == plain.body && file.headers[.vary] == nil)
        return
      }
      #expect(file.headers[.contentEncoding] == "gzip")
      #expect(file.headers[.vary] == "Accept-Encoding")
      #expect(plain.headers[.vary] == "Accept-Encoding")
      #expect(file.size < plain.size)
      var decoder = try GzipDecoder(limit: 1 << 20)
      try file.body.readableBytesView.withUnsafeBytes { try decoder.append($0) }
      #expect(try decoder.finish() == Array(plain.body.readableBytesView))
      // Two forms, two tags: a cache must not take one for the other.
      let tag = try #require(file.headers[.eTag])
      #expect(tag != plain.headers[.eTag])
      let again = try await server.get(
        path, headers: [.ifNoneMatch: tag, .acceptEncoding: "gzip"])
      #expect(again.status == 304 && again.headers[.vary] == "Accept-Encoding")
      #expect(try await server.get(path, headers: [.ifNoneMatch: tag]).status == 200)
    }
  }

  @Test(arguments: [
    ("gzip", true), ("GZIP", true), ("deflate, gzip", true), ("*", true), ("gzip;q=0.001", true),
    ("", false), ("br", false), ("gzip;q=0", false), ("gzip; q=0.000", false),
    ("*, gzip;q=0", false), ("*;q=0", false), ("xgzip", false),
  ])
  func codingsAreNegotiated(accepted: String, isCompressed: Bool) async throws {
    try await withServer { server in
      let file = try await server.get("/", headers: [.acceptEncoding: accepted])
      #expect((file.headers[.contentEncoding] == "gzip") == isCompressed)
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
      for path in Self.paths {
        let text = try await server.get(path).text
          .replacing(/http:..www.w3.org\/2000\/svg/, with: "")
        #expect(text.firstMatch(of: /https?:\/\//) == nil, "\(path)")
        #expect(
          text.firstMatch(of: /innerHTML|outerHTML|insertAdjacentHTML|DOMParser|eval\(/) == nil,
          "\(path)")
      }
    }
  }

  @Test func thePageIsSmall() async throws {
    try await withServer { server in
      var total = 0
      for path in Self.paths {
        total += try await server.get(path, headers: [.acceptEncoding: "gzip"]).size
      }
      #expect(total < 150_000)
    }
  }
}
