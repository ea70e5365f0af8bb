/// A pull parser for JSON (RFC 8259) over bytes in memory: the caller says what it expects next.
///
/// It never builds a tree; values nobody wants are skipped, checked all the same. It must not
/// outlive the buffer it reads, so it stays within the closure that lends it.
struct JSONReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private(set) var offset: Int

  /// Nesting beyond this is refused, so that a hostile document cannot exhaust the stack.
  static let maximumDepth = 64

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    offset = 0
  }

  /// Goes on behind what somebody else has read.
  mutating func move(to offset: Int) {
    precondition((self.offset...bytes.count).contains(offset))
    self.offset = offset
  }

  enum Kind {
    case object, array, string, number, boolean, null
  }

  /// What stands next, or nil at the end or before something that begins no value.
  mutating func peek() -> Kind? {
    skipSpace()
    guard offset < bytes.count else { return nil }
    switch bytes[offset] {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "-"), 0x30...0x39: return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
    case UInt8(ascii: "n"): return .null
    default: return nil
    }
  }

  var isAtEnd: Bool {
    mutating get {
      skipSpace()
      return offset == bytes.count
    }
  }

  mutating func skipSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0A, 0x0D: offset += 1
      default: return
      }
    }
  }

  /// Consumes the character if it stands next.
  mutating func take(_ ascii: Unicode.Scalar) -> Bool {
    skipSpace()
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: ascii) else { return false }
    offset += 1
    return true
  }

  mutating func expect(_ ascii: Unicode.Scalar, _ what: String) throws(JSONError) {
    guard take(ascii) else { throw JSONError(offset: offset, "expected \(what)") }
  }

  // MARK: Values

  /// Consumes the key and colon if the key is exactly `name`, written without escapes.
  ///
  /// Records written by netmon have their fields in one order, so guessing the next key saves
  /// making a string of it.
  mutating func takeKey(_ name: String) -> Bool {
    skipSpace()
    let key = name.utf8
    let end = offset + 1 + key.count
    guard end + 1 < bytes.count, bytes[offset] == 0x22, bytes[end] == 0x22,
      bytes[end + 1] == UInt8(ascii: ":"), bytes[offset + 1..<end].elementsEqual(key)
    else { return false }
    offset = end + 2
    return true
  }

  mutating func string() throws(JSONError) -> String {
    try expect("\"", "a string")
    let start = offset
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x22:
        defer { offset += 1 }
        return try text(start..<offset)
      case 0x5C:
        return try escapedString(from: start)
      case 0..<0x20:
        throw JSONError(offset: offset, "a control character in a string must be escaped")
      default:
        offset += 1
      }
    }
    throw JSONError(offset: offset, "the string does not end")
  }

  /// A whole number that fits 64 bits, also as `7.0`, which many languages write; nil, with the
  /// number consumed, for any other number.
  mutating func integer() throws(JSONError) -> Int64? {
    skipSpace()
    let isNegative = take("-")
    let start = offset
    var value: Int64 = 0
    var overflow = false
    while offset < bytes.count, case 0x30...0x39 = bytes[offset] {
      let digit = Int64(bytes[offset] - 0x30)
      let (product, over) = value.multipliedReportingOverflow(by: 10)
      let (sum, more) =
        isNegative
        ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      overflow = overflow || over || more
      value = sum
      offset += 1
    }
    guard offset > start, offset - start == 1 || bytes[start] != 0x30 else {
      throw JSONError(offset: start, "expected a number")
    }
    let isWhole = try !skipFractionAndExponent()
    return isWhole && !overflow ? value : nil
  }

  mutating func null() -> Bool {
    literal("null")
  }

  /// Skips one value of any kind.
  mutating func skipValue(depth: Int = 0) throws(JSONError) {
    guard depth < Self.maximumDepth else {
      throw JSONError(offset: offset, "nested deeper than \(Self.maximumDepth)")
    }
    switch peek() {
    case .string: _ = try string()
    case .number: _ = try integer()
    case .boolean, .null:
      guard literal("true") || literal("false") || literal("null") else {
        throw JSONError(offset: offset, "expected a value")
      }
    case .array:
      offset += 1
      if take("]") { return }
      repeat { try skipValue(depth: depth + 1) } while take(",")
      try expect("]", "',' or ']'")
    case .object:
      offset += 1
      if take("}") { return }
      repeat {
        _ = try string()
        try expect(":", "':'")
        try skipValue(depth: depth + 1)
      } while take(",")
      try expect("}", "',' or '}'")
    case nil:
      throw JSONError(offset: offset, "expected a value")
    }
  }

  // MARK: Pieces

  private mutating func literal(_ word: StaticString) -> Bool {
    skipSpace()
    let count = word.utf8CodeUnitCount
    guard offset + count <= bytes.count else { return false }
    for index in 0..<count where bytes[offset + index] != word.utf8Start[index] { return false }
    offset += count
    return true
  }

  /// Whether there was an exponent, or a fraction that is not zero.
  private mutating func skipFractionAndExponent() throws(JSONError) -> Bool {
    var found = false
    if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
      offset += 1
      let start = offset
      try skipDigits()
      found = bytes[start..<offset].contains { $0 != UInt8(ascii: "0") }
    }
    if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
      offset += 1
      if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == 0x2D {
        offset += 1
      }
      try skipDigits()
      found = true
    }
    return found
  }

  private mutating func skipDigits() throws(JSONError) {
    let start = offset
    while offset < bytes.count, case 0x30...0x39 = bytes[offset] { offset += 1 }
    guard offset > start else { throw JSONError(offset: offset, "expected a digit") }
  }

  private func text(_ range: Range<Int>) throws(JSONError) -> String {
    guard let text = String(validating: bytes[range], as: UTF8.self) else {
      throw JSONError(offset: range.lowerBound, "not valid UTF-8")
    }
    return text
  }

  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var result: [UInt8] = Array(bytes[start..<offset])
    while offset < bytes.count {
      let byte = bytes[offset]
      switch byte {
      case 0x22:
        offset += 1
        guard let text = String(validating: result, as: UTF8.self) else {
          throw JSONError(offset: start, "not valid UTF-8")
        }
        return text
      case 0x5C:
        try appendEscape(to: &result)
      case 0..<0x20:
        throw JSONError(offset: offset, "a control character in a string must be escaped")
      default:
        result.append(byte)
        offset += 1
      }
    }
    throw JSONError(offset: offset, "the string does not end")
  }

  private mutating func appendEscape(to result: inout [UInt8]) throws(JSONError) {
    let start = offset
    guard offset + 1 < bytes.count else {
      throw JSONError(offset: offset, "the string does not end")
    }
    let letter = bytes[offset + 1]
    offset += 2
    switch letter {
    case 0x22, 0x5C, 0x2F: result.append(letter)
    case UInt8(ascii: "b"): result.append(0x08)
    case UInt8(ascii: "f"): result.append(0x0C)
    case UInt8(ascii: "n"): result.append(0x0A)
    case UInt8(ascii: "r"): result.append(0x0D)
    case UInt8(ascii: "t"): result.append(0x09)
    case UInt8(ascii: "u"):
      var code = UInt32(try hexQuad())
      if code & 0xFC00 == 0xD800, offset + 1 < bytes.count, bytes[offset] == 0x5C,
        bytes[offset + 1] == UInt8(ascii: "u")
      {
        offset += 2
        let low = UInt32(try hexQuad())
        guard low & 0xFC00 == 0xDC00 else { throw JSONError(offset: start, "a lone surrogate") }
        code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
      }
      guard let scalar = Unicode.Scalar(code) else {
        throw JSONError(offset: start, "a lone surrogate")
      }
      result.append(contentsOf: UTF8.encode(scalar)!)
    default:
      throw JSONError(offset: start, "no such escape")
    }
  }

  private mutating func hexQuad() throws(JSONError) -> UInt16 {
    guard offset + 4 <= bytes.count else { throw JSONError(offset: offset, "expected four digits") }
    var value: UInt16 = 0
    for index in offset..<offset + 4 {
      guard let nibble = hexDigitValue(bytes[index]) else {
        throw JSONError(offset: index, "expected a hexadecimal digit")
      }
      value = value << 4 | UInt16(nibble)
    }
    offset += 4
    return value
  }
}

/// Where a document is not JSON, and why.
public struct JSONError: Error, Hashable, Sendable {
  /// Bytes from the document's start.
  public let offset: Int
  public let reason: String

  init(offset: Int, _ reason: String) {
    self.offset = offset
    self.reason = reason
  }
}
