/// What happened on a page.
package struct Observations: Sendable {
  /// How often it has loaded.
  package private(set) var loads = 0
  /// The URLs that it asked for, or that its parts did.
  package private(set) var requests: [String] = []
  /// Errors that it wrote to the console, and exceptions that nothing caught.
  package private(set) var errors: [String] = []
  /// Requests that came to nothing, or to a status of 400 and more.
  package private(set) var failures: [String] = []
  /// What the content security policy has stopped.
  package private(set) var violations: [String] = []
  init() {}

  /// The requests to anywhere but a server, `data:` not being one.
  package func foreignRequests(besides server: String) -> [String] {
    requests.filter { !$0.hasPrefix(server + "/") && !$0.hasPrefix("data:") }
  }

  mutating func add(_ event: DevTools.Event) {
    let parameters = event.parameters
    switch event.name {
    case "Page.loadEventFired": loads += 1
    case "Network.requestWillBeSent":
      requests.append(parameters["request"]["url"].text ?? "")
    case "Runtime.consoleAPICalled" where ["error", "assert"].contains(parameters["type"].text):
      let texts = parameters["args"].list.map { $0["value"].text ?? $0["description"].text ?? "" }
      errors.append(texts.joined(separator: " "))
    case "Runtime.exceptionThrown":
      let details = parameters["exceptionDetails"]
      errors.append(details["exception"]["description"].text ?? details["text"].text ?? "")
    case "Log.entryAdded": add(entry: parameters["entry"])
    case "Audits.issueAdded" where parameters["issue"]["code"] == "ContentSecurityPolicyIssue":
      let details = parameters["issue"]["details"]["contentSecurityPolicyIssueDetails"]
      violations.append(
        "\(details["violatedDirective"].text ?? "") \(details["blockedURL"].text ?? "")")
    default: break
    }
  }

  private mutating func add(entry: JSON) {
    guard entry["level"] == "error" else { return }
    let text = "\(entry["text"].text ?? "") \(entry["url"].text ?? "")"
    switch entry["source"].text {
    case "network": failures.append(text)
    case "security": violations.append(text)
    default: errors.append(text)
    }
  }
}
