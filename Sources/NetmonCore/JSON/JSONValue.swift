/// A JSON document as a tree, for small ones; records have a reader of their own.
package enum JSONValue: Hashable, Sendable {
  case object([String: JSONValue])
  case array([JSONValue])
  case string(String)
  /// A whole number that fits 64 bits.
  case integer(Int64)
  /// Any other number.
  case number(Double)
  case boolean(Bool)
  case null

  /// Parses a whole document.
  ///
  /// Of a key that is there twice the last counts (RFC 8259 leaves it open).
  package init(_ bytes: [UInt8]) throws(JSONError) {
    self = try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
      var json = JSONReader(buffer)
      let value = try JSONValue(&json, in: buffer, depth: 0)
      guard json.isAtEnd else {
        throw JSONError(offset: json.offset, "unexpected text after the end")
      }
      return value
    }
  }

  private init(
    _ json: inout JSONReader, in bytes: UnsafeBufferPointer<UInt8>, depth: Int
  ) throws(JSONError) {
    guard depth < JSONReader.maximumDepth else {
      throw JSONError(offset: json.offset, "nested deeper than \(JSONReader.maximumDepth)")
    }
    switch json.peek() {
    case .object:
      var members: [String: JSONValue] = [:]
      try json.expect("{", "an object")
      if !json.take("}") {
        repeat {
          let key = try json.string()
          try json.expect(":", "':'")
          members[key] = try JSONValue(&json, in: bytes, depth: depth + 1)
        } while json.take(",")
        try json.expect("}", "',' or '}'")
      }
      self = .object(members)
    case .array:
      var elements: [JSONValue] = []
      try json.expect("[", "an array")
      if !json.take("]") {
        repeat {
          elements.append(try JSONValue(&json, in: bytes, depth: depth + 1))
        } while json.take(",")
        try json.expect("]", "',' or ']'")
      }
      self = .array(elements)
    case .string:
      self = .string(try json.string())
    case .number:
      let start = json.offset
      if let integer = try json.integer() {
        self = .integer(integer)
      } else {
        let text = String(decoding: bytes[start..<json.offset], as: UTF8.self)
        self = .number(Double(text) ?? .infinity)
      }
    case .boolean:
      self = .boolean(bytes[json.offset] == UInt8(ascii: "t"))
      try json.skipValue()
    case .null:
      try json.skipValue()
      self = .null
    case nil:
      throw JSONError(offset: json.offset, "expected a value")
    }
  }
}
