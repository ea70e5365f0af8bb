import BrowserDriver
import Foundation
import Testing

/// A server with something to show, and a browser to look at it.
final class PageSite: Sendable {
  let directory: TestDirectory
  let database: String
  let server: NetmonService
  let browser: Browser

  /// Why tests of the page are skipped where they are.
  static let requirement = "needs chromium (Debian: chromium) and curl"
  static let isPossible = Browser.program != nil && ChildProcess.find("curl") != nil

  init(_ records: [PageRecord] = PageRecord.series(300)) async throws {
    directory = try TestDirectory()
    database = directory("netmon.db")
    server = try await NetmonService.serve(database)
    browser = try await Browser(lifetime: .seconds(200))
    try await post(records, to: server)
  }

  /// Stores records, one row each; `token` is for a server that asks for one.
  func post(
    _ records: [PageRecord], to server: NetmonService, token: String? = nil
  ) async throws {
    guard !records.isEmpty else { return }
    let file = directory("records-\(UUID().uuidString).json")
    try JSONEncoder().encode(records).write(to: URL(fileURLWithPath: file))
    let reply = try await ChildProcess.run(
      "curl",
      ["-sS", "-H", "Content-Type: application/json", "--data-binary", "@\(file)"]
        + (token.map { ["-H", "Authorization: Bearer \($0)"] } ?? [])
        + ["\(server.url)/api/connections"])
    try #require(reply.output.contains("\"accepted\":\(records.count)"), "\(reply)")
  }

  /// A page of the server that shows what its query says, and is live.
  func page(
    _ query: String = "", width: Int = 1280, height: Int = 800
  ) async throws -> Page {
    let page = try await browser.page(width: width, height: height)
    try await page.open("\(server.url)/\(query)")
    try await page.waitUntilLive()
    return page
  }

  /// Expects that nothing went wrong on a page that nothing should go wrong on.
  func expectClean(_ page: Page, _ location: SourceLocation = #_sourceLocation) {
    let seen = page.observations
    #expect(seen.foreignRequests(besides: server.url).isEmpty, sourceLocation: location)
    #expect(seen.violations.isEmpty, sourceLocation: location)
    #expect(seen.errors.isEmpty, sourceLocation: location)
    #expect(seen.failures.isEmpty, sourceLocation: location)
  }
}

extension Page {
  func waitUntilLive() async throws {
    try await wait(for: "document.querySelector('#status')?.dataset.kind === 'live'")
  }

  /// Goes to a view by its link, and waits until there is something in it.
  func show(_ view: String) async throws {
    try await click("#nav a[data-view=\(view)]")
    try await wait(forElement: "#nav a[aria-current=page][data-view=\(view)]")
    let content = view == "errors" ? ".group" : ".vrow:not([hidden])"
    let section = view == "map" ? "mapview" : view
    try await wait(forElement: "#view > section.\(section) \(content)")
  }

  /// The parts of the state that the URL has.
  func state(_ name: String) async throws -> String? {
    let script = "new URL(location.href).searchParams.get(\(JSON.literal(name)))"
    return try await evaluate(script).text
  }

  /// Waits until the state in the URL is this.
  func wait(forState name: String, _ value: String?) async throws {
    let expected = value.map { JSON.literal($0) } ?? "null"
    try await wait(
      for: "new URL(location.href).searchParams.get(\(JSON.literal(name))) === \(expected)")
  }

  /// What the rows in sight of a table say in a column, from top to bottom.
  func column(_ name: String) async throws -> [String] {
    let script = """
      [...document.querySelectorAll('.vrow:not([hidden])')]
        .sort((a, b) => a.getAttribute("aria-rowindex") - b.getAttribute("aria-rowindex"))
        .map((row) => row.querySelector('[data-column="\(name)"]')?.innerText ?? "")
      """
    return try await evaluate(script).list.compactMap(\.text)
  }

  /// The same, letter by letter, in no order.
  func texts(ofColumn name: String) async throws -> [String] {
    let script = """
      [...document.querySelectorAll('.vrow:not([hidden]) [data-column="\(name)"]')]
        .map((cell) => cell.textContent)
      """
    return try await evaluate(script).list.compactMap(\.text)
  }

  /// How many rows a table has, in sight or not.
  func rowCount() async throws -> Int {
    try await evaluate(Self.rowCount).integer ?? -1
  }

  private static let rowCount =
    "(document.querySelector('.vtable')?.getAttribute('aria-rowcount') ?? 0) - 1"

  func wait(forRows count: Int) async throws {
    try await wait(for: "\(Self.rowCount) === \(count)")
  }

  func wait(forRowsIn range: ClosedRange<Int>) async throws {
    try await wait(
      for: "\(range.lowerBound) <= \(Self.rowCount) && \(Self.rowCount) <= \(range.upperBound)")
  }
}
