import NetmonCore
import NetmonKernel

// MARK: - Tracing

extension Parser {
  /// How one version of Linux lays out sub-buffers and records.
  struct Layout: Sendable {
    let version: String
    let page: SubBufferFormat
    let decoder: EventDecoder

    /// Nil if the fixtures of that version are incomplete.
    init?(_ version: String, _ corpus: Corpus) {
      guard let header = corpus.kernelFile(version, "header_page"),
        let page = try? SubBufferFormat(headerPage: String(decoding: header, as: UTF8.self))
      else { return nil }
      var decoder = EventDecoder()
      for tracepoint in Tracepoint.allCases {
        guard let text = corpus.kernelFile(version, "\(tracepoint.name).format"),
          let format = try? TracepointFormat(String(decoding: text, as: UTF8.self))
        else { continue }
        try? decoder.add(tracepoint, format)
      }
      (self.version, self.page, self.decoder) = (version, page, decoder)
    }

    /// The events of a sub-buffer, and how many records it has.
    func events(
      of bytes: [UInt8]
    ) throws(BrokenInvariant) -> (events: [SocketEvent], records: Int) {
      var events: [SocketEvent] = []
      var (records, length) = (0, 0)
      _ = page.forEachRecord(in: bytes.span.bytes) { time, record in
        records += 1
        length += record.byteCount
        if let event = decoder.decode(record, time: time, cpu: 3) { events.append(event) }
      }
      try require(length + 4 * records <= bytes.count, "records hold more than their sub-buffer")
      return (events, records)
    }
  }

  /// `format` files, sub-buffers, and what belongs to them.
  static func tracing(_ corpus: Corpus) throws(CorpusError) -> [Parser] {
    let layouts = try corpus.kernels().compactMap { Layout($0, corpus) }
    var parsers = [
      try formats(corpus), try headerPage(corpus), statistics(), cpuList(), cpuWatch(),
    ]
    for layout in layouts {
      guard let page = corpus.kernelFile(layout.version, "refused.page.hex") else { continue }
      let bytes = Corpus.bytes(hexadecimal: page)
      // Changes where nothing is would be wasted.
      let used = bytes.prefix((bytes.lastIndex { $0 != 0 } ?? 0) + 1)
      parsers.append(
        Parser(name: "page-\(layout.version)", seeds: [Array(used)]) {
          input throws(BrokenInvariant) in
          let found = try layout.events(of: input)
          try require(found.events.count <= found.records, "more events than records")
        })
    }
    return parsers
  }

  private static func formats(_ corpus: Corpus) throws(CorpusError) -> Parser {
    var seeds: [[UInt8]] = []
    for tracepoint in Tracepoint.allCases {
      seeds += try corpus.kernelFiles("\(tracepoint.name).format")
    }
    // Long enough for every record, and the number in it is set to the one of the format.
    let record = [UInt8](repeating: 0xA5, count: 256)
    return Parser(name: "format", seeds: seeds) { input throws(BrokenInvariant) in
      guard let format = try? TracepointFormat(String(decoding: input, as: UTF8.self)) else {
        return
      }
      var bytes = record
      (bytes[0], bytes[1]) = (UInt8(truncatingIfNeeded: format.id), UInt8(format.id >> 8))
      for tracepoint in Tracepoint.allCases {
        var decoder = EventDecoder()
        guard (try? decoder.add(tracepoint, format)) != nil else { continue }
        for length in [0, 2, 8, 64, bytes.count] {
          _ = decoder.decode(bytes.span.bytes.extracting(0..<length), time: 1, cpu: 0)
        }
      }
    }
  }

  private static func headerPage(_ corpus: Corpus) throws(CorpusError) -> Parser {
    let pages = try corpus.kernelFiles("refused.page.hex")
    return Parser(
      name: "header_page", seeds: try corpus.kernelFiles("header_page")
    ) { input throws(BrokenInvariant) in
      let text = String(decoding: input, as: UTF8.self)
      guard let format = try? SubBufferFormat(headerPage: text) else { return }
      try require((1...1 << 17).contains(format.size), "a sub-buffer of \(format.size) bytes")
      for page in pages { _ = format.forEachRecord(in: page.span.bytes) { _, _ in } }
    }
  }

  private static func statistics() -> Parser {
    let text = """
      entries: 129
      overrun: 0
      commit overrun: 0
      bytes: 7412
      oldest event ts: 10000.123456
      now ts: 10001.123456
      dropped events: 18446744073709551615
      read events: 128

      """
    return Parser(name: "stats", seeds: [Array(text.utf8)]) { input in
      _ = RingStatistics(String(decoding: input, as: UTF8.self))
    }
  }

