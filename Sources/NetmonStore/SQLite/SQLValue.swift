/// A value bound to a statement.
enum SQLValue: Hashable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  init(_ value: (some BinaryInteger)?) {
    self = value.map { .integer(Int64($0)) } ?? .null
  }

  init(_ value: String?) {
    self = value.map { .text($0) } ?? .null
  }

  init(_ value: Double?) {
    self = value.map { .real($0) } ?? .null
  }
}
