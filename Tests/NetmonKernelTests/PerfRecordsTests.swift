import NetmonCore
import Testing

@testable import NetmonKernel

/// The records of a ring, which may go over its end.
struct PerfRecordsTests {
  /// A ring of 4 KiB with whole records, the first of them `shift` bytes from its start.
  private func ring(_ records: [UInt8], shift: Int) -> (bytes: [UInt8], count: Int) {
    var ring = [UInt8](repeating: 0xEE, count: 4096)
    var count = 0
    while count + 8 <= records.count {
      let size = Int(records[count + 6]) | Int(records[count + 7]) << 8
      guard size >= 8, count + size <= min(records.count, ring.count) else { break }
      for index in count..<count + size { ring[(shift + index) % ring.count] = records[index] }
      count += size
    }
    return (ring, count)
  }

  private func events(
    _ ring: [UInt8], from tail: UInt64, to head: UInt64
  ) -> (events: [SocketEvent], isWhole: Bool) {
    var events: [SocketEvent] = []
    var records = PerfRecords()
    let isWhole = records.forEachEvent(in: ring.span.bytes, from: tail, to: head) {
      events.append($0)
    }
    return (events, isWhole)
  }

  /// Recorded: a process forks, moves to a network namespace of its own and executes `true`.
  @Test(arguments: ["5.10", "6.1", "6.12", "6.18", "7.2"])
  func recordedProcess(version: String) throws {
    let (bytes, count) = ring(try KernelFixture.bytes("\(version)/sideband.ring.hex"), shift: 0)
    let (found, isWhole) = events(bytes, from: 0, to: UInt64(count))
    #expect(isWhole)
    guard case .fork(let child, _, _, _)? = found.first?.kind else {
      Issue.record("\(found)")
      return
    }
    let mine = found.filter { event in
      switch event.kind {
      case .exit(let process, _), .name(let process, _, _, _), .executable(let process, _),
        .networkNamespace(let process, _, _):
        process == child
      default: false
      }
    }
    let namespaces = Set(
      mine.compactMap { event -> UInt64? in
        guard case .networkNamespace(_, _, let inode) = event.kind else { return nil }
        return inode
      })
    #expect(namespaces.count == 2)
    #expect(
      mine.contains { if case .name(_, _, _, isExec: true) = $0.kind { true } else { false } })
    let programs = mine.compactMap { event -> String? in
      guard case .executable(_, let path) = event.kind else { return nil }
      return path
    }
    #expect(["/bin/busybox", "/usr/bin/true"].contains(programs.first))
    #expect(found.allSatisfy { $0.cpu == 0 })
    #expect(found.map(\.time) == found.map(\.time).sorted())
  }

  /// Wherever the records begin, they are the same.
  @Test func recordsOverTheEnd() throws {
    let recorded = try KernelFixture.bytes("6.1/sideband.ring.hex")
    let (plain, count) = ring(recorded, shift: 0)
    let expected = events(plain, from: 0, to: UInt64(count)).events
    #expect(expected.count > 5)
    for shift in stride(from: 0, to: 4096, by: 8) {
      let (bytes, _) = ring(recorded, shift: shift)
      let tail = UInt64(shift) + 3 << 12
      let (found, isWhole) = events(bytes, from: tail, to: tail + UInt64(count))
      #expect(isWhole && found == expected, "\(shift)")
    }
  }

  @Test func nothing() { #expect(events([], from: 5, to: 5).isWhole) }

  @Test func brokenRings() throws {
    let (bytes, count) = ring(try KernelFixture.bytes("6.1/sideband.ring.hex"), shift: 0)
    // More than there is room for, and a record cut short.
    #expect(!events(bytes, from: 0, to: 4104).isWhole)
    #expect(!events(bytes, from: 8, to: 0).isWhole)
    let (found, isWhole) = events(bytes, from: 0, to: UInt64(count - 8))
    #expect(!isWhole)
    #expect(found.count >= 5)
    // A record without a length.
    var broken = bytes
    (broken[6], broken[7]) = (0, 0)
    let nothing = events(broken, from: 0, to: UInt64(count))
    #expect(nothing.events.isEmpty && !nothing.isWhole)
  }

  @Test func ringStatistics() {
    let text = "entries: 1\noverrun: 0\ndropped events: 42\nread events: 7\n"
    #expect(RingStatistics(text)?.droppedEvents == 42)
    for text in ["", "entries: 1\n", "dropped events:\n", "dropped events: -\n"] {
      #expect(RingStatistics(text) == nil)
    }
  }
}
