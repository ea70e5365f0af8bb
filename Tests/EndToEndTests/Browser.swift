import Foundation

/// A real browser, without a window.
enum Browser {
  /// What a page has become once its script has run and everything that it asked for has come.
  static func document(at url: String, in directory: TestDirectory) async throws -> String {
    let result = try await ChildProcess.run(
      "chromium",
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000",
        // It would look for updates and the like.
        "--disable-background-networking", "--disable-component-update",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        "--user-data-dir=\(directory("browser"))", "--dump-dom", url,
      ])
    return result.output
  }

  /// The elements that netmon's page is made of.
  static let elements: Set<String> = [
    "html", "head", "meta", "title", "link", "script", "body", "header", "h1", "p", "main", "form",
    "label", "input", "kbd", "dl", "div", "dt", "dd", "details", "summary", "ul", "li", "section",
    "h2", "small", "table", "thead", "tr", "th", "tbody", "td", "time", "span", "button", "code",
    "noscript", "a", "svg", "path",
  ]

  /// A name as it stands in the source of the page: with what hides made visible, and as text.
  static func text(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        text += "\\u{\(String(scalar.value, radix: 16))}"
      default:
        switch scalar {
        case "&": text += "&amp;"
        case "<": text += "&lt;"
        case ">": text += "&gt;"
        case "\u{a0}": text += "&nbsp;"
        default: text.unicodeScalars.append(scalar)
        }
      }
    }
    return text
  }
}
