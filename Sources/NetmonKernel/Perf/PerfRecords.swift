internal import CLinux
package import NetmonCore

/// Reads the records of a perf ring: memory of a power of 2 bytes, in which positions count on for
/// ever and a record may go over the end (perf_event_open(2), "MMAP layout").
package struct PerfRecords: Sendable {
  /// A record that goes over the end of the ring, put together.
  private var scratch: [UInt8] = []

  package init() {}

  /// Hands out the events that `decode` makes of the records between two positions, oldest first.
  ///
  /// Returns false if something there is no record: nothing behind it can be found any more. What
  /// came before was handed out.
  package mutating func forEachEvent(
    in ring: RawSpan, from tail: UInt64, to head: UInt64,
    _ decode: (RawSpan) -> SocketEvent? = { PerfRecord.decode($0) }, _ body: (SocketEvent) -> Void
  ) -> Bool {
    let length = ring.byteCount
    guard head &- tail <= UInt64(length) else { return false }
    var remaining = Int(head &- tail)
    var offset = length == 0 ? 0 : Int(tail % UInt64(length))
    while remaining > 0 {
      // Records are aligned to 8 bytes, so that a header never goes over the end.
      guard let header = ring.value(offset, as: perf_event_header.self),
        case let size = Int(header.size), size >= PerfRecord.headerSize, size <= remaining
      else { return false }
      let end = offset + size
      if end <= length {
        if let event = decode(ring.extracting(offset..<end)) { body(event) }
      } else {
        join(ring, offset, end - length)
        if let event = decode(scratch.span.bytes) { body(event) }
      }
      offset = end % length
      remaining -= size
    }
    return true
  }

  /// Puts what is behind `offset` and the first `count` bytes together.
  private mutating func join(_ ring: RawSpan, _ offset: Int, _ count: Int) {
    scratch.removeAll(keepingCapacity: true)
    ring.extracting(offset..<ring.byteCount).withUnsafeBytes { scratch += $0 }
    ring.extracting(0..<count).withUnsafeBytes { scratch += $0 }
  }
}
