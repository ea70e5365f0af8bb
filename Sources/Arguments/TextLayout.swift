/// The text broken between words into lines of at most a width, which includes their indent.
///
/// Every character takes one column, and words that are too long stick out.
func wrapped(_ text: String, width: Int, indent: Int = 0) -> [String] {
  text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
    let words = line.split(separator: " ").map(String.init)
    let margin = String(repeating: " ", count: indent)
    return wrapped(words, width: width - indent, hangingIndent: 0).map { line in
      line.isEmpty ? "" : margin + line
    }
  }
}

/// The words joined by spaces into lines of at most a width, of which all but the first are
/// indented.
func wrapped(_ words: [String], width: Int, hangingIndent: Int) -> [String] {
  var lines: [String] = []
  var line = words.first ?? ""
  for word in words.dropFirst() {
    if line.count + 1 + word.count <= width {
      line += " \(word)"
    } else {
      lines.append(line)
      line = String(repeating: " ", count: hangingIndent) + word
    }
  }
  return lines + [line]
}
