extension Page {
  /// Clicks on the middle of what a selector matches first, where a person would.
  package func click(_ selector: String) async throws {
    let middle = try await middle(of: selector)
    try await press(at: middle)
    try await release(at: middle)
  }

  /// Drags from one part of an element to another, each given from 0 to 1 of its width.
  package func drag(_ selector: String, from start: Double, to end: Double) async throws {
    let box = try await box(of: selector)
    let y = box.y + box.height / 2
    let points = [start, (start + end) / 2, end].map { (x: box.x + box.width * $0, y: y) }
    try await mouse("mouseMoved", at: points[0])
    try await press(at: points[0])
    for point in points.dropFirst() { try await mouse("mouseMoved", at: point, isDown: true) }
    try await release(at: points[2])
  }

  /// Moves the pointer onto what a selector matches first.
  package func point(at selector: String) async throws {
    try await mouse("mouseMoved", at: try await middle(of: selector))
  }

  /// Presses keys one after the other; a text of several characters is the name of one key.
  package func press(_ keys: String..., modifiers: Set<Modifier> = []) async throws {
    for key in keys { try await strike(key, modifiers) }
  }

  /// Types a text, a key for each character.
  package func type(_ text: String) async throws {
    for character in text { try await strike(String(character), []) }
  }

  package enum Modifier: Int, Sendable {
    case alt = 1
    case control = 2
    case shift = 8
  }

  private func strike(_ key: String, _ modifiers: Set<Modifier>) async throws {
    var event: [String: JSON] = [
      "key": .text(key), "modifiers": .number(Double(modifiers.reduce(0) { $0 | $1.rawValue })),
    ]
    if let code = Self.codes[key] {
      event["windowsVirtualKeyCode"] = .number(Double(code))
      event["code"] = .text(key)
    }
    // Without a window nobody makes editing commands of shortcuts.
    if key == "a", modifiers == [.control] { event["commands"] = ["selectAll"] }
    if modifiers.isDisjoint(with: [.alt, .control]) {
      if key.count == 1 { event["text"] = .text(key) }
      if key == "Enter" { event["text"] = "\r" }
    }
    for type in [event["text"] == nil ? "rawKeyDown" : "keyDown", "keyUp"] {
      event["type"] = .text(type)
      try await send("Input.dispatchKeyEvent", .object(event))
      event["text"] = nil
    }
  }

  /// The keys that do something by themselves (Windows calls them virtual keys).
  private static let codes = [
    "Backspace": 8, "Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "PageUp": 33, "PageDown": 34,
    "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40,
    "Delete": 46,
  ]

  // MARK: - The pointer

  private typealias Point = (x: Double, y: Double)

  private func press(at point: Point) async throws {
    try await mouse("mouseMoved", at: point)
    try await mouse("mousePressed", at: point, isDown: true)
  }

  private func release(at point: Point) async throws {
    try await mouse("mouseReleased", at: point)
  }

  private func mouse(_ type: String, at point: Point, isDown: Bool = false) async throws {
    let isButton = type != "mouseMoved" || isDown
    try await send(
      "Input.dispatchMouseEvent",
      [
        "type": .text(type), "x": .number(point.x), "y": .number(point.y),
        "button": isButton ? "left" : "none", "buttons": isDown ? 1 : 0,
        "clickCount": type == "mouseMoved" ? 0 : 1,
      ])
  }

  private func middle(of selector: String) async throws -> Point {
    let box = try await box(of: selector)
    return (box.x + box.width / 2, box.y + box.height / 2)
  }

  /// Where something is seen, in px, after it was scrolled to.
  private func box(
    of selector: String
  ) async throws -> (x: Double, y: Double, width: Double, height: Double) {
    let box = try await evaluate(
      """
      (() => {
        const element = document.querySelector(\(JSON.literal(selector)));
        element?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
        const box = element?.getBoundingClientRect();
        return box ? [box.x, box.y, box.width, box.height] : [];
      })()
      """
    ).list.compactMap(\.number)
    guard box.count == 4 else { throw BrowserError.missing(selector: selector) }
    return (box[0], box[1], box[2], box[3])
  }
}
