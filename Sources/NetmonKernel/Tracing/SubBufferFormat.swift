/// How a sub-buffer of a trace ring lies in memory: `events/header_page`, and the compressed event
/// headers that `events/header_event` describes (`include/linux/ring_buffer.h`,
/// `kernel/trace/ring_buffer.c`; `Documentation/trace/ring-buffer-design.rst`).
package struct SubBufferFormat: Hashable, Sendable {
  private var timeOffset: Int
  private var commitOffset: Int
  private var commitSize: Int
  private var dataOffset: Int
  /// Bytes of a whole sub-buffer: what a read of `trace_pipe_raw` needs room for.
  package var size: Int

  /// From the text of `events/header_page`.
  ///
  /// Throws `KernelError.malformed` if a field is missing.
  package init(headerPage text: String) throws(KernelError) {
    let fields = try TracepointFormat.fields(text, of: "header_page")
    func field(_ name: String) -> TracepointFormat.Field? { fields.first { $0.name == name } }
    guard let time = field("timestamp"), time.size == 8, let commit = field("commit"),
      commit.size == 8 || commit.size == 4, let data = field("data"), data.size > 0,
      data.offset >= max(time.offset + 8, commit.offset + commit.size)
    else { throw .malformed("header_page") }
    timeOffset = time.offset
    commitOffset = commit.offset
    commitSize = commit.size
    dataOffset = data.offset
    size = data.offset + data.size
  }

  /// Hands out the records of a sub-buffer with their times, oldest first. Times are those of the
  /// instance's clock, in nanoseconds.
  ///
  /// Returns false if the sub-buffer is not as documented; what came before that was handed out.
  package func forEachRecord(
    in page: RawSpan, _ body: (_ time: UInt64, _ record: RawSpan) -> Void
  ) -> Bool {
    guard page.byteCount >= dataOffset else { return false }
    var time: UInt64 = page.load(timeOffset)
    let epoch = time & Self.epochBits
    let commit: UInt64 =
      commitSize == 8 ? page.load(commitOffset) : UInt64(page.load(commitOffset, as: UInt32.self))
    let end = dataOffset + Int(commit & Self.lengthBits)
    guard end <= page.byteCount else { return false }
    var offset = dataOffset
    while offset + 4 <= end {
      let header: UInt32 = page.load(offset)
      let delta = UInt64(header >> 5)
      offset += 4
      switch header & 31 {
      case 29:  // Padding: the rest of the page when it has no delta, else a discarded event.
        if delta == 0 { return true }
        guard let skip: UInt32 = page.value(offset) else { return false }
        // A delta of 1 stands for none (`rb_event_discard`).
        if delta > 1 { time &+= delta }
        offset += Int(skip)
      case 30:  // Time extend: what does not fit into 27 bits.
        guard let high: UInt32 = page.value(offset) else { return false }
        time &+= UInt64(high) << 27 | delta
        offset += 4
      case 31:  // Absolute time, without its top five bits (`rb_fix_abs_ts`).
        guard let high: UInt32 = page.value(offset) else { return false }
        time = epoch | UInt64(high) << 27 | delta
        offset += 4
      case let words:
        var size = Int(words) * 4
        if words == 0 {
          guard let long: UInt32 = page.value(offset), long >= 4 else { return false }
          size = Int(long) - 4
          offset += 4
        }
        guard offset + size <= end else { return false }
        time &+= delta
        body(time, page.extracting(offset..<offset + size))
        offset += (size + 3) & ~3
      }
    }
    return true
  }

  /// The bits of `commit` that count the bytes of data. The two above them say that events before
  /// it were lost, which only happens to a ring that overwrites.
  private static let lengthBits: UInt64 = 0x3FFF_FFFF
  /// The bits of a time that an absolute time stamp lacks.
  private static let epochBits: UInt64 = 0xF8 << 56
}
