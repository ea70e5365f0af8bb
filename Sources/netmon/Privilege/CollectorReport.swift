import NetmonCore

/// What a collector tells the server that it works for.
enum CollectorReport: Hashable, Sendable {
  /// It collects: what it sees, and what it removed of killed netmons.
  case collecting(tierLine: String, leftovers: String)
  /// It cannot, or not any more.
  case failed(message: String, code: Int32)

  /// As lines: none of them can have a newline in it, as they are safe for a terminal.
  var text: String {
    switch self {
    case .collecting(let tierLine, let leftovers):
      "collecting\n\(terminalSafe(tierLine))\n\(terminalSafe(leftovers))"
    case .failed(let message, let code): "failed\n\(code)\n\(terminalSafe(message))"
    }
  }

  /// Nil if it is no such text.
  init?(text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count == 3 else { return nil }
    switch lines[0] {
    case "collecting": self = .collecting(tierLine: lines[1], leftovers: lines[2])
    case "failed":
      guard let code = Int32(lines[1]) else { return nil }
      self = .failed(message: lines[2], code: code)
    default: return nil
    }
  }
}

extension CollectorReport {
  /// What the first line of a server says of it.
  var announcement: String {
    guard case .collecting(let tierLine, _) = self else { return "" }
    return "; collecting: \(tierLine)"
  }

  func sayLeftovers(on console: Console) {
    guard case .collecting(_, let leftovers) = self, !leftovers.isEmpty else { return }
    console.say("removed from tracefs what killed netmons left: \(leftovers)")
  }
}
