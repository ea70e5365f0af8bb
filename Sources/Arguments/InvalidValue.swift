/// Why a text cannot be read as a value.
///
/// The text itself is left out: the message quotes it, made printable and cut to a sane length.
package enum InvalidValue: Error, Hashable, Sendable {
  /// The text is not what was expected, given with its article: `.isNot("a whole number")`.
  case isNot(String)

  /// The text is none of the names there are.
  case isNotOneOf([String])

  /// A reason to be told without the text, which may hold a secret.
  case withheld(String)

  /// Any other reason, as a sentence that follows the quoted text: `.because("no such month")`.
  case because(String)

  /// What to tell the user of a text; the value that help calls `FORMAT` is an "unknown format".
  func message(for text: String, placeholder: String) -> String {
    switch self {
    case .isNot(let expectation):
      return "\(quoted(text)) is not \(expectation)"
    case .isNotOneOf(let names):
      return "unknown \(placeholder.lowercased()) \(quoted(text))"
        + suggestion(for: text, among: names) + " (\(names.joined(separator: ", ")))"
    case .withheld(let reason):
      return reason
    case .because(let reason):
      return "\(quoted(text)): \(reason)"
    }
  }
}
