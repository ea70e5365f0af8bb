import Arguments
import Glibc
import NetmonCore

/// `netmon-bench scan`: reads this machine's sockets again and again in one process, with one line
/// of figures each time. It is what `proc` measures, and what a profiler should look at.
enum ScanCommand {
  struct Options: Sendable {
    var scans = 6
  }

  static let declaration = Command<NetmonBench.Action>(
    "scan",
    summary: "Scan this machine and print what each scan cost",
    options: Options()
  ) {
    Option("scans", \.scans, in: 1...1_000_000, help: "how often; the first scan is the cold one")
  } action: { options in
    { try run(options) }
  }

  private static func run(_ options: Options) throws {
    var scanner = SocketScanner(try ProcFS())
    for _ in 0..<options.scans {
      let (cost, snapshot) = try Measurement.of { try scanner.scan(now: .now) }
      let figures = ScanFigures(
        cost: cost, tables: scanner.statistics.tableTime, owners: scanner.statistics.ownerTime,
        sockets: snapshot.sockets.count)
      print(figures)
    }
  }
}

extension Timestamp {
  static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}
