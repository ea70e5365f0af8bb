import Foundation

/// A Markdown document of this repository.
struct Documentation {
  let text: String

  /// Reads the document at a path from the root of the repository.
  init(_ path: String) throws {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// The commands in its `sh` blocks that begin with one of these words; a command goes on up to
  /// the next line that begins with a word.
  func commands(_ words: String...) -> [String] {
    var commands: [String] = []
    var isShell = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isShell = line == "```sh"
      } else if isShell, line.first?.isWhitespace == false, line.first != "}" {
        commands.append(String(line))
      } else if isShell, let last = commands.popLast() {
        commands.append(last + "\n" + line)
      }
    }
    return commands.filter { command in words.contains { command.hasPrefix($0 + " ") } }
  }

  /// The names in backticks in the first column of the table that begins with this title.
  func fields(ofTableTitled title: String) -> [String] {
    guard let start = text.range(of: "| \(title) |") else { return [] }
    return text[start.upperBound...].split(separator: "\n", omittingEmptySubsequences: false)
      .dropFirst(2).prefix { $0.hasPrefix("|") }
      .flatMap { $0.dropFirst().prefix { $0 != "|" }.matches(of: /`([a-z_]+)`/) }
      .map { String($0.1) }
  }
}
