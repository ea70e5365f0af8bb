/// A section of the reference and the manual page for what several commands have in common.
package struct Appendix: Sendable {
  let title: String
  let text: String
  let entries: [(term: String, meaning: String)]

  /// - Parameters:
  ///   - title: the title, in lower case but for its first letter.
  ///   - text: what there is to say; newlines separate paragraphs.
  ///   - entries: what is typed or met literally, and what it means, without full stop.
  package init(
    _ title: String, _ text: String, entries: [(term: String, meaning: String)] = []
  ) {
    self.title = title
    self.text = text
    self.entries = entries
  }
}
