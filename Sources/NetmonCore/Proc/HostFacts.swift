internal import Glibc

/// What identifies this boot of this host, and its clock.
public struct HostFacts: Hashable, Sendable {
  /// `/proc/sys/kernel/random/boot_id`: a random UUID per boot (random(4)).
  public let bootID: String
  /// `/proc/sys/kernel/hostname`: of the UTS namespace that netmon runs in.
  public let hostName: String
  /// When the kernel started, to the second: `btime` in `/proc/stat` (proc_stat(5)).
  public let bootTime: Timestamp
  /// The unit of process start times: `sysconf(_SC_CLK_TCK)`, 100 on all common machines.
  public let ticksPerSecond: Int64

  /// Throws `ProcError` if one of the three files cannot be read or is not as documented.
  public init(_ fs: ProcFS) throws(ProcError) {
    bootID = try fs.line(of: "sys/kernel/random/boot_id")
    hostName = try fs.line(of: "sys/kernel/hostname")
    guard let seconds = try fs.parse("stat", Self.parseBootTime) else {
      throw .malformed(path: "stat")
    }
    bootTime = Timestamp(microseconds: seconds * 1_000_000)
    ticksPerSecond = Int64(max(sysconf(Int32(_SC_CLK_TCK)), 1))
  }

  /// When a process started, to the tick plus the second that `bootTime` is exact to; nil when its
  /// start time is unknown.
  public func startTime(of process: ProcessIdentity) -> Timestamp? {
    guard process.startTime > 0, let ticks = Int64(exactly: process.startTime),
      ticks < Int64.max / 1_000_000
    else { return nil }
    return bootTime.advanced(byMicroseconds: ticks * 1_000_000 / ticksPerSecond)
  }

  /// Finds the line `btime SECONDS`.
  package static func parseBootTime(_ text: Span<UInt8>) -> Int64? {
    var index = 0
    while let range = text.line(at: &index) {
      let line = text.extracting(range)
      var column = 0
      guard let name = line.word(at: &column), line.equals("btime", in: name) else { continue }
      line.skipBlanks(at: &column)
      return line.decimal(at: &column).flatMap(Int32.init(exactly:)).map(Int64.init)
    }
    return nil
  }
}
