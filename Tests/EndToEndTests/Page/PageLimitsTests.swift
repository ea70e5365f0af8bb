import BrowserDriver
import Foundation
import Testing

/// What the page may cost, and whom it shuts out.
@Suite(
  "The page costs little and shuts nobody out", .serialized,
  .enabled(if: PageSite.isPossible, Comment(rawValue: PageSite.requirement)))
struct PageLimitsTests {
  private static let views = ["errors", "connections", "processes", "hosts", "map"]
  /// The checker of accessibility, which is not part of netmon: `axe.min.js` of axe-core.
  private static let axe = ProcessInfo.processInfo.environment["NETMON_AXE"]
  private static let ground = "getComputedStyle(document.body).backgroundColor"
  private let site: PageSite

  init() async throws {
    site = try await PageSite(PageRecord.series(2000))
  }

  @Test("in bytes and elements, and asks nobody else")
  func limits() async throws {
    let page = try await site.page()
    for view in Self.views {
      try await page.show(view)
      let nodes = try await page.evaluate("document.querySelectorAll('*').length").integer ?? 0
      #expect(nodes <= 1500, "\(view)")
    }
    let files = try await page.bodySizes().filter { !$0.key.contains("/api/") }
    #expect(files.count > 10)
    #expect(files.values.reduce(0, +) <= 150_000)
    site.expectClean(page)
  }

  @Test(
    "who reads it in the dark, or with a screen reader",
    .enabled(if: axe != nil, "needs NETMON_AXE, the path of axe.min.js (axe-core)"),
    arguments: [true, false], [1280, 360])
  func accessibility(isDark: Bool, width: Int) async throws {
    let script = try String(contentsOfFile: try #require(Self.axe), encoding: .utf8)
    let page = try await site.page(width: width, height: 740)
    let light = try await page.evaluate(Self.ground)
    try await page.prefer(isDark: isDark, lessMotion: true)
    #expect((try await page.evaluate(Self.ground) != light) == isDark)
    try await page.evaluate(script + "; 0")
    for view in Self.views {
      try await page.show(view)
      if view == "connections" {
        try await page.press("j", "Enter")
        try await page.wait(forElement: "aside.panel:not([hidden])")
      }
      let found = try await page.evaluate(
        """
        axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
          violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`)))
        """
      ).list.compactMap(\.text)
      #expect(found.isEmpty, "\(view)")
    }
  }

  @Test("who has a phone: nothing but tables is wider than it")
  func phone() async throws {
    let page = try await site.page(width: 360, height: 740)
    for view in Self.views {
      try await page.show(view)
      let width = try await page.evaluate("document.documentElement.scrollWidth").integer ?? 0
      #expect(width <= 360, "\(view)")
    }
    site.expectClean(page)
  }
}
