/// Names of up to 16 bytes and what they stand for, found without making a `String` of them.
struct NameTable<Value: Sendable>: Sendable {
  private let entries: [(name: PackedName, value: Value)]

  init(_ values: some Sequence<Value>, _ name: (Value) -> String) {
    entries = values.compactMap { value in
      PackedName(name(value).utf8).map { ($0, value) }
    }
  }

  /// The value of that name, written exactly so.
  subscript(name: UnsafeBufferPointer<UInt8>) -> Value? {
    guard let packed = PackedName(name) else { return nil }
    for entry in entries where entry.name == packed { return entry.value }
    return nil
  }

  subscript(name: String) -> Value? {
    var name = name
    return name.withUTF8 { self[$0] }
  }
}

/// The bytes of a short name without NULs, as two numbers.
private struct PackedName: Equatable {
  private var high: UInt64 = 0
  private var low: UInt64 = 0

  /// Nil if there are more than 16 bytes.
  @inline(__always)
  init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count <= 16 else { return nil }
    for byte in bytes {
      high = high << 8 | low >> 56
      low = low << 8 | UInt64(byte)
    }
  }
}
