package import Foundation
import Synchronization
import TestSupport

/// A page in a browser, and what it did.
package final class Page: Sendable {
  private let tools: DevTools
  private let browser: Browser
  private let session: String
  private let seen = Mutex(Observations())

  init(_ tools: DevTools, browser: Browser, session: String) {
    self.tools = tools
    self.browser = browser
    self.session = session
  }

  @discardableResult
  func send(_ method: String, _ parameters: JSON = [:]) async throws -> JSON {
    try await tools.send(method, parameters, to: session)
  }

  /// What happened on the page so far.
  package var observations: Observations { seen.withLock { $0 } }

  /// Forgets what happened so far.
  package func forget() { seen.withLock { $0 = Observations() } }

  /// Begins to write down what happens.
  func observe() async throws {
    tools.listen(to: session) { [weak self] event in
      self?.seen.withLock { $0.add(event) }
    }
    for domain in ["Page", "Runtime", "Log", "Network", "Audits", "Performance"] {
      try await send("\(domain).enable")
    }
  }

  /// Goes to a URL, and waits until it has loaded.
  package func open(_ url: String) async throws {
    let before = observations.loads
    let reply = try await send("Page.navigate", ["url": .text(url)])
    if let reason = reply["errorText"].text {
      throw BrowserError.refused(command: "open \(url)", reason: reason)
    }
    try await wait(untilLoadsAre: before + 1)
  }

  package func reload() async throws {
    let before = observations.loads
    try await send("Page.reload")
    try await wait(untilLoadsAre: before + 1)
  }

  private func wait(untilLoadsAre count: Int) async throws {
    guard try await eventually(within: .seconds(30), { observations.loads >= count }) else {
      throw BrowserError.late(condition: "load", page: "")
    }
  }

  /// The value of an expression, once its promise is kept.
  @discardableResult
  package func evaluate(_ expression: String) async throws -> JSON {
    let reply = try await send(
      "Runtime.evaluate",
      [
        "expression": .text(expression), "returnByValue": true, "awaitPromise": true,
        "userGesture": true,
      ])
    let exception = reply["exceptionDetails"]
    guard exception == .null else {
      let text = exception["exception"]["description"].text ?? exception["text"].text
      throw BrowserError.thrown(text ?? "something")
    }
    return reply["result"]["value"]
  }

  /// Waits until an expression is true, also while the page is loaded anew.
  package func wait(for condition: String, within limit: Duration = .seconds(20)) async throws {
    guard try await eventually(within: limit, { try await isTrue(condition) }) else {
      let text = try await evaluate("document.body.innerText").text ?? ""
      throw BrowserError.late(condition: condition, page: String(text.prefix(2000)))
    }
  }

  private func isTrue(_ condition: String) async throws -> Bool {
    do {
      return try await evaluate(condition).isTrue
    } catch BrowserError.refused {
      // The document that was asked is gone.
      return false
    }
  }

  /// Waits until something on the page matches a selector.
  package func wait(forElement selector: String, within limit: Duration = .seconds(20)) async throws
  {
    try await wait(for: "document.querySelector(\(JSON.literal(selector))) !== null", within: limit)
  }

  /// The text of what a selector matches first, as it is seen.
  package func text(_ selector: String) async throws -> String {
    let script = "document.querySelector(\(JSON.literal(selector)))?.innerText ?? null"
    guard let text = try await evaluate(script).text else {
      throw BrowserError.missing(selector: selector)
    }
    return text
  }

  /// How many elements a selector matches.
  package func count(_ selector: String) async throws -> Int {
    try await evaluate("document.querySelectorAll(\(JSON.literal(selector))).length").integer ?? 0
  }

  /// A PNG of what is seen.
  package func screenshot() async throws -> Data {
    let data = try await send("Page.captureScreenshot", ["format": "png"])["data"].text ?? ""
    return Data(base64Encoded: data) ?? Data()
  }
}
