extension String: ArgumentValue {
  package init(argument text: String) { self = text }
  package var argument: String { self }
  package static var placeholder: String { "TEXT" }
}

extension Bool: ArgumentValue {
  /// Reads `true`, `yes`, `on` or `1`, and their opposites: what environment variables say.
  package init(argument text: String) throws(InvalidValue) {
    switch text.lowercased() {
    case "true", "yes", "on", "1": self = true
    case "false", "no", "off", "0": self = false
    default: throw .isNot(Self.expectation)
    }
  }

  package var argument: String { self ? "true" : "false" }
  package static var expectation: String { "'true' or 'false'" }
  package static var completion: Completion { .values(["true", "false"]) }
}

extension ArgumentValue where Self: FixedWidthInteger {
  package init(argument text: String) throws(InvalidValue) {
    guard let value = Self(text) else {
      let isNumber = text.contains(where: \.isASCIIDigit)
      let range = isNumber ? " from \(Self.min) to \(Self.max)" : ""
      throw .isNot(Self.expectation + range)
    }
    self = value
  }

  package var argument: String { String(self) }
  package static var placeholder: String { "NUMBER" }
  package static var expectation: String { "a whole number" }
}

extension Int: ArgumentValue {}
extension Int32: ArgumentValue {}
extension Int64: ArgumentValue {}
extension UInt: ArgumentValue {}
extension UInt8: ArgumentValue {}
extension UInt16: ArgumentValue {}
extension UInt32: ArgumentValue {}
extension UInt64: ArgumentValue {}
