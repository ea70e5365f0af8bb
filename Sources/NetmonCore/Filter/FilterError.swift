/// A mistake in a filter: what is wrong, where, and what may have been meant.
public struct FilterError: Error, Hashable, Sendable {
  /// The text that holds the mistake: the filter, or the one operand or parameter of several.
  public let text: String
  /// Where the mistake begins in `text`, in bytes of UTF-8 from 0; always between two characters.
  public let position: Int
  /// How many bytes of UTF-8 are wrong.
  public let length: Int
  /// What is wrong: one line, safe to print wherever the filter came from.
  public let message: String
  /// What to write instead of the wrong bytes, unescaped.
  public let suggestion: String?

  /// Where the mistake begins, as people count: in characters (Unicode scalars) from 1.
  public var character: Int { characters(before: position) + 1 }

  /// How many characters are wrong.
  public var characterCount: Int { characters(before: position + length) - character + 1 }

  private func characters(before offset: Int) -> Int {
    String(decoding: text.utf8.prefix(offset), as: UTF8.self).unicodeScalars.count
  }

  init(_ message: String, in text: String, at range: Range<Int>, suggestion: String? = nil) {
    self.text = text
    self.position = range.lowerBound
    self.length = range.count
    self.message = message
    self.suggestion = suggestion
  }

  /// A piece of a filter for a message: in quotes, escaped and cut.
  static func quote(_ text: String) -> String {
    "'\(truncated(terminalSafe(truncated(text, columns: 40)), columns: 40))'"
  }
}

extension FilterError: CustomStringConvertible {
  /// The message and the suggestion in one printable line.
  public var description: String {
    message + (suggestion.map { "; did you mean \(Self.quote($0))?" } ?? "")
  }
}

extension FilterError {
  /// Where the mistake is, for a message about one of several texts: `at character 7 of 'erorr:any'`.
  public var place: String { "at character \(character) of \(Self.quote(text))" }

  /// Two lines for a terminal: the filter, cut around the mistake, and a marker below it.
  ///
  ///     host:web-1 erorr:any
  ///                ^~~~~
  public func excerpt(columns: Int = 76) -> String {
    let bytes = Array(text.utf8)
    func part(_ range: Range<Int>) -> String {
      terminalSafe(String(decoding: bytes[range], as: UTF8.self))
    }
    let end = position + length
    let wrong = truncated(part(position..<end), columns: columns / 2)
    let before = truncatedAtStart(part(0..<position), columns: columns / 4)
    let room = columns - displayWidth(before) - displayWidth(wrong)
    let after = truncated(part(end..<bytes.count), columns: room)
    let marker = "^" + String(repeating: "~", count: max(displayWidth(wrong) - 1, 0))
    return before + wrong + after + "\n"
      + String(repeating: " ", count: displayWidth(before)) + marker
  }
}
