internal import NetmonCore

/// Reading fields at byte offsets. These trap beyond the end like any subscript: a caller checks
/// the length of a record once, and not for each of its fields.
extension RawSpan {
  @inline(__always)
  func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type = Value.self) -> Value {
    unsafeLoadUnaligned(fromByteOffset: offset, as: type)
  }

  /// The value, or nil when the bytes end before it does.
  func value<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type = Value.self) -> Value? {
    guard offset >= 0, offset <= byteCount - MemoryLayout<Value>.size else { return nil }
    return load(offset, as: type)
  }

  /// An IPv4 address in network order.
  func ipv4(_ offset: Int) -> IPAddress {
    IPAddress(ipv4: UInt32(bigEndian: load(offset)))
  }

  /// An IPv6 address in network order; an IPv4-mapped one becomes IPv4.
  func ipv6(_ offset: Int) -> IPAddress {
    IPAddress(high: UInt64(bigEndian: load(offset)), low: UInt64(bigEndian: load(offset + 8)))
  }

  /// The text from `offset` up to a NUL or to `end`; bytes that are no UTF-8 are kept as
  /// `String.init(keeping:)` does.
  func string(_ offset: Int, end: Int) -> String {
    guard offset < end, end <= byteCount else { return "" }
    return extracting(offset..<end).withUnsafeBytes { bytes in
      let text = UnsafeRawBufferPointer(rebasing: bytes.prefix { $0 != 0 })
      return text.withMemoryRebound(to: UInt8.self) { String(keeping: $0) }
    }
  }
}
