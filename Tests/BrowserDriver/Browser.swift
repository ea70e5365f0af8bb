import Foundation

/// A real browser, without a window, that reaches nothing but 127.0.0.1.
package final class Browser: Sendable {
  private let process: BrowserProcess
  private let tools: DevTools

  /// The path of Debian's Chromium, or nil where it is not installed.
  package static let program: String? = {
    let directories = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return directories.map { "\($0)/chromium" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Starts it; it ends with this object, after its lifetime in any case.
  package init(lifetime: Duration = .seconds(120)) async throws {
    process = try BrowserProcess(program: Self.program ?? "chromium", lifetime: lifetime)
    tools = DevTools(process)
    try await tools.send("Browser.getVersion")
  }

  /// A page with nothing on it, in a session of its own: no history, cache or storage of others.
  package func page(
    width: Int = 1280, height: Int = 800, isMobile: Bool = false
  ) async throws -> Page {
    let context = try await tools.send("Target.createBrowserContext")["browserContextId"]
    let target = try await tools.send(
      "Target.createTarget", ["url": "about:blank", "browserContextId": context])["targetId"]
    let session = try await tools.send(
      "Target.attachToTarget", ["targetId": target, "flatten": true])["sessionId"]
    let page = Page(tools, browser: self, session: session.text ?? "")
    try await page.observe()
    try await page.resize(width: width, height: height, isMobile: isMobile)
    return page
  }
}
