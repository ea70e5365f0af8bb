import BrowserDriver
import Testing

@Suite(
  "A page over real collection",
  .enabled(if: PageSite.isPossible, Comment(rawValue: PageSite.requirement)))
struct CollectedPageTests {
  @Test("shows what a process of this machine does, as it does it")
  func collection() async throws {
    let directory = try TestDirectory()
    let server = try await NetmonService.serve(
      directory("netmon.db"), ["--collect", "--interval", "100ms"])
    let browser = try await Browser()
    let page = try await browser.page()
    let farm = try await SocketFarm(["--connections", "5"])
    try await page.open("\(server.url)/?view=connections&q=process:socket-farm&since=1h")
    try await page.waitUntilLive()
    try await page.wait(for: "document.querySelectorAll('.vrow:not([hidden])').length > 4")
    let names = try await page.column("process_name")
    #expect(names.allSatisfy { $0.contains("\(farm.pid)") })
    #expect(page.observations.errors.isEmpty && page.observations.violations.isEmpty)
  }
}
