import NetmonCore
import Testing

@testable import NetmonKernel

struct TracepointFormatTests {
  @Test func fieldsOfThisKernel() throws {
    let format = try KernelFixture.format("6.18", .inet_sock_set_state)
    #expect(format.name == "inet_sock_set_state")
    #expect(format.id == 2287)
    #expect(format.fields.count == 15)
    let field = try #require(format[field: "saddr_v6"])
    #expect(
      field
        == .init(
          name: "saddr_v6", type: "__u8", offset: 40, size: 16, isSigned: false, isArray: true))
    #expect(format[field: "skaddr"]?.type == "const void *")
    #expect(format[field: "oldstate"]?.isSigned == true)
  }

  @Test func dataLocations() throws {
    let format = try TracepointFormat(KernelFixture.text("6.18/io_uring_submit_req.format"))
    #expect(format[field: "op_str"]?.isDataLocation == true)
    #expect(format[field: "opcode"]?.isDataLocation == false)
    #expect(format[field: "user_data"]?.type == "unsigned long long")
  }

  /// Every tracepoint that a version has in a form that can be used.
  @Test(arguments: [
    (
      "4.16",
      [
        Tracepoint.inet_sock_set_state, .tcp_destroy_sock, .tcp_receive_reset, .tcp_send_reset,
        .tcp_retransmit_skb,
      ]
    ),
    (
      "5.14",
      [
        .inet_sock_set_state, .inet_sk_error_report, .tcp_destroy_sock, .tcp_receive_reset,
        .tcp_send_reset, .tcp_retransmit_skb, .fib_table_lookup, .fib6_table_lookup,
      ]
    ),
    (
      "5.10",
      Tracepoint.allCases.filter { ![.inet_sk_error_report, .icmp_send].contains($0) }
    ),
    // Debian's, to which icmp_send was ported back.
    ("6.1", Tracepoint.allCases), ("6.12", Tracepoint.allCases),
    ("6.18", Tracepoint.allCases), ("7.2", Tracepoint.allCases),
  ])
  func usableTracepoints(version: String, expected: [Tracepoint]) throws {
    var usable: [Tracepoint] = []
    for tracepoint in Tracepoint.allCases {
      var decoder = EventDecoder()
      guard let format = try? KernelFixture.format(version, tracepoint) else { continue }
      if (try? decoder.add(tracepoint, format)) != nil { usable.append(tracepoint) }
    }
    #expect(usable == expected)
  }

  /// Before Linux 4.18 the event lacks the protocol and the ports.
  @Test func oldRouteLookupIsRefused() throws {
    var decoder = EventDecoder()
    let format = try KernelFixture.format("4.16", .fib_table_lookup)
    #expect(throws: KernelError.malformed("fib_table_lookup: field err")) {
      try decoder.add(.fib_table_lookup, format)
    }
  }

  @Test(arguments: [
    "", "name: x\nID: 1\n", "name: x\nformat:\n\tfield:int a;\toffset:0;\tsize:4;\tsigned:1;\n",
    "name: x\nID: 1\nformat:\n\tfield:int a;\toffset:0;\n",
    "name: x\nID: 1\nformat:\n\tfield:int a;\toffset:-8;\tsize:4;\tsigned:1;\n",
    "name: x\nID: 1\nformat:\n\tfield:int a;\toffset:0;\tsize:9999999;\tsigned:1;\n",
    "name: x\nID: 99999\nformat:\n\tfield:int a;\toffset:0;\tsize:4;\tsigned:1;\n",
  ])
  func brokenFormats(text: String) {
    #expect(throws: KernelError.self) { try TracepointFormat(text) }
  }

  /// The protocol was one byte before Linux 5.6, which moves all that follows.
  @Test(arguments: ["4.16", "5.10", "5.14", "6.1", "6.12", "6.18", "7.2"])
  func stateChangeOfEachVersion(version: String) throws {
    let format = try KernelFixture.format(version, .inet_sock_set_state)
    var record = ByteBuilder()
    func offset(_ name: String) throws -> Int { try #require(format[field: name]).offset }
    record.set(format.id, at: 0)
    record.set(UInt8(0x10), at: 2)
    record.set(Int32(4711), at: 4)
    record.set(UInt64(0xFFFF_8880_1234_5678), at: try offset("skaddr"))
    record.set(Int32(2), at: try offset("oldstate"))
    record.set(Int32(7), at: try offset("newstate"))
    record.set(UInt16(50_000), at: try offset("sport"))
    record.set(UInt16(443), at: try offset("dport"))
    record.set(UInt8(6), at: try offset("protocol"))
    // ::ffff:10.0.0.1 and 2001:db8::1
    record.set(UInt16(0xFFFF), at: try offset("saddr_v6") + 10)
    record.set(UInt32(bigEndian: 0x0A00_0001), at: try offset("saddr_v6") + 12)
    record.set(UInt32(bigEndian: 0x2001_0DB8), at: try offset("daddr_v6"))
    record.set(UInt8(1), at: try offset("daddr_v6") + 15)
    let event = try KernelFixture.decoder(version).decode(record.bytes.span.bytes, time: 9, cpu: 3)
    let tuple = SocketEvent.Tuple(
      .tcp, local: try #require(Endpoint("10.0.0.1:50000")),
      remote: try #require(Endpoint("[2001:db8::1]:443")))
    #expect(
      event
        == SocketEvent(
          time: 9, cpu: 3, thread: 4711, isInterrupt: true,
          kind: .setState(
            .init(socket: 0xFFFF_8880_1234_5678, tuple: tuple, from: .SYN_SENT, to: .CLOSE))))
  }

  /// Since Linux 6.10 the addresses are `struct sockaddr`.
  @Test func sentResetHasTwoForms() throws {
    for version in ["5.10", "5.14", "6.1", "6.12", "6.18", "7.2"] {
      let format = try KernelFixture.format(version, .tcp_send_reset)
      var record = ByteBuilder()
      func offset(_ name: String) throws -> Int { try #require(format[field: name]).offset }
      record.set(format.id, at: 0)
      record.set(UInt64(77), at: try offset("skaddr"))
      if format[field: "saddr_v6"] == nil {
        for (name, port) in [("saddr", UInt16(80)), ("daddr", 9)] {
          record.set(UInt16(2), at: try offset(name))
          record.set(port.bigEndian, at: try offset(name) + 2)
          record.set(UInt32(bigEndian: 0x7F00_0001), at: try offset(name) + 4)
          record.set(UInt32(0), at: try offset(name) + 24)
        }
      } else {
        record.set(UInt16(80), at: try offset("sport"))
        record.set(UInt16(9), at: try offset("dport"))
        for name in ["saddr_v6", "daddr_v6"] {
          record.set(UInt16(0xFFFF), at: try offset(name) + 10)
          record.set(UInt32(bigEndian: 0x7F00_0001), at: try offset(name) + 12)
        }
      }
      let event = try KernelFixture.decoder(version).decode(
        record.bytes.span.bytes, time: 0, cpu: 0)
      let tuple = SocketEvent.Tuple(
        .tcp, local: try #require(Endpoint("127.0.0.1:80")),
        remote: try #require(Endpoint("127.0.0.1:9")))
      #expect(event?.kind == .sendReset(socket: 77, tuple), "\(version)")
    }
  }
}
