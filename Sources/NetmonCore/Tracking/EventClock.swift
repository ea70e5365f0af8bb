/// Turns the kernel's monotonic time into the times of records.
///
/// The offsets are read once, so that events keep their order and distances when the wall clock
/// is set; whoever sees it set may pass new ones for what comes after.
public struct EventClock: Hashable, Sendable {
  /// `CLOCK_REALTIME` minus `CLOCK_MONOTONIC`, in nanoseconds.
  public var realtimeOffset: Int64
  /// `CLOCK_BOOTTIME` minus `CLOCK_MONOTONIC`, in nanoseconds: the time spent suspended.
  public var boottimeOffset: Int64

  public init(realtimeOffset: Int64, boottimeOffset: Int64 = 0) {
    self.realtimeOffset = realtimeOffset
    self.boottimeOffset = boottimeOffset
  }

  /// The wall-clock time of a moment of `CLOCK_MONOTONIC`, in nanoseconds.
  func timestamp(_ time: UInt64) -> Timestamp {
    Timestamp(microseconds: (Int64(clamping: time) &+ realtimeOffset) / 1000)
  }

  /// When a process started that was forked at `time`, in clock ticks since boot: what field 22 of
  /// `/proc/PID/stat` says (proc_pid_stat(5)), give or take one. `USER_HZ` is 100 everywhere but
  /// on Alpha and IA-64.
  func startTime(_ time: UInt64) -> UInt64 {
    UInt64(clamping: Int64(clamping: time) &+ boottimeOffset) / 10_000_000
  }
}

extension UInt64 {
  /// The nanoseconds from `earlier` to this moment; 0 if it is later after all.
  func nanoseconds(since earlier: UInt64) -> UInt64 { self < earlier ? 0 : self - earlier }

  /// The same in whole microseconds.
  func microseconds(since earlier: UInt64) -> Int64 {
    Int64(clamping: nanoseconds(since: earlier) / 1000)
  }
}
