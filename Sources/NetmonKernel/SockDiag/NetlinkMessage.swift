package import CLinux

/// The form of netlink datagrams (netlink(7)): messages one after another, each a header and a
/// payload, which often ends with attributes.
package enum NetlinkMessage {
  static let headerSize = MemoryLayout<nlmsghdr>.size

  /// `NLMSG_ALIGN`, and `NLA_ALIGN` as well.
  static func align(_ length: Int) -> Int { (length + 3) & ~3 }

  /// Hands out the messages of a datagram.
  ///
  /// Returns false if it is not as documented; what came before that was handed out.
  package static func forEach(
    in datagram: RawSpan, _ body: (_ header: nlmsghdr, _ payload: RawSpan) -> Void
  ) -> Bool {
    var offset = 0
    while offset < datagram.byteCount {
      guard let header = datagram.value(offset, as: nlmsghdr.self) else { return false }
      let length = Int(header.nlmsg_len)
      guard length >= headerSize, length <= datagram.byteCount - offset else { return false }
      body(header, datagram.extracting(offset + headerSize..<offset + length))
      offset += align(length)
    }
    return true
  }

  /// Hands out the attributes that begin at `start` of a payload, and ends at one that is cut off.
  static func forEachAttribute(
    in payload: RawSpan, from start: Int, _ body: (_ type: Int, _ value: RawSpan) -> Void
  ) {
    let headerSize = MemoryLayout<nlattr>.size
    var offset = start
    while let header = payload.value(offset, as: nlattr.self) {
      let length = Int(header.nla_len)
      guard length >= headerSize, length <= payload.byteCount - offset else { return }
      body(
        Int(header.nla_type) & typeBits,
        payload.extracting(offset + headerSize..<offset + length))
      offset += align(length)
    }
  }

  /// `NLA_TYPE_MASK`: without the flags for nested values and network order.
  private static let typeBits = 0x3FFF

  /// A request: the header, a fixed structure and attributes behind it.
  static func request<Body: BitwiseCopyable>(
    type: Int32, flags: Int32, sequence: UInt32 = 0, _ body: Body,
    attributes: [(type: Int, value: UInt32)] = []
  ) -> [UInt8] {
    let attributeSize = MemoryLayout<nlattr>.size + 4
    let length =
      headerSize + align(MemoryLayout<Body>.size) + attributes.count * attributeSize
    var bytes = [UInt8](repeating: 0, count: length)
    var header = nlmsghdr()
    header.nlmsg_len = UInt32(length)
    header.nlmsg_type = UInt16(type)
    header.nlmsg_flags = UInt16(flags)
    header.nlmsg_seq = sequence
    bytes.withUnsafeMutableBytes { raw in
      raw.storeBytes(of: header, as: nlmsghdr.self)
      raw.storeBytes(of: body, toByteOffset: headerSize, as: Body.self)
      var offset = length - attributes.count * attributeSize
      for attribute in attributes {
        let header = nlattr(nla_len: UInt16(attributeSize), nla_type: UInt16(attribute.type))
        raw.storeBytes(of: header, toByteOffset: offset, as: nlattr.self)
        raw.storeBytes(
          of: attribute.value, toByteOffset: offset + MemoryLayout<nlattr>.size, as: UInt32.self)
        offset += attributeSize
      }
    }
    return bytes
  }
}
