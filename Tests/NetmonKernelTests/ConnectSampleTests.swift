import CLinux
import NetmonCore
import Testing

@testable import NetmonKernel

struct ConnectSampleTests {
  private static let stackPointer: UInt64 = 0x7FFF_0000_1000
  /// `struct sockaddr_in`: AF_INET, port 80, 192.0.2.9.
  private static let ipv4: [UInt8] = [2, 0, 0, 80, 192, 0, 2, 9] + [UInt8](repeating: 0, count: 8)
  /// `struct sockaddr_in6`: AF_INET6, port 443, flow, 2001:db8::1, scope.
  private static let ipv6: [UInt8] =
    [10, 0, 1, 187, 0, 0, 0, 0, 0x20, 1, 0xD, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
    + [UInt8](repeating: 0, count: 4)

  private func decoder() throws -> ConnectSample {
    try ConnectSample(KernelFixture.format("6.18", .sys_enter_connect))
  }

  /// A sample with the address so far above the stack pointer.
  private func sample(
    _ address: [UInt8], at offset: Int = 64, length: UInt64? = nil, used: UInt64 = 256,
    pointer: UInt64? = nil
  ) -> [UInt8] {
    var record = ByteBuilder()
    record.append(PERF_RECORD_SAMPLE.rawValue)
    record.append(UInt16(0))
    record.append(UInt16(0))
    record.append(Int32(100))  // pid
    record.append(Int32(101))  // tid
    record.append(UInt64(5_000))  // time
    record.append(UInt32(3))  // cpu
    record.append(UInt32(0))
    record.append(UInt32(44))  // The tracepoint's record, with padding to 8 bytes.
    for _ in 0..<4 { record.append(UInt32(0)) }
    record.append(UInt64(7))  // fd
    record.append(pointer ?? Self.stackPointer + UInt64(offset))
    record.append(length ?? UInt64(address.count))
    record.append(UInt32(0))
    record.append(UInt64(2))  // PERF_SAMPLE_REGS_ABI_64
    record.append(Self.stackPointer)
    record.append(UInt64(256))
    var stack = [UInt8](repeating: 0xAA, count: 256)
    stack.replaceSubrange(offset..<offset + address.count, with: address)
    for byte in stack { record.append(byte) }
    record.append(used)
    record.set(UInt16(record.bytes.count), at: 6)
    return record.bytes
  }

  @Test func theAddressOnTheStack() throws {
    let decoder = try decoder()
    for (address, expected) in [(Self.ipv4, "192.0.2.9:80"), (Self.ipv6, "[2001:db8::1]:443")] {
      let bytes = sample(address)
      #expect(
        decoder.decode(bytes.span.bytes)
          == SocketEvent(
            time: 5_000, cpu: 3, thread: 101,
            kind: .connectEnter(descriptor: 7, destination: Endpoint(expected))))
    }
  }

  @Test func anAddressElsewhereIsUnknown() throws {
    let decoder = try decoder()
    let below = sample(Self.ipv4, pointer: Self.stackPointer - 8)
    let above = sample(Self.ipv4, pointer: Self.stackPointer + 250)
    let heap = sample(Self.ipv4, pointer: 0x5555_0000_0000)
    let unread = sample(Self.ipv4, used: 70)
    let long = sample(Self.ipv4, length: .max)
    let unix = sample([1, 0, 0x2F, 0x61, 0, 0, 0, 0])
    for bytes in [below, above, heap, unread, long, unix] {
      #expect(decoder.decode(bytes.span.bytes) == nil)
    }
  }

  @Test func whatIsCutShortOrChangedIsNoTrap() throws {
    let decoder = try decoder()
    let whole = sample(Self.ipv6)
    for count in whole.indices {
      #expect(decoder.decode(Array(whole[..<count]).span.bytes) == nil)
    }
    var survived = 0
    for index in whole.indices {
      for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
        var bytes = whole
        bytes[index] = value
        if decoder.decode(bytes.span.bytes) != nil { survived += 1 }
      }
    }
    #expect(survived > 0)
  }
}
