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

  /// Some of these, joined by commas; help does not list them.
  case list([String])

  /// Terms such as `error:any,ECONNREFUSED`, given as every key (`error:`) and every key with one of
  /// its values (`error:any`); help does not list them. The key is offered first, then its values,
  /// one after each comma. A dash before the key is left alone.
  case terms([String])

  /// The words to offer; none for paths, which the shell knows better.
  var words: [String] {
    switch self {
    case .none, .path: []
    case .values(let words), .suggestions(let words), .list(let words), .terms(let words): words
    }
  }
}
