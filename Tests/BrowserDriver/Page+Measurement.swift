extension Page {
  /// Makes the processor appear so many times slower.
  package func slowDown(by factor: Double) async throws {
    try await send("Emulation.setCPUThrottlingRate", ["rate": .number(factor)])
  }

  /// Changes the size of what is seen, in px.
  package func resize(width: Int, height: Int, isMobile: Bool = false) async throws {
    try await send(
      "Emulation.setDeviceMetricsOverride",
      [
        "width": .number(Double(width)), "height": .number(Double(height)), "deviceScaleFactor": 1,
        "mobile": .boolean(isMobile),
      ])
  }

  /// Prefers a dark or light page, or as little motion as possible.
  package func prefer(isDark: Bool, lessMotion: Bool = false) async throws {
    try await send(
      "Emulation.setEmulatedMedia",
      [
        "features": [
          ["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"],
          [
            "name": "prefers-reduced-motion",
            "value": lessMotion ? "reduce" : "no-preference",
          ],
        ]
      ])
  }

  /// Bytes that scripts have allocated, after what they no longer use was taken away.
  package func heapSize() async throws -> Int {
    try await send("HeapProfiler.collectGarbage")
    return try await send("Runtime.getHeapUsage")["usedSize"].integer ?? 0
  }

  /// How many elements and texts there are on the page.
  package func nodeCount() async throws -> Int {
    let script = """
      (() => {
        const walker = document.createTreeWalker(
          document, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
        let count = 0;
        while (walker.nextNode()) count++;
        return count;
      })()
      """
    return try await evaluate(script).integer ?? 0
  }

  /// When something was first painted, in ms since the navigation began; nil if nothing was.
  package func firstPaint() async throws -> Double? {
    try await evaluate(
      """
      performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null
      """
    ).number
  }

  /// The sizes of the bodies that came, as they were sent, by URL; 0 for what the browser still had.
  package func bodySizes() async throws -> [String: Int] {
    let entries = try await evaluate(
      """
      ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type))
        .map(({ name, encodedBodySize }) => [name, encodedBodySize])
      """)
    return entries.list.reduce(into: [:]) { sizes, entry in
      guard let url = entry.list.first?.text, let size = entry.list.last?.integer else { return }
      sizes[url, default: 0] += size
    }
  }

  /// Goes to where a link in the page's history leads: -1 is one step back.
  package func goInHistory(by steps: Int) async throws {
    try await evaluate("history.go(\(steps))")
  }

  /// Has a script run before those of each page that is opened from now on.
  package func runBeforeOthers(_ script: String) async throws {
    try await send("Page.addScriptToEvaluateOnNewDocument", ["source": .text(script)])
  }
}
