/// A type that the text of an option or an operand can be read as.
///
/// An enum with string raw values needs no code: `enum Format: String, CaseIterable, ArgumentValue`.
package protocol ArgumentValue: ArgumentStorage where Value == Self {
  /// Reads the value from its text.
  init(argument text: String) throws(InvalidValue)

  /// The text that reads as this value, which help shows for a default.
  var argument: String { get }

  /// The word that stands for a value in help, such as `NUMBER`.
  static var placeholder: String { get }

  /// What a value is, with its article, such as "a whole number"; it ends "'x' is not …".
  static var expectation: String { get }

  /// What a shell offers for a value.
  static var completion: Completion { get }
}

extension ArgumentValue {
  package static var placeholder: String { "VALUE" }
  package static var expectation: String { "a valid \(placeholder.lowercased())" }
  package static var completion: Completion { .none }
}

extension ArgumentValue where Self: CaseIterable & RawRepresentable, RawValue == String {
  package init(argument text: String) throws(InvalidValue) {
    guard let value = Self(rawValue: text) else {
      throw .isNotOneOf(Self.allCases.map(\.rawValue))
    }
    self = value
  }

  package var argument: String { rawValue }
  package static var completion: Completion { .values(allCases.map(\.rawValue)) }
}
