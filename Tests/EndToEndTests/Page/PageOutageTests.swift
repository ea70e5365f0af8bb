import BrowserDriver
import Glibc
import Testing

@Suite(
  "A page whose server goes away", .serialized,
  .enabled(if: PageSite.isPossible, Comment(rawValue: PageSite.requirement)))
struct PageOutageTests {
  @Test("says so, comes back with it, and misses nothing", arguments: [SIGKILL, SIGTERM])
  func outage(signal: Int32) async throws {
    let site = try await PageSite(PageRecord.series(20))
    let page = try await site.page("?view=connections")
    try await page.wait(forRows: 20)
    _ = try await page.evaluate(
      """
      const status = document.querySelector('#status');
      window.kinds = [];
      new MutationObserver(() => window.kinds.push(status.dataset.kind))
        .observe(status, { attributes: true });
      """)
    _ = await site.server.stop(with: signal)
    try await page.wait(for: "document.querySelector('#status').dataset.kind === 'lost'")
    #expect(try await page.evaluate("window.kinds[0]").text == "reconnecting")
    #expect(try await page.text("#notice").contains("cannot be reached"))
    // What comes in while the page cannot reach the server.
    let elsewhere = try await NetmonService.serve(site.database)
    try await site.post(
      (0..<30).map { PageRecord(secondsAgo: 0, process: "meanwhile", pid: $0) }, to: elsewhere)
    #expect(await elsewhere.stop() == 0)
    #expect(try await page.rowCount() == 20)
    let again = try await NetmonService.serve(site.database, port: site.server.port)
    try await page.waitUntilLive()
    try await page.wait(forRows: 50)
    #expect(try await page.text("#notice").isEmpty)
    try await site.post([PageRecord(secondsAgo: 0, process: "after")], to: again)
    try await page.wait(forRows: 51)
    let seen = page.observations
    #expect(seen.violations.isEmpty && seen.errors.isEmpty)
    #expect(seen.foreignRequests(besides: site.server.url).isEmpty)
    withExtendedLifetime(again) {}
  }

  @Test("shows another database from its beginning")
  func anotherDatabase() async throws {
    let site = try await PageSite(PageRecord.series(20))
    let page = try await site.page("?view=connections")
    try await page.wait(forRows: 20)
    _ = await site.server.stop()
    let other = site.directory("other.db")
    let again = try await NetmonService.serve(other, port: site.server.port)
    try await site.post(PageRecord.series(7), to: again)
    try await page.waitUntilLive()
    try await page.wait(forRows: 7)
    withExtendedLifetime(again) {}
  }
}
