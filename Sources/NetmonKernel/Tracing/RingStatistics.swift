/// What the kernel counts for the ring of one CPU: `per_cpu/cpuN/stats`
/// (`tracing_stats_read` in `kernel/trace/trace.c`).
package struct RingStatistics: Hashable, Sendable {
  /// Events that found the ring full, since it was made. The sub-buffers themselves do not tell of
  /// them when the ring does not overwrite.
  package var droppedEvents: UInt64

  /// From the text of the file; nil without the line `dropped events: 0`.
  package init?(_ text: String) {
    let line = text.split(separator: "\n").first { $0.hasPrefix("dropped events:") }
    guard let number = line.flatMap({ UInt64($0.drop { !$0.isNumber }) }) else { return nil }
    droppedEvents = number
  }
}
