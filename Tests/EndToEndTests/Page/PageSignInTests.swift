import BrowserDriver
import Foundation
import Testing
import TestSupport

@Suite(
  "A page of a server that asks for a token", .serialized,
  .enabled(if: PageSite.isPossible, Comment(rawValue: PageSite.requirement)))
struct PageSignInTests {
  private let site: PageSite
  private let token: String
  /// Of a collector.
  private let sending: String

  init() async throws {
    site = try await PageSite(PageRecord.series(20))
    let made = try await Netmon.run(["token", "create", "--name", "tester", "--db", site.database])
    token = String(made.output.dropLast())
    let other = try await Netmon.run(
      ["token", "create", "--for-host", "web-1", "--db", site.database])
    sending = String(other.output.dropLast())
    // The server looks for its first token when it is asked, and not more than once a second.
    let url = site.server.url
    let isAsking = try await eventually {
      try await Netmon.run(["query", "--count", "--server", url]).status == 4
    }
    try #require(isAsking)
  }

  private static let isAsked = "document.querySelector('#status')?.dataset.kind === 'unauthorised'"

  private func openedPage() async throws -> Page {
    let page = try await site.browser.page(width: 1280, height: 800)
    try await page.open("\(site.server.url)/?view=connections&q=process:nginx")
    return page
  }

  /// Waits for what the sign-in of this page is answered, and goes on with the page that it loads.
  private func signIn(_ page: Page) async throws {
    try await page.wait(for: "document.activeElement?.id === 'token'")
    try await page.type(token)
    try await page.press("Enter")
    try await page.waitUntilLive()
  }

  @Test("is signed in with it, follows, and is signed out")
  func signingIn() async throws {
    let page = try await openedPage()
    try await page.wait(for: Self.isAsked)
    try await page.wait(forElement: "#sign-in:not([hidden])")
    #expect(try await page.text("#sign-in-reason").contains("asks for a token"))
    #expect(try await page.text("#view") == "", "nothing is loading")

    try await page.wait(for: "document.activeElement?.id === 'token'")
    try await page.type("netmon_wrong")
    try await page.press("Enter")
    try await page.wait(for: "document.querySelector('#sign-in-problem').textContent !== ''")
    #expect(try await page.text("#sign-in-problem").contains("not one of this server"))
    let described = "document.querySelector('#token').getAttribute('aria-invalid')"
    #expect(try await page.evaluate(described).text == "true")

    // What was wrong is selected, so that typing takes its place.
    try await signIn(page)
    #expect(try await page.state("q") == "process:nginx", "the page shows what its address says")
    try await page.wait(forElement: "#sign-out:not([hidden])")
    let title = "document.querySelector('#sign-out').title"
    #expect(try await page.evaluate(title).text?.contains("tester") == true)
    #expect(try await page.evaluate("document.cookie").text == "", "scripts cannot read it")
    #expect(
      try await page.evaluate("JSON.stringify([localStorage, sessionStorage])").text == "[{},{}]")

    try await page.wait(forRows: 10)
    try await site.post(
      [PageRecord(secondsAgo: 0, process: "nginx", pid: 77)], to: site.server, token: sending)
    try await page.wait(forRows: 11)

    try await page.click("#sign-out")
    try await page.wait(for: Self.isAsked)
    try await page.wait(forElement: "#sign-in:not([hidden])")
    let seen = page.observations
    #expect(seen.violations.isEmpty)
    #expect(seen.foreignRequests(besides: site.server.url).isEmpty)
  }

  @Test("asks again when the token is revoked, and when the server was started anew")
  func ends() async throws {
    let page = try await openedPage()
    try await signIn(page)
    #expect(await site.server.stop() == 0)
    let again = try await NetmonService.serve(site.database, port: site.server.port)
    try await page.wait(for: Self.isAsked)
    try await signIn(page)
    let list = try await Netmon.run(["token", "list", "--db", site.database, "-o", "csv"])
    let id = String(list.output.split(whereSeparator: \.isNewline)[1].prefix { $0 != "," })
    _ = try await Netmon.run(["token", "revoke", id, "--db", site.database])
    try await page.wait(for: Self.isAsked)
    #expect(try await page.text("#sign-in-reason").contains("has ended"))
    withExtendedLifetime(again) {}
  }
}
