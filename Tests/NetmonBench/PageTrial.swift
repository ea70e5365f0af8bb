import BrowserDriver
import Foundation

/// What is measured of a page, each time in a fresh browser.
struct PageTrial {
  let url: String
  /// How much slower the processor appears.
  let slowdown: Double

  /// When the page painted something, in ms since the navigation began.
  func firstPaint() async throws -> Double {
    let page = try await Browser().page()
    try await page.slowDown(by: slowdown)
    try await page.open(url + "/")
    try await page.wait(for: "performance.getEntriesByName('first-contentful-paint').length > 0")
    return try await page.firstPaint() ?? .nan
  }

  /// How long keystrokes in the filter took, over so many rows.
  struct Strokes: Sendable {
    var rows: Int
    /// Until the next paint: the 95th percentile, in ms.
    var first: Double
    /// Until the last change of the rows in sight or of their number was painted: the same.
    var last: Double
  }

  /// Types filters over all the rows that the page can hold.
  func keystroke() async throws -> Strokes {
    let page = try await Browser(lifetime: .seconds(300)).page()
    try await page.runBeforeOthers(Self.stopwatch)
    try await page.open(url + "/?view=connections&since=all")
    let rows = "document.querySelector('.vtable')?.getAttribute('aria-rowcount') - 1"
    // The button is there whenever the page loads nothing.
    let loading = """
      [...document.querySelectorAll(".toolbar button")]
        .find(({ innerText }) => innerText.startsWith("Load up to"))?.click()
      """
    try await page.wait(for: "(\(loading), \(rows) >= 100000)", within: .seconds(150))
    let count = try await page.evaluate(rows).integer ?? 0
    try await page.slowDown(by: slowdown)
    try await page.click("#q")
    for text in ["process:service-3", "23.0. error:any", "latency:>1ms"] {
      for key in text.map(String.init) + text.map({ _ in "Backspace" }) {
        try await page.press(key)
        // As fast as people type who type fast.
        try await Task.sleep(for: .milliseconds(160))
      }
    }
    let strokes = try await page.evaluate("strokes").list
    func p95(_ name: String) -> Double {
      Distribution(strokes.compactMap { $0[name].number }).p95
    }
    return Strokes(rows: count, first: p95("first"), last: p95("last"))
  }

  /// How the page did while there were changes all the time.
  struct Watch: Sendable {
    var elements: Int
    /// The longest time without a frame, and the 95th percentile, in ms.
    var longestFrame: Double
    var usualFrame: Double
    /// Bytes, at the beginning, after a fifth of the time, and at the end.
    var heap: [Int]
  }

  /// Looks at the list of connections for a time.
  func watch(for time: Duration) async throws -> Watch {
    let page = try await Browser(lifetime: time + .seconds(120)).page()
    try await page.runBeforeOthers(Self.stopwatch)
    try await page.open(url + "/?view=connections&since=15m")
    try await page.wait(for: "document.querySelector('#status')?.dataset.kind === 'live'")
    var heap = [try await page.heapSize()]
    try await Task.sleep(for: time / 5)
    heap.append(try await page.heapSize())
    try await page.evaluate("void (frames.length = 0)")
    try await Task.sleep(for: time * 4 / 5)
    let frames = try await page.evaluate("frames").list.compactMap(\.number)
    heap.append(try await page.heapSize())
    let elements = try await page.evaluate("document.querySelectorAll('*').length").integer ?? 0
    let distribution = Distribution(frames)
    return Watch(
      elements: elements, longestFrame: distribution.maximum, usualFrame: distribution.p95,
      heap: heap)
  }

  /// Writes down the times between frames, and how long after each change of the filter there was
  /// the next paint, which has what was found until then, and the paint of the last change of the
  /// rows in sight or of their number. It is painted when the task after a frame's callbacks runs.
  private static let stopwatch = """
    const strokes = [], frames = [];
    const note = (stroke) => requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        stroke.last = performance.now() - stroke.start;
        stroke.first ??= stroke.last;
      };
      port2.postMessage(0);
    });
    addEventListener("beforeinput", () => {
      strokes.push({ start: performance.now() });
      note(strokes.at(-1));
    }, true);
    new MutationObserver((changes) => {
      const isOfRows = ({ target }) =>
        (target.nodeType === 1 ? target : target.parentElement)?.closest(".vbody, .summary");
      if (strokes.length > 0 && changes.some(isOfRows)) note(strokes.at(-1));
    }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    let before = performance.now();
    requestAnimationFrame(function frame(now) {
      frames.push(now - before);
      before = now;
      requestAnimationFrame(frame);
    });
    """
}
