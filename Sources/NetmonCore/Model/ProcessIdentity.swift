/// Which process: a pid alone is not enough, because the kernel gives pids out again.
public struct ProcessIdentity: Hashable, Sendable {
  /// The process id (thread group id) in the initial pid namespace, or the one netmon runs in.
  public let pid: Int32
  /// When it started, in clock ticks since boot (field 22 of `/proc/PID/stat`, proc(5)); 0 when
  /// unknown.
  public let startTime: UInt64

  public init(pid: Int32, startTime: UInt64) {
    self.pid = pid
    self.startTime = startTime
  }
}
