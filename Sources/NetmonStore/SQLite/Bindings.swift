/// The values bound by SQL under construction, so that no value is ever part of the text.
struct Bindings {
  private(set) var values: [SQLValue] = []

  /// Binds a value and returns its placeholder.
  mutating func bind(_ value: SQLValue) -> String {
    values.append(value)
    return "?\(values.count)"
  }

  mutating func bind(_ text: String) -> String { bind(.text(text)) }
  mutating func bind(_ number: some BinaryInteger) -> String { bind(SQLValue(number)) }
}
