/// A property that an option, a flag or an operand fills.
///
/// It is a value, an optional value, an array of values, or one of these that is ``Sourced``.
package protocol ArgumentStorage: Sendable {
  associatedtype Value: ArgumentValue

  static var arity: Arity { get }

  /// What is stored; in a command's initial options, the default.
  var storedValues: [Value] { get }

  /// Replaces what is stored. At least one value is given, and no more than the arity allows.
  mutating func store(_ values: [Value], from source: ValueSource)
}

/// How many values a property holds.
package enum Arity: Sendable {
  case one, optional, many
}

/// Where a value came from.
package enum ValueSource: Sendable {
  case `default`, environment, commandLine
}

extension ArgumentStorage where Self: ArgumentValue {
  package static var arity: Arity { .one }
  package var storedValues: [Self] { [self] }

  package mutating func store(_ values: [Self], from source: ValueSource) {
    self = values.last ?? self
  }
}

extension Optional: ArgumentStorage where Wrapped: ArgumentValue {
  package static var arity: Arity { .optional }
  package var storedValues: [Wrapped] { map { [$0] } ?? [] }

  package mutating func store(_ values: [Wrapped], from source: ValueSource) {
    self = values.last ?? self
  }
}

extension Array: ArgumentStorage where Element: ArgumentValue {
  package static var arity: Arity { .many }
  package var storedValues: [Element] { self }

  package mutating func store(_ values: [Element], from source: ValueSource) {
    self = values
  }
}
