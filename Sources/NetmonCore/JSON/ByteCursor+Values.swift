/// The values of records as netmon writes them; nil for whatever needs a second look.
///
/// Of what may be null the outer optional says whether it could be read.
extension ByteCursor {
  /// A whole number from 0, or null.
  @inline(__always)
  mutating func number(below bound: Int64) -> Int64?? {
    let (first, start) = (next, offset)
    if first == UInt8(ascii: "n") { return take("null") ? .some(nil) : nil }
    // JSON has no zeros in front. What follows is looked at by whoever expects the next key.
    guard let value = number(atMost: 16), value < bound,
      first != UInt8(ascii: "0") || offset == start + 1
    else { return nil }
    return value
  }

  /// A name of the model, or null.
  @inline(__always)
  mutating func name<Value>(in names: NameTable<Value>) -> Value?? {
    guard take("\"") else { return take("null") ? .some(nil) : nil }
    guard let bytes = text(upTo: "\""), let value = names[bytes] else { return nil }
    return value
  }

  mutating func string() -> String? {
    guard take("\""), let bytes = text(upTo: "\""),
      bytes.count <= RecordReader.maximumTextLength
    else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  mutating func optionalString() -> String?? {
    if take("null") { return .some(nil) }
    return string().map { .some($0) }
  }

  /// A text that is probably the one met before, or null.
  mutating func text(_ known: inout KnownText) -> String?? {
    if takeCopy(of: known.range) { return known.text }
    if take("null") { return .some(nil) }
    let start = offset
    guard let text = string() else { return nil }
    known = KnownText(range: start..<offset, text: text)
    return text
  }

  /// `ip:port` or `[ipv6]:port`.
  mutating func endpoint() -> Endpoint? {
    guard take("\"") else { return nil }
    let isBracketed = take("[")
    guard let bytes = text(upTo: isBracketed ? "]" : ":"),
      bytes.contains(UInt8(ascii: ":")) == isBracketed, let address = IPAddress(utf8: bytes),
      !isBracketed || take(":"), let port = number(atMost: 5), port <= UInt16.max, take("\"")
    else { return nil }
    return Endpoint(address, UInt16(port))
  }
}
