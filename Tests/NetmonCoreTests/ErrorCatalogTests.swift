import NetmonCore
import Testing

@Suite struct ErrorCatalogTests {
  private static let six = [
    "ECONNREFUSED", "ECONNABORTED", "ECONNRESET", "ECONNTIMEOUT", "EHOSTUNREACH", "ENETUNREACH",
  ]

  @Test func theSixComeFirst() {
    #expect(ErrorCatalog.all.prefix(6).map(\.error.name) == Self.six)
    #expect(Set(ErrorCatalog.all.map(\.error)).count == ErrorCatalog.all.count)
  }

  @Test(arguments: ErrorCatalog.all.map(\.error.name))
  func isComplete(_ name: String) throws {
    let error = try #require(ConnectionError(name: name))
    let explanation = try #require(ErrorCatalog.explanation(of: error))
    #expect(!explanation.causes.isEmpty && !explanation.steps.isEmpty)
    let sentences = [explanation.summary, explanation.meaning, explanation.limits ?? "."]
    for text in sentences + explanation.causes {
      #expect(text.hasSuffix("."), "\(text)")
      #expect(!text.contains("\n") && !text.contains("  "), "\(text)")
    }
    #expect(explanation.description.split(separator: "\n").allSatisfy { $0.utf8.count < 420 })
    #expect(explanation.markdown.hasPrefix("## \(name)\n"))
  }

  @Test func othersHaveNone() {
    #expect(ErrorCatalog.explanation(of: ConnectionError(number: 4)!) == nil)
  }
}
