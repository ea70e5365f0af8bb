import Glibc
import NetmonCore
import Testing

@testable import NetmonKernel

/// What cannot be read is counted as lost, and keeps nothing else from being read.
struct RobustnessTests {
  /// Opens files in place of those of a trace ring.
  private final class Files {
    /// What stands for `trace_pipe_raw`.
    var pipe: String
    var errno: Int32?

    init(pipe: String) { self.pipe = pipe }

    func open(_ file: String) throws(KernelError) -> Descriptor {
      if let errno { throw .system(.open, subject: file, errno: errno) }
      let path = file == "stats" ? "/dev/null" : pipe
      return try Descriptor(Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), .open, path)
    }
  }

  private func ring(_ files: Files) throws -> TraceRing {
    let format = try SubBufferFormat(headerPage: KernelFixture.text("6.1/header_page"))
    return try TraceRing("ring", cpu: 1, kilobytes: 64, format) { file throws(KernelError) in
      try files.open(file)
    }
  }

  private func drain(_ ring: TraceRing) throws -> (events: [SocketEvent], TraceRing.Findings) {
    var events: [SocketEvent] = []
    let findings = ring.drain(until: .max, try KernelFixture.decoder("6.1")) { events.append($0) }
    return (events, findings)
  }

  /// A pipe, by the path of its end for reading, in which these bytes wait.
  private func pipe(holding bytes: [UInt8]) throws -> (path: String, ends: [Descriptor]) {
    var numbers: [Int32] = [-1, -1]
    _ = Glibc.pipe(&numbers)
    let ends = try numbers.map { try Descriptor($0, .open, "pipe") }
    #expect(write(numbers[1], bytes, bytes.count) == bytes.count)
    return ("/proc/self/fd/\(numbers[0])", ends)
  }

  /// Reading the memory at address 0 is an input error (proc_pid_mem(5)).
  @Test func ringThatCannotBeRead() throws {
    let files = Files(pipe: "/proc/self/mem")
    let ring = try ring(files)
    for _ in 0..<2 {
      let (events, findings) = try drain(ring)
      #expect(events.isEmpty)
      #expect(findings.failure == .system(.read, subject: "ring", errno: EIO))
      #expect(ring.hasFailed)
    }
    files.errno = ENODEV
    #expect(throws: KernelError.system(.open, subject: "trace_pipe_raw", errno: ENODEV)) {
      try ring.reopen()
    }
    #expect(ring.hasFailed)
    files.errno = nil
    let (path, ends) = try pipe(holding: KernelFixture.bytes("6.1/refused.page.hex"))
    files.pipe = path
    try ring.reopen()
    #expect(!ring.hasFailed)
    let (events, findings) = try drain(ring)
    #expect(events.count > 10 && events.allSatisfy { $0.cpu == 1 })
    #expect(findings.failure == nil && findings.malformed == 0)
    withExtendedLifetime(ends) {}
  }

  /// A sub-buffer that was cut short: what is left of it counts, and the next one is read.
  @Test func brokenSubBuffer() throws {
    let page = try KernelFixture.bytes("6.1/refused.page.hex")
    let (path, ends) = try pipe(holding: page + page.prefix(100))
    let (events, findings) = try drain(ring(Files(pipe: path)))
    #expect(events.count > 10)
    #expect(findings.malformed == 1)
    #expect(findings.failure == nil)
    withExtendedLifetime(ends) {}
  }

  // MARK: - Losses

  private func lost(_ source: SocketEvent.Source, in events: [SocketEvent]) -> [UInt64] {
    events.compactMap { event in
      guard case .lost(source, let count, _) = event.kind else { return nil }
      return count
    }
  }

  /// The smallest buffer there is has no room for the ends of so many sockets.
  @Test func figuresThatFindNoRoom() throws {
    let group = try DestroyGroup(bytes: 1)
    let listener = try LiveSocket("127.0.0.1")
    for _ in 0..<50 { try listener.exchange(bytes: 1) }
    var events: [SocketEvent] = []
    let deadline = ContinuousClock.now + .seconds(10)
    while lost(.sock_diag, in: events).isEmpty, ContinuousClock.now < deadline {
      #expect(group.drain(clock: { 7 }) { events.append($0) } == nil)
    }
    #expect(lost(.sock_diag, in: events).first == 0)
    // What comes later is told, unless the ends of others' sockets took the room once more.
    func isLast(_ event: SocketEvent) -> Bool {
      guard case .figures(_, let figures) = event.kind else { return false }
      return figures.bytesSent == 4711
    }
    while !events.contains(where: isLast), ContinuousClock.now < deadline {
      try listener.exchange(bytes: 4711)
      #expect(group.drain(clock: { 8 }) { events.append($0) } == nil)
    }
    #expect(events.contains(where: isLast))
  }

  /// A ring of one page has no room for so many processes; the kernel says how many records that
  /// were once there is room again.
  @Test(.enabled("needs root") { geteuid() == 0 })
  func processesThatFindNoRoom() throws {
    let sideband = try PerfSideband(cpus: CPUList.online().cpus, pages: 1)
    for _ in 0..<60 { _ = try run("/bin/true") }
    var events: [SocketEvent] = []
    let deadline = ContinuousClock.now + .seconds(10)
    while lost(.perf, in: events).isEmpty, ContinuousClock.now < deadline {
      for ring in sideband.rings { ring.drain(until: .max) { events.append($0) } }
      _ = try run("/bin/true")
    }
    #expect(lost(.perf, in: events).contains { $0 > 0 })
    #expect(sideband.rings.allSatisfy { !$0.isHungUp })
  }

  // MARK: - CPUs

  @Test func cpuMessages() {
    func event(_ text: String) -> (cpu: UInt32, isOnline: Bool)? {
      CPUWatch.event(Array(text.utf8)[...])
    }
    let online = event("online@/devices/system/cpu/cpu12\0ACTION=online\0SUBSYSTEM=cpu\0")
    #expect(online?.cpu == 12 && online?.isOnline == true)
    let offline = event("offline@/devices/system/cpu/cpu1\0")
    #expect(offline?.cpu == 1 && offline?.isOnline == false)
    for text in [
      "", "online@", "online@/devices/system/cpu/cpufreq\0", "add@/devices/system/cpu/cpu1\0",
      "offline@/devices/system/cpu/cpu1/x\0", "online@/devices/system/cpu/cpu-1\0",
    ] { #expect(event(text) == nil) }
  }

  @Test func nothingHappensToCPUs() throws {
    let watch = try CPUWatch()
    #expect(watch.takeChanges(of: [0, 1]) == CPUWatch.Changes())
  }
}
