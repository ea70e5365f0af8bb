internal import Glibc
internal import NetmonCore

/// The ring of one CPU of an instance: `per_cpu/cpuN/trace_pipe_raw` and `stats`.
final class TraceRing {
  let cpu: UInt32
  private(set) var pipe: Descriptor
  /// Whether it could not be read the last time.
  private(set) var hasFailed = false
  private var stats: Descriptor
  private let path: String
  private let format: SubBufferFormat
  private let open: (_ file: String) throws(KernelError) -> Descriptor
  /// Sub-buffers that the ring holds.
  private let capacity: Int
  private var dropped: UInt64 = 0
  private var buffer: [UInt8]

  /// A ring of so many kilobytes, of whose directory `path` `open` opens the files.
  init(
    _ path: String, cpu: UInt32, kilobytes: Int, _ format: SubBufferFormat,
    open: @escaping (_ file: String) throws(KernelError) -> Descriptor
  ) throws(KernelError) {
    self.cpu = cpu
    self.path = path
    self.format = format
    self.open = open
    pipe = try open("trace_pipe_raw")
    stats = try open("stats")
    capacity = kilobytes * 1024 / format.size
    buffer = [UInt8](repeating: 0, count: format.size)
  }

  convenience init(
    _ fs: TraceFS, _ path: String, cpu: UInt32, _ format: SubBufferFormat
  ) throws(KernelError) {
    let kilobytes = Int(try fs.text(of: "\(path)/buffer_size_kb").prefix { $0.isNumber }) ?? 0
    try self.init(path, cpu: cpu, kilobytes: kilobytes, format) { file throws(KernelError) in
      try fs.open("\(path)/\(file)", O_RDONLY | O_NONBLOCK)
    }
  }

  /// Opens its files again, after a failure. What it counted before still counts.
  func reopen() throws(KernelError) {
    pipe = try open("trace_pipe_raw")
    stats = try open("stats")
    hasFailed = false
  }
}

extension TraceRing {
  /// What a drain found besides events.
  struct Findings {
    /// Sub-buffers and records that are not as documented.
    var malformed = 0
    /// Events that found the ring full since the drain before.
    var lost: UInt64 = 0
    /// Why the ring could not be read to its end: something of it may be lost.
    var failure: KernelError?
  }

  /// Takes out what is in the ring up to the time `limit`, and little of what came later, in the
  /// order of time.
  func drain(
    until limit: UInt64, _ decoder: EventDecoder, _ body: (SocketEvent) -> Void
  ) -> Findings {
    var findings = Findings()
    do throws(KernelError) {
      let pages = try drain(until: limit, decoder, &findings, body)
      // Only a ring that was full has dropped anything, and then there was that much to read.
      if pages >= capacity / 2 { findings.lost = try newlyDropped() }
    } catch {
      hasFailed = true
      findings.failure = error
    }
    return findings
  }

  /// Returns the number of sub-buffers.
  private func drain(
    until limit: UInt64, _ decoder: EventDecoder, _ findings: inout Findings,
    _ body: (SocketEvent) -> Void
  ) throws(KernelError) -> Int {
    var pages = 0
    var last: UInt64 = 0
    while last <= limit, let count = try pipe.read(into: &buffer, path), count > 0 {
      pages += 1
      let isWhole = format.forEachRecord(in: buffer.span.bytes.extracting(0..<count)) {
        time, record in
        last = time
        if let event = decoder.decode(record, time: time, cpu: cpu) {
          body(event)
        } else {
          findings.malformed += 1
        }
      }
      if !isWhole { findings.malformed += 1 }
    }
    return pages
  }

  /// How many events found the ring full since this was asked last (`dropped events` in `stats`;
  /// the sub-buffers themselves do not say it when the ring does not overwrite).
  private func newlyDropped() throws(KernelError) -> UInt64 {
    var text = [UInt8](repeating: 0, count: 1024)
    let count = try stats.take(.read, "\(path)/stats") {
      text.withUnsafeMutableBytes { pread(stats.number, $0.baseAddress, $0.count, 0) }
    }
    let statistics = RingStatistics(String(decoding: text[..<(count ?? 0)], as: UTF8.self))
    guard let total = statistics?.droppedEvents, total > dropped else { return 0 }
    defer { dropped = total }
    return total - dropped
  }
}
