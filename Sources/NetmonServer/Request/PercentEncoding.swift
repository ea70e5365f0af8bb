import NetmonCore

/// Percent-encoding of URLs (RFC 3986 §2.1).
package enum PercentEncoding {
  /// The text meant, or nil if an escape is broken or the result is not UTF-8.
  ///
  /// In a form, and so in queries that browsers write, `+` stands for a space.
  package static func decode(_ text: Substring, isForm: Bool = false) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(hexDigitValue),
          let low = rest.popFirst().flatMap(hexDigitValue)
        else { return nil }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where isForm:
        bytes.append(UInt8(ascii: " "))
      default:
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The text with everything escaped but what RFC 3986 §2.3 calls unreserved.
  package static func encode(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
