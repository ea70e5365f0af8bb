internal import CLinux
internal import Glibc
internal import NetmonCore

/// A perf event on one CPU, and the memory into which the kernel writes what it tells there
/// (perf_event_open(2)).
final class PerfRing {
  let cpu: UInt32
  let event: Descriptor
  private let page: UnsafeMutablePointer<perf_event_mmap_page>
  private let data: UnsafeRawPointer
  private let length: Int
  private let pageSize: Int
  private var records = PerfRecords()
  private let decode: (RawSpan) -> SocketEvent?
  /// Of the newest event.
  private var lastTime: UInt64 = 0

  /// Opens the event on a CPU that is online.
  ///
  /// The ring has so many pages, a power of 2; `decode` reads its records. An urgent one is readable
  /// with the first record, others once they are half full.
  ///
  /// Throws `KernelError.system`: EACCES or EPERM without CAP_PERFMON (CAP_SYS_ADMIN before Linux
  /// 5.8, and where `perf_event_paranoid` is 3 or more), ENODEV if the CPU is offline, EINVAL for
  /// what the kernel does not know.
  init(
    cpu: UInt32, _ attributes: perf_event_attr, pages: Int, isUrgent: Bool = false,
    decode: @escaping (RawSpan) -> SocketEvent?
  ) throws(KernelError) {
    self.cpu = cpu
    self.decode = decode
    pageSize = Int(getpagesize())
    length = pages * pageSize
    var attributes = attributes
    attributes.size = UInt32(MemoryLayout<perf_event_attr>.size)
    attributes.use_clockid = 1
    attributes.clockid = CLOCK_MONOTONIC
    attributes.watermark = 1
    attributes.wakeup_watermark = UInt32(isUrgent ? 1 : length / 2)
    let descriptor = linux_perf_event_open(
      &attributes, -1, Int32(cpu), -1, UInt64(PERF_FLAG_FD_CLOEXEC))
    event = try Descriptor(descriptor, .perf_event_open, "cpu\(cpu)")
    let memory = mmap(
      nil, pageSize + length, PROT_READ | PROT_WRITE, MAP_SHARED, event.number, 0)
    guard let memory, memory != MAP_FAILED else {
      throw .system(.mmap, subject: "perf ring of cpu\(cpu)", errno: errno)
    }
    page = memory.assumingMemoryBound(to: perf_event_mmap_page.self)
    data = UnsafeRawPointer(memory) + pageSize
  }

  deinit { munmap(page, pageSize + length) }
}

extension PerfRing {
  /// Whether the event is dead, as its CPU went offline.
  var isHungUp: Bool { (try? Descriptor.wait(for: [event], milliseconds: 0)) == .hungUp }

  /// Takes out all records that are in the ring. What cannot be read is lost, and told so: something
  /// between the last that could, and now.
  func drain(until now: UInt64, _ body: (SocketEvent) -> Void) {
    let head = linux_perf_data_head(page)
    let bytes = UnsafeRawBufferPointer(start: data, count: length).bytes
    let isWhole = records.forEachEvent(
      in: bytes, from: page.pointee.data_tail, to: head, decode
    ) {
      lastTime = $0.time
      body($0)
    }
    if !isWhole {
      body(
        SocketEvent(
          time: lastTime, cpu: cpu, thread: 0, isInterrupt: true,
          kind: .lost(.perf, count: 0, until: now)))
    }
    linux_perf_set_data_tail(page, head)
  }
}