  private static func cpuList() -> Parser {
    let seeds = ["0-1\n", "0\n", "0,2-3,8-63,8191\n", "\n"].map { Array($0.utf8) }
    return Parser(name: "cpu-list", seeds: seeds) { input throws(BrokenInvariant) in
      guard let list = CPUList(String(decoding: input, as: UTF8.self)) else { return }
      try require(list.cpus.allSatisfy { $0 < 8192 }, "a CPU of no machine")
    }
  }
}

extension Parser {
  private static func cpuWatch() -> Parser {
    let seeds = ["online", "offline"].map { action in
      Array("\(action)@/devices/system/cpu/cpu1\0ACTION=\(action)\0SEQNUM=1\0".utf8)
    }
    return Parser(name: "cpu-watch", seeds: seeds) { input in
      _ = CPUWatch.event(input[...])
    }
  }
}

// MARK: - Perf and netlink

extension Parser {
  /// A perf ring with the positions of its reader and its writer before it, 8 bytes each.
  static func perfRing(_ corpus: Corpus) throws(CorpusError) -> Parser {
    var seeds: [[UInt8]] = []
    for records in try corpus.kernelFiles("sideband.ring.hex") {
      for shift in [0, 8, 1 << 10, 4088] { seeds.append(ring(records, behind: shift)) }
    }
    return Parser(name: "perf-ring", seeds: seeds) { input throws(BrokenInvariant) in
      guard input.count >= 16 else { return }
      func number(_ offset: Int) -> UInt64 {
        input[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
      }
      let ring = input.span.bytes.extracting(16..<input.count)
      var events = 0
      var records = PerfRecords()
      _ = records.forEachEvent(in: ring, from: number(0), to: number(8)) { _ in events += 1 }
      try require(events * 8 <= ring.byteCount, "more records than fit into the ring")
    }
  }

  /// A ring of 4 KiB with the last records, the reader so many bytes on, so that they go over its
  /// end.
  private static func ring(_ records: [UInt8], behind shift: Int) -> [UInt8] {
    let length = 4096
    var ring = [UInt8](repeating: 0, count: length)
    var count = 0
    var offset = 0
    // Whole records only.
    while offset + 8 <= records.count {
      let size = Int(records[offset + 6]) | Int(records[offset + 7]) << 8
      guard size >= 8, offset + size <= records.count, count + size <= length else { break }
      for index in 0..<size { ring[(shift + count + index) % length] = records[offset + index] }
      count += size
      offset += size
    }
    let positions = [UInt64(shift), UInt64(shift + count)]
    return positions.flatMap { position in (0..<8).map { UInt8(position >> (8 * $0) & 0xFF) } }
      + ring
  }

  /// The answer to a request for all sockets.
  static func netlinkDump(_ corpus: Corpus) throws(CorpusError) -> Parser {
    // A header (length, type, flags, sequence, port) and -ENOENT: NLMSG_ERROR, NLMSG_DONE.
    let ends: [[UInt8]] = [2, 3].map {
      [20, 0, 0, 0, $0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF]
    }
    let seeds = try corpus.kernelFiles("tcp.dump.hex").map { renumbered($0) } + ends
    return Parser(name: "netlink", seeds: seeds) { input throws(BrokenInvariant) in
      var diag = SockDiag(OneDatagram(bytes: input))
      var sockets = 0
      _ = try? diag.dump(.tcp, .ipv4, networkNamespace: 1, figures: true) { _ in sockets += 1 }
      try require(sockets * 16 <= input.count, "more sockets than messages")
    }
  }

  /// With the sequence number that the first request has.
  private static func renumbered(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var offset = 0
    while offset + 16 <= bytes.count {
      bytes[offset + 8] = 1
      offset += (max(16, Int(bytes[offset]) | Int(bytes[offset + 1]) << 8) + 3) & ~3
    }
    return bytes
  }

  /// What the destroy groups tell.
  static func destroyGroup(_ corpus: Corpus) throws(CorpusError) -> Parser {
    let seeds = try corpus.kernelFiles("tcp.destroy.hex") + corpus.kernelFiles("tcp.dump.hex")
    return Parser(name: "destroy-group", seeds: seeds) { input throws(BrokenInvariant) in
      var events = 0
      DestroyGroup.decode(input.span.bytes, time: 7) { _ in events += 1 }
      try require(events * 16 <= input.count, "more sockets than messages")
    }
  }
}

/// Answers a request with one datagram, cut to what the reader has room for as the kernel does.
private final class OneDatagram: NetlinkTransport {
  private let bytes: [UInt8]
  private nonisolated(unsafe) var isTaken = false

  init(bytes: [UInt8]) { self.bytes = bytes }

  func send(_ request: [UInt8]) throws(KernelError) {}

  func receive(into buffer: inout [UInt8]) throws(KernelError) -> Int? {
    guard !isTaken else { return nil }
    isTaken = true
    let count = min(bytes.count, buffer.count)
    buffer.replaceSubrange(0..<count, with: bytes[..<count])
    return count
  }
}
