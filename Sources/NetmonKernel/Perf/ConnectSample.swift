internal import CLinux
internal import Glibc
package import NetmonCore

/// A sample that perf takes when connect(2) is entered, with a piece of the caller's stack: where
/// the call goes, if the address is there. The tracepoint itself has only a pointer to it.
package struct ConnectSample: Sendable {
  /// Bytes of the stack, from its top.
  static let stackSize: UInt32 = 4096

  /// What a sample holds, in this order: pid and tid, time, cpu, the tracepoint's record, the stack
  /// pointer, the stack.
  static let sampleType =
    PerfRecord.sampleType
    | UInt64(
      PERF_SAMPLE_RAW.rawValue | PERF_SAMPLE_REGS_USER.rawValue | PERF_SAMPLE_STACK_USER.rawValue)

  /// The register that points to the stack: `PERF_REG_X86_SP`, `PERF_REG_ARM64_SP`.
  #if arch(x86_64)
    static let registers: UInt64 = 1 << 7
  #elseif arch(arm64)
    static let registers: UInt64 = 1 << 31
  #else
    static let registers: UInt64 = 0
  #endif

  /// Where the arguments are in the tracepoint's record.
  private let descriptor: Int
  private let address: Int
  private let length: Int
  private let recordSize: Int

  /// Throws `KernelError.malformed` if the format of `sys_enter_connect` is not as known.
  package init(_ format: TracepointFormat) throws(KernelError) {
    var layout = EventLayout(format)
    descriptor = try layout.offset("fd", size: 8)
    address = try layout.offset("uservaddr", size: 8)
    length = try layout.offset("addrlen", size: 8)
    recordSize = max(descriptor, address, length) + 8
  }

  /// The call, or nil if the record is no such sample, or its address is not in it, or of another
  /// family.
  package func decode(_ record: RawSpan) -> SocketEvent? {
    guard record.value(0, as: perf_event_header.self)?.type == PERF_RECORD_SAMPLE.rawValue,
      let thread: Int32 = record.value(12), let time: UInt64 = record.value(16),
      let cpu: UInt32 = record.value(24), let rawSize: UInt32 = record.value(32),
      rawSize >= recordSize
    else { return nil }
    let raw = 36
    let registers = raw + Int(rawSize)
    guard let abi: UInt64 = record.value(registers), abi != 0,
      let stackPointer: UInt64 = record.value(registers + 8),
      let size: UInt64 = record.value(registers + 16), size <= Self.stackSize,
      let used: UInt64 = record.value(registers + 24 + Int(size)), used <= size,
      let number: UInt64 = record.value(raw + descriptor),
      let pointer: UInt64 = record.value(raw + address),
      let count: UInt64 = record.value(raw + length),
      pointer >= stackPointer, pointer - stackPointer <= used,
      count <= used - (pointer - stackPointer)
    else { return nil }
    let start = registers + 24 + Int(pointer - stackPointer)
    guard let endpoint = Self.endpoint(record.extracting(start..<start + Int(count))) else {
      return nil
    }
    return SocketEvent(
      time: time, cpu: cpu, thread: thread,
      kind: .connectEnter(
        descriptor: Int32(truncatingIfNeeded: number), destination: endpoint))
  }

  /// `struct sockaddr_in` (ip(7)) or `sockaddr_in6` (ipv6(7)).
  private static func endpoint(_ address: RawSpan) -> Endpoint? {
    guard let family: UInt16 = address.value(0), let port: UInt16 = address.value(2) else {
      return nil
    }
    switch Int32(family) {
    case AF_INET where address.byteCount >= 8:
      return Endpoint(address.ipv4(4), UInt16(bigEndian: port))
    case AF_INET6 where address.byteCount >= 24:
      return Endpoint(address.ipv6(8), UInt16(bigEndian: port))
    default:
      return nil
    }
  }
}
