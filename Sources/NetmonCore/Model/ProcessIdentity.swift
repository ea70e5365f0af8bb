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

/// What is known of a process: enough to recognise it after it is gone.
public struct ProcessDetails: Hashable, Sendable {
  public var identity: ProcessIdentity
  /// The kernel's `comm`: at most 15 bytes, chosen by the process and therefore hostile.
  public var name: String
  /// The executable's absolute path, kept when the file was deleted since; "" when unknown.
  public var path: String
  public var userID: UInt32?
  public var user: String?
  /// The systemd unit, such as `nginx.service`.
  public var unit: String?
  /// The container's id, as its runtime wrote it into the cgroup path.
  public var container: String?
  public var parentID: Int32?
  public var parentName: String?
  /// The command line, only when asked for: it may hold secrets.
  public var command: String?

  public init(identity: ProcessIdentity, name: String = "", path: String = "") {
    self.identity = identity
    self.name = name
    self.path = path
  }

  /// The process of a socket whose owner could not be found.
  public static let unknown = ProcessDetails(identity: ProcessIdentity(pid: 0, startTime: 0))
}
