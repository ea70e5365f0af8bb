import Glibc

/// What a run of a program, or a piece of one, cost.
struct Measurement {
  var wall: Duration
  /// In user and kernel mode together.
  var cpu: Duration
  /// The largest resident set in bytes (getrusage(2)).
  var peakMemory: Int

  /// Runs a program to its end; nil when it took longer than `limit` and was killed.
  ///
  /// The kernel counts what this process had resident when it started the program into the
  /// program's peak, so that is a lower bound of `peakMemory`.
  static func run(
    _ program: Program, output: Int32, limit: Duration
  ) throws(BenchError) -> Measurement? {
    var child = sigset_t()
    sigemptyset(&child)
    sigaddset(&child, SIGCHLD)
    sigprocmask(SIG_BLOCK, &child, nil)

    let null = try Descriptor.null()
    let clock = ContinuousClock()
    let start = clock.now
    let pid = try program.spawn(input: null.number, output: output)
    var status: Int32 = 0
    var usage = rusage()
    // SIGCHLD stays pending while it is blocked, so that an end between the two calls is not lost.
    while wait4(pid, &status, WNOHANG, &usage) == 0 {
      let (seconds, attoseconds) = (limit - (clock.now - start)).components
      var timeout = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
      if seconds < 0 || sigtimedwait(&child, nil, &timeout) < 0 && errno == EAGAIN {
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        return nil
      }
    }
    let wall = clock.now - start
    guard status == 0 else {
      throw .unexpected("status \(status)", from: program.description)
    }
    return Measurement(wall: wall, cpu: usage.cpu, peakMemory: usage.peakMemory)
  }

  /// Does something in this process.
  static func of<Result>(_ body: () throws -> Result) rethrows -> (Measurement, Result) {
    let clock = ContinuousClock()
    let (cpu, start) = (ownUsage.cpu, clock.now)
    let result = try body()
    let wall = clock.now - start
    let usage = ownUsage
    let measurement = Measurement(
      wall: wall, cpu: usage.cpu - cpu, peakMemory: usage.peakMemory)
    return (measurement, result)
  }

  static var ownUsage: rusage {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage
  }
}

extension rusage {
  var cpu: Duration {
    .seconds(ru_utime.tv_sec + ru_stime.tv_sec)
      + .microseconds(Int(ru_utime.tv_usec) + Int(ru_stime.tv_usec))
  }

  /// In bytes.
  var peakMemory: Int { ru_maxrss * 1024 }
}
