import Foundation
import NetmonCore

/// What Foundation makes of the same JSON.
enum JSONReference {
  /// Throws if the two differ in what is JSON, or in what it says.
  ///
  /// They need not agree on what RFC 8259 leaves open: how deep values may be nested, which numbers
  /// there are, and encodings other than UTF-8, which Foundation guesses at.
  static func compare(
    _ input: [UInt8], _ value: Result<JSONValue, JSONError>
  ) throws(BrokenInvariant) {
    guard !isAnotherEncoding(input) else { return }
    var other: Any?
    if String(validating: input, as: UTF8.self) != nil {
      other = try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)
    }
    switch value {
    case .success(let value):
      guard let other else {
        return try require(!value.isRepresentable, "Foundation knows no such JSON: \(value)")
      }
      try require(value.says(the: other), "Foundation reads another: \(value), \(other)")
    case .failure(let error):
      try require(
        other == nil || error.reason.hasPrefix("nested") || isLastComma(error, in: input),
        "it is JSON: \(error)")
    }
  }

  /// Whether the mistake is a comma behind the last of an object or array, which Foundation permits on
  /// Linux and RFC 8259 does not.
  private static func isLastComma(_ error: JSONError, in input: [UInt8]) -> Bool {
    guard error.offset < input.count else { return false }
    switch (error.reason, input[error.offset]) {
    case ("expected a string", UInt8(ascii: "}")), ("expected a value", UInt8(ascii: "]")):
      return true
    default: return false
    }
  }

  private static func isAnotherEncoding(_ input: [UInt8]) -> Bool {
    let first = input.prefix(4)
    return first.contains(0) || first.starts(with: [0xEF, 0xBB, 0xBF])
      || first.starts(with: [0xFE, 0xFF]) || first.starts(with: [0xFF, 0xFE])
  }
}

extension JSONValue {
  /// Whether all its numbers are finite.
  fileprivate var isRepresentable: Bool {
    switch self {
    case .object(let members): members.values.allSatisfy(\.isRepresentable)
    case .array(let values): values.allSatisfy(\.isRepresentable)
    case .number(let number): number.isFinite
    case .string, .integer, .boolean, .null: true
    }
  }

  fileprivate func says(the other: Any) -> Bool {
    switch self {
    case .object(let members):
      guard let others = other as? [String: Any], others.count == members.count else {
        return false
      }
      return members.allSatisfy { name, value in others[name].map(value.says(the:)) ?? false }
    case .array(let values):
      guard let others = other as? [Any], others.count == values.count else { return false }
      return zip(values, others).allSatisfy { $0.says(the: $1) }
    case .string(let text): return (other as? String)?.utf8.elementsEqual(text.utf8) ?? false
    case .integer(let number): return (other as? NSNumber)?.int64Value == number
    case .number(let number):
      guard let other = (other as? NSNumber)?.doubleValue else { return false }
      return other == number || abs(other - number) <= abs(number) * 1e-15
    case .boolean(let flag): return (other as? NSNumber)?.boolValue == flag
    case .null: return other is NSNull
    }
  }
}
