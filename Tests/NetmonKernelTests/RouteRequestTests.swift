import CLinux
import Testing

@testable import NetmonKernel

/// Requests to rtnetlink, byte by byte (netlink(7), rtnetlink(7)).
struct RouteRequestTests {
  @Test func headerAndBody() {
    let request = RouteRequest(type: RTM_NEWADDR, UInt32(0x0403_0201).littleEndian)
    #expect(
      request.bytes == [
        20, 0, 0, 0,  // nlmsg_len
        20, 0,  // RTM_NEWADDR
        0x05, 0x06,  // NLM_F_REQUEST | NLM_F_ACK, NLM_F_EXCL | NLM_F_CREATE
        0, 0, 0, 0, 0, 0, 0, 0,  // sequence, port
        1, 2, 3, 4,
      ])
    let change = RouteRequest(type: RTM_SETLINK, isNew: false, UInt32(0))
    #expect(Array(change.bytes[4..<8]) == [19, 0, 0x05, 0x00])
  }

  @Test func attributesArePaddedAndNested() {
    var request = RouteRequest(type: RTM_NEWLINK, UInt32(0))
    let start = request.bytes.count
    request.nest(18) { outer in
      outer.add(1, "veth")
      outer.add(2, [7])
    }
    #expect(
      Array(request.bytes[start...]) == [
        24, 0, 18, 0,  // all of it
        9, 0, 1, 0, 0x76, 0x65, 0x74, 0x68, 0, 0, 0, 0,  // "veth", NUL, padding
        5, 0, 2, 0, 7, 0, 0, 0,
      ])
    #expect(request.bytes[0] == UInt8(request.bytes.count))
  }

  /// What the builder wrote, the reader of netlink messages understands.
  @Test func readsBack() {
    var request = RouteRequest(type: RTM_NEWNEIGH, ndmsg())
    request.add(NDA_DST, [192, 0, 2, 1])
    request.add(NDA_LLADDR, [2, 0, 0, 0, 0, 0xFE])
    var lengths: [Int: Int] = [:]
    let bytes = request.bytes
    let isWhole = NetlinkMessage.forEach(in: bytes.span.bytes) { header, payload in
      #expect(Int(header.nlmsg_type) == RTM_NEWNEIGH)
      NetlinkMessage.forEachAttribute(in: payload, from: MemoryLayout<ndmsg>.size) {
        lengths[$0] = $1.byteCount
      }
    }
    #expect(isWhole)
    #expect(lengths == [NDA_DST: 4, NDA_LLADDR: 6])
  }
}
