// Names of processes and paths are bytes (path_resolution(7)), usually UTF-8; a record holds text.

extension String {
  /// The text of bytes that should be UTF-8, from which those bytes can be told again.
  ///
  /// A byte that is not valid becomes U+FFFD and its two hexadecimal digits: `caf\xe9` is `caf�e9`.
  /// So does each byte of a U+FFFD that was there already, so that no two names become one text.
  package init(keeping bytes: UnsafeBufferPointer<UInt8>) {
    if let text = String(validating: bytes, as: UTF8.self),
      !text.unicodeScalars.contains(String.replacement)
    {
      self = text
      return
    }
    self.init()
    var rest = bytes[...]
    while let first = rest.first {
      // At most four bytes make a scalar; the longest valid beginning with exactly one is it.
      let scalar = (1...min(4, rest.count)).lazy
        .compactMap { String(validating: rest.prefix($0), as: UTF8.self)?.unicodeScalars.first }
        .first
      if let scalar, scalar != String.replacement {
        unicodeScalars.append(scalar)
        rest = rest.dropFirst(UTF8.width(scalar))
      } else {
        unicodeScalars.append(String.replacement)
        self += String(first >> 4, radix: 16) + String(first & 0xF, radix: 16)
        rest = rest.dropFirst()
      }
    }
  }

  fileprivate static let replacement: Unicode.Scalar = "\u{fffd}"

  /// The bytes that ``init(keeping:)`` was given, if this is a text that it made.
  package var keptBytes: [UInt8] {
    var bytes: [UInt8] = []
    var rest = unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == Self.replacement, let byte = rest.hexadecimalByte {
        bytes.append(byte)
        rest = rest.dropFirst(2)
      } else {
        bytes += Array(String(scalar).utf8)
      }
    }
    return bytes
  }
}

extension Substring.UnicodeScalarView {
  /// The byte that the next two scalars are the digits of, if they are such as netmon writes.
  var hexadecimalByte: UInt8? {
    let digits = prefix(2)
    guard digits.count == 2, digits.allSatisfy({ "0123456789abcdef".unicodeScalars.contains($0) })
    else { return nil }
    return UInt8(String(digits), radix: 16).flatMap { $0 >= 0x80 ? $0 : nil }
  }
}
