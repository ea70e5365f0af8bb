/// The path of a file or directory: any text but the empty one.
package struct Path: Hashable, Sendable {
  package let string: String

  /// - Precondition: the path is not empty.
  package init(_ string: String) {
    precondition(!string.isEmpty, "a path cannot be empty")
    self.string = string
  }
}

extension Path: ArgumentValue {
  package init(argument text: String) throws(InvalidValue) {
    guard !text.isEmpty else { throw .isNot(Self.expectation) }
    self.init(text)
  }

  package var argument: String { string }
  package static var placeholder: String { "PATH" }
  package static var expectation: String { "a path" }
  package static var completion: Completion { .path }
}
