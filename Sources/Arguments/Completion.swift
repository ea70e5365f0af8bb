/// What a shell offers while a value is typed.
package enum Completion: Hashable, Sendable {
  /// Nothing: the value is free text.
  case none

  /// Names of files and directories.
  case path

  /// The only values there are; help lists them.
  case values([String])

  /// Some values or their beginnings, such as `error:`; help does not list them.
  case suggestions([String])

  /// The words to offer; none for paths, which the shell knows better.
  var words: [String] {
    switch self {
    case .none, .path: []
    case .values(let words), .suggestions(let words): words
    }
  }
}
