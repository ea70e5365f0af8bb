extension Character {
  /// Whether the character is one of `0` to `9`, not a digit of another script.
  var isASCIIDigit: Bool { isASCII && isWholeNumber }
}

extension Substring {
  /// Removes and returns the longest prefix whose characters all satisfy the predicate.
  mutating func removePrefix(while predicate: (Character) -> Bool) -> Substring {
    let prefix = prefix(while: predicate)
    self = self[prefix.endIndex...]
    return prefix
  }
}
