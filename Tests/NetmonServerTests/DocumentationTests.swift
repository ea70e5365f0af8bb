import Foundation
import HTTPTypes
import NetmonCore
import NetmonStore
import Testing

@testable import NetmonServer

/// docs/http-api.md tells what there is, all of it and nothing else.
@Suite struct DocumentationTests {
  private let text: String

  init() throws {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    text = try String(
      contentsOf: root.appendingPathComponent("docs/http-api.md"), encoding: .utf8)
  }

  /// The rows of the table that begins with a title, each as its cells.
  private func rows(ofTableTitled title: String) -> [[Substring]] {
    guard let start = text.range(of: "| \(title) |") else { return [] }
    return text[start.upperBound...].split(separator: "\n", omittingEmptySubsequences: false)
      .dropFirst(2).prefix { $0.hasPrefix("|") }
      .map { $0.split(separator: "|").map { $0.trimmingPrefix(" ") } }
  }

  private func names(ofTableTitled title: String, _ name: Regex<(Substring, Substring)>) -> [String]
  {
    rows(ofTableTitled: title).flatMap { $0[0].matches(of: name).map { String($0.1) } }
  }

  @Test func routes() async throws {
    let documented = names(ofTableTitled: "route", /`([A-Z]+ [^`]+)`/)
    try await withStore { store in
      let files = Asset.all().map(\.path).filter { $0 != "/" }
      let routes = API(store, limits: Server.Limits(), now: { testNow }).routes
        .filter { !files.contains($0.path.description) }
      #expect(documented.sorted() == routes.map { "\($0.method) \($0.path)" }.sorted())
    }
  }

  @Test func parametersOfLists() async throws {
    let documented = Set(names(ofTableTitled: "parameter", /`([a-z]+)`/))
    let parameters = [Route.Parameter].page.flatMap(\.names) + ["q"]
    #expect(documented.isSuperset(of: parameters))
  }

  @Test func fields() {
    let documented = names(ofTableTitled: "field", /`([a-z_]+)`/)
    #expect(Set(documented) == Set(RecordField.allCases.map(\.rawValue)))
  }

  @Test func statuses() async throws {
    let documented = rows(ofTableTitled: "status").flatMap {
      $0[0].matches(of: /[0-9]{3}/).compactMap { Int($0.output) }
    }
    try await withStore { store in
      let routes = API(store, limits: Server.Limits(), now: { testNow }).routes
      let statuses = Set(routes.flatMap(\.outcomes).map(\.status.code).filter { $0 >= 400 })
      // A wrong method, and what cannot be read, are of no route.
      #expect(Set(documented) == statuses.union([405, 431]))
    }
  }

  @Test func metrics() async throws {
    let documented = names(ofTableTitled: "metric", /`([a-z_]+)/)
    let types = rows(ofTableTitled: "metric").map { String($0[1].split(separator: " ")[0]) }
    try await withServer { server in
      let metrics = Exposition(try await server.get("/metrics").text)
      #expect(metrics.kinds == Dictionary(uniqueKeysWithValues: zip(documented, types)))
    }
  }

  @Test func groups() throws {
    let words = try #require(text.firstMatch(of: /`by` takes the words `([a-z \n]+)`/)).1
    #expect(words.split { $0.isWhitespace }.map(String.init) == GroupKey.allCases.map(\.rawValue))
  }
}
