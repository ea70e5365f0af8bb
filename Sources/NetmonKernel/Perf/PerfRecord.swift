internal import CLinux
internal import Glibc
package import NetmonCore

/// Records of a perf ring that tell of processes (perf_event_open(2), "MMAP layout";
/// `include/uapi/linux/perf_event.h`).
package enum PerfRecord {
  /// `struct perf_event_header`: type, misc, size.
  static let headerSize = MemoryLayout<perf_event_header>.size

  /// What `sample_id_all` puts at the end of each record, for `sampleType`.
  private static let trailerSize = 24

  /// What the trailer holds, in this order: pid and tid, time, cpu.
  static let sampleType =
    UInt64(PERF_SAMPLE_TID.rawValue | PERF_SAMPLE_TIME.rawValue | PERF_SAMPLE_CPU.rawValue)

  /// The event of a whole record, or nil if it is of another kind or cut short.
  ///
  /// Every executable mapping of a file is an `executable`: the first after an exec is the one
  /// that counts.
  package static func decode(_ record: RawSpan) -> SocketEvent? {
    guard record.byteCount >= headerSize + trailerSize else { return nil }
    let header: perf_event_header = record.load(0)
    let end = record.byteCount - trailerSize
    guard let kind = kind(record, header, end: end) else { return nil }
    return SocketEvent(
      time: record.load(end + 8), cpu: record.load(end + 16), thread: record.load(end + 4),
      kind: kind)
  }

  private static func kind(
    _ record: RawSpan, _ header: perf_event_header, end: Int
  ) -> SocketEvent.Kind? {
    switch header.type {
    case PERF_RECORD_FORK.rawValue where end >= 32:
      // pid, ppid, tid, ptid, time
      return .fork(
        process: record.load(8), thread: record.load(16), parentProcess: record.load(12),
        parentThread: record.load(20))
    case PERF_RECORD_EXIT.rawValue where end >= 32:
      return .exit(process: record.load(8), thread: record.load(16))
    case PERF_RECORD_COMM.rawValue where end >= 16:
      return .name(
        process: record.load(8), thread: record.load(12), name: record.string(16, end: end),
        isExec: header.misc & UInt16(PERF_RECORD_MISC_COMM_EXEC) != 0)
    case PERF_RECORD_MMAP2.rawValue where end >= 72:
      return mapping(record, end: end)
    case PERF_RECORD_NAMESPACES.rawValue where end >= 24:
      return namespaces(record, end: end)
    case PERF_RECORD_CGROUP.rawValue where end >= 16:
      return .cgroup(id: record.load(8), path: record.string(16, end: end))
    case PERF_RECORD_LOST.rawValue where end >= 24:
      return .lost(.perf, count: record.load(16), until: record.load(end + 8))
    default:
      return nil
    }
  }

  /// pid, tid, addr, len, pgoff, device and inode or build id, prot, flags, filename
  private static func mapping(_ record: RawSpan, end: Int) -> SocketEvent.Kind? {
    // What is no file has a name in brackets or behind two slashes (`perf_event_mmap_event`).
    let prot: UInt32 = record.load(64)
    guard prot & UInt32(PROT_EXEC) != 0, end >= 74,
      record.load(72, as: UInt8.self) == UInt8(ascii: "/"),
      record.load(73, as: UInt8.self) != UInt8(ascii: "/")
    else { return nil }
    return .executable(process: record.load(8), path: record.string(72, end: end))
  }

  /// pid, tid, nr_namespaces, then device and inode of each, the network's first.
  private static func namespaces(_ record: RawSpan, end: Int) -> SocketEvent.Kind? {
    let count: UInt64 = record.load(16)
    let offset = 24 + 16 * Int(NET_NS_INDEX)
    guard count > NET_NS_INDEX, end >= offset + 16 else { return nil }
    return .networkNamespace(
      process: record.load(8), thread: record.load(12), inode: record.load(offset + 8))
  }
}
