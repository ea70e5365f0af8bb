internal import CLinux

/// A request to rtnetlink(7) as it is put together: a header, a fixed structure, and attributes that
/// may hold others.
struct RouteRequest {
  private(set) var bytes: [UInt8] = []

  /// Begins with the structure that the type of message has. What is asked for must not be there yet,
  /// unless it is to be changed or removed.
  init<Body: BitwiseCopyable>(type: Int, isNew: Bool = true, _ body: Body) {
    var header = nlmsghdr()
    header.nlmsg_type = UInt16(type)
    header.nlmsg_flags = UInt16(NLM_F_REQUEST | NLM_F_ACK)
    if isNew { header.nlmsg_flags |= UInt16(NLM_F_CREATE | NLM_F_EXCL) }
    add(header)
    add(body)
    setLength(at: 0, UInt32(bytes.count))
  }

  mutating func add(_ type: Int, _ value: [UInt8]) {
    nest(type) { $0.bytes += value }
  }

  mutating func add(_ type: Int, _ text: String) {
    add(type, Array(text.utf8) + [0])
  }

  /// Adds an attribute that consists of what `body` adds.
  mutating func nest(_ type: Int, _ body: (inout RouteRequest) -> Void) {
    let start = bytes.count
    add(nlattr(nla_len: 0, nla_type: UInt16(type)))
    body(&self)
    setLength(at: start, UInt16(bytes.count - start))
    pad()
    setLength(at: 0, UInt32(bytes.count))
  }

  /// Appends a structure as it lies in memory.
  mutating func add<Value: BitwiseCopyable>(_ value: Value) {
    withUnsafeBytes(of: value) { bytes += $0 }
    pad()
  }

  private mutating func pad() {
    bytes += repeatElement(0, count: NetlinkMessage.align(bytes.count) - bytes.count)
  }

  /// Lengths come first, in both headers and attributes.
  private mutating func setLength<Length: FixedWidthInteger>(at offset: Int, _ length: Length) {
    withUnsafeBytes(of: length) { value in
      for (index, byte) in value.enumerated() { bytes[offset + index] = byte }
    }
  }
}
