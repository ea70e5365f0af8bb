internal import CLinux
internal import Glibc
internal import NetmonCore

/// The side-band of one CPU: a perf event that counts nothing, and the memory into which the kernel
/// writes what processes do there (perf_event_open(2)).
final class PerfRing {
  let cpu: UInt32
  let event: Descriptor
  private let page: UnsafeMutablePointer<perf_event_mmap_page>
  private let data: UnsafeRawPointer
  private let length: Int
  private let pageSize: Int
  private var records = PerfRecords()
  /// Of the newest event.
  private var lastTime: UInt64 = 0

  /// Opens the event on a CPU that is online.
  ///
  /// The ring has so many pages, a power of 2. With `hasCgroups` new cgroups are told as well.
  ///
  /// Throws `KernelError.system`: EACCES or EPERM without CAP_PERFMON (CAP_SYS_ADMIN before Linux
  /// 5.8, and where `perf_event_paranoid` is 3 or more), ENODEV if the CPU is offline, EINVAL for
  /// cgroups before Linux 5.7.
  init(cpu: UInt32, hasCgroups: Bool, pages: Int) throws(KernelError) {
    self.cpu = cpu
    pageSize = Int(getpagesize())
    length = pages * pageSize
    var attributes = Self.attributes(hasCgroups: hasCgroups, wakeup: UInt32(length / 2))
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

  private static func attributes(hasCgroups: Bool, wakeup: UInt32) -> perf_event_attr {
    var attributes = perf_event_attr()
    attributes.type = PERF_TYPE_SOFTWARE.rawValue
    attributes.config = UInt64(PERF_COUNT_SW_DUMMY.rawValue)
    attributes.size = UInt32(MemoryLayout<perf_event_attr>.size)
    attributes.sample_type = PerfRecord.sampleType
    attributes.sample_id_all = 1
    attributes.task = 1
    attributes.comm = 1
    attributes.comm_exec = 1
    // Both: without the first the kernel does not look at mappings at all (`account_event`).
    attributes.mmap = 1
    attributes.mmap2 = 1
    attributes.namespaces = 1
    attributes.cgroup = hasCgroups ? 1 : 0
    attributes.use_clockid = 1
    attributes.clockid = CLOCK_MONOTONIC
    attributes.watermark = 1
    attributes.wakeup_watermark = wakeup
    return attributes
  }
}

extension PerfRing {
  /// Whether the event is dead, as its CPU went offline.
  var isHungUp: Bool { (try? Descriptor.wait(for: [event], milliseconds: 0)) == .hungUp }

  /// Takes out all records that are in the ring. What cannot be read is lost, and told so: something
  /// between the last that could, and now.
  func drain(until now: UInt64, _ body: (SocketEvent) -> Void) {
    let head = linux_perf_data_head(page)
    let bytes = UnsafeRawBufferPointer(start: data, count: length).bytes
    let isWhole = records.forEachEvent(in: bytes, from: page.pointee.data_tail, to: head) {
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
