import CLinux
import NetmonCore
import Testing
import TestSupport

@testable import NetmonKernel

struct PerfRecordTests {
  /// A record as `include/uapi/linux/perf_event.h` has it, with the trailer of `sample_id_all`.
  private func record(
    _ type: perf_event_type, misc: UInt16 = 0, _ fill: (inout ByteBuilder) -> Void
  ) -> [UInt8] {
    var record = ByteBuilder()
    record.append(type.rawValue)
    record.append(misc)
    record.append(UInt16(0))
    fill(&record)
    record.append(Int32(100))  // pid
    record.append(Int32(101))  // tid
    record.append(UInt64(5_000))  // time
    record.append(UInt32(3))  // cpu
    record.append(UInt32(0))
    record.set(UInt16(record.bytes.count), at: 6)
    return record.bytes
  }

  private func kind(_ bytes: [UInt8]) -> SocketEvent.Kind? {
    PerfRecord.decode(bytes.span.bytes)?.kind
  }

  @Test func forkWithTrailer() {
    let bytes = record(PERF_RECORD_FORK) {
      for number: Int32 in [7, 100, 8, 101] { $0.append(number) }
      $0.append(UInt64(5_000))
    }
    #expect(
      PerfRecord.decode(bytes.span.bytes)
        == SocketEvent(
          time: 5_000, cpu: 3, thread: 101,
          kind: .fork(process: 7, thread: 8, parentProcess: 100, parentThread: 101)))
  }

  @Test func nameAndExec() {
    func bytes(_ misc: Int32) -> [UInt8] {
      record(PERF_RECORD_COMM, misc: UInt16(misc)) {
        $0.append(Int32(7))
        $0.append(Int32(8))
        $0.append("curl", padded: 8)
      }
    }
    #expect(kind(bytes(0)) == .name(process: 7, thread: 8, name: "curl", isExec: false))
    #expect(
      kind(bytes(PERF_RECORD_MISC_COMM_EXEC))
        == .name(process: 7, thread: 8, name: "curl", isExec: true))
  }

  private func mapping(_ path: String, prot: UInt32 = 5) -> [UInt8] {
    record(PERF_RECORD_MMAP2) {
      $0.append(Int32(7))
      $0.append(Int32(8))
      for _ in 0..<6 { $0.append(UInt64(0)) }
      $0.append(prot)
      $0.append(UInt32(2))
      $0.append(path, padded: (path.utf8.count + 8) & ~7)
    }
  }

  @Test func mappings() {
    #expect(kind(mapping("/usr/bin/curl")) == .executable(process: 7, path: "/usr/bin/curl"))
    #expect(kind(mapping("/usr/bin/curl", prot: 1)) == nil)
    #expect(kind(mapping("//anon")) == nil)
    #expect(kind(mapping("[vdso]")) == nil)
  }

  @Test func namespaces() {
    let bytes = record(PERF_RECORD_NAMESPACES) {
      $0.append(Int32(7))
      $0.append(Int32(8))
      $0.append(UInt64(7))
      for inode: UInt64 in 11...17 {
        $0.append(UInt64(4))
        $0.append(inode)
      }
    }
    #expect(kind(bytes) == .networkNamespace(process: 7, thread: 8, inode: 11))
  }

  @Test func cgroupAndLoss() {
    let cgroup = record(PERF_RECORD_CGROUP) {
      $0.append(UInt64(9))
      $0.append("/system.slice", padded: 16)
    }
    #expect(kind(cgroup) == .cgroup(id: 9, path: "/system.slice"))
    let lost = record(PERF_RECORD_LOST) {
      $0.append(UInt64(1))
      $0.append(UInt64(42))
    }
    #expect(kind(lost) == .lost(.perf, count: 42, until: 5_000))
  }

  @Test func shortRecords() {
    let whole = mapping("/usr/bin/curl")
    for length in 0..<whole.count {
      _ = PerfRecord.decode(whole.span.bytes.extracting(0..<length))
    }
  }

  /// Of the mappings after an exec only the first is the program; a thread that ends is no process.
  @Test func firstExecutableOnly() {
    var filter = ExecutableFilter()
    func accepts(_ kind: SocketEvent.Kind) -> Bool {
      filter.accepts(SocketEvent(time: 0, cpu: 0, thread: 0, kind: kind))
    }
    #expect(!accepts(.executable(process: 7, path: "/lib/x.so")))
    #expect(accepts(.name(process: 7, thread: 7, name: "a", isExec: true)))
    #expect(accepts(.exit(process: 7, thread: 9)))
    #expect(accepts(.executable(process: 7, path: "/bin/a")))
    #expect(!accepts(.executable(process: 7, path: "/lib/ld.so")))
    #expect(accepts(.name(process: 7, thread: 7, name: "a", isExec: true)))
    #expect(accepts(.exit(process: 7, thread: 7)))
    #expect(!accepts(.executable(process: 7, path: "/bin/b")))
  }
}

struct EventMergeTests {
  private func event(_ time: UInt64, cpu: UInt32) -> SocketEvent {
    SocketEvent(time: time, cpu: cpu, thread: 0, kind: .connectExit(result: 0))
  }

  @Test func mergesAndHoldsBack() {
    var merge = EventMerge()
    for time: UInt64 in [1, 4, 4, 9] { merge.append(event(time, cpu: 0), to: 0) }
    for time: UInt64 in [2, 4, 20] { merge.append(event(time, cpu: 3), to: 3) }
    let first = merge.take(until: 9)
    #expect(first.map(\.time) == [1, 2, 4, 4, 4, 9])
    #expect(first.map(\.cpu) == [0, 3, 0, 0, 3, 0])
    #expect(merge.take(until: 19).isEmpty)
    merge.append(event(15, cpu: 0), to: 0)
    #expect(merge.take(until: .max).map(\.time) == [15, 20])
  }

  @Test func manyRings() {
    var merge = EventMerge()
    var random = SplitMix(seed: 3)
    var times: [UInt64] = []
    for ring in 0..<37 {
      var time: UInt64 = 0
      for _ in 0..<random.next() % 50 {
        time += random.next() % 10
        times.append(time)
        merge.append(event(time, cpu: UInt32(ring)), to: ring)
      }
    }
    #expect(merge.take(until: .max).map(\.time) == times.sorted())
  }

  @Test func cpuLists() {
    #expect(CPUList("0-1\n")?.cpus == [0, 1])
    #expect(CPUList("0,2-3,8")?.cpus == [0, 2, 3, 8])
    for text in ["", "x", "3-1", "0-", "1-2-3", "0-99999"] { #expect(CPUList(text) == nil) }
  }
}
