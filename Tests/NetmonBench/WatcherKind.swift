import Glibc

/// The ways of hearing of connections that are compared.
enum WatcherKind: CustomStringConvertible {
  case netmon(String, arguments: [String])
  case bpftrace
  /// `ss -tanp` every second.
  case ss

  var description: String {
    switch self {
    case .netmon(_, let arguments):
      "`\((["netmon", "collect"] + arguments).joined(separator: " "))`"
    case .bpftrace: "`bpftrace` printing the same events"
    case .ss: "`ss -tanp` every second"
    }
  }

  func start() throws(BenchError) -> Watcher {
    switch self {
    case .netmon(let path, let arguments):
      let directory = try TemporaryDirectory()
      let database = directory.path + "/netmon.db"
      let program = Program(path, ["collect", "--db", database] + arguments)
      return try Watcher(description, program) { _ throws(BenchError) in
        // What it keeps is asked for when it has ended.
        defer { withExtendedLifetime(directory) {} }
        let ours = [
          "query", "--db", database, "--count", "direction:outbound", "remote:127.0.0.0/8",
        ]
        return WatcherResult(
          seen: try count(Program(path, ours)),
          attributed: try count(Program(path, ours + ["pid:\(getpid())"])))
      }
    case .bpftrace:
      return try Watcher(description, Program("unshare", ["-m", "sh", "-c", Self.script])) {
        lines throws(BenchError) in
        var result = WatcherResult()
        try lines { line in
          // The first event of a connection: CLOSE to SYN_SENT.
          let words = line.split(separator: " ")
          guard words.first == "state", words.count > 6, words[3] == "7", words[4] == "2" else {
            return
          }
          result.seen += 1
          if words[2] == "\(getpid())" { result.attributed += 1 }
        }
        return result
      }
    case .ss:
      let script = "while :; do ss -tanpH dst 127.0.0.0/8; sleep 1; done"
      return try Watcher(description, Program("sh", ["-c", script])) { lines throws(BenchError) in
        var pairs: [String: Bool] = [:]
        try lines { line in
          let words = line.split(separator: " ")
          // Of the two ends the one that connected: listeners have the addresses from 127.0.0.2 on.
          guard words.count > 4, words[3].hasPrefix("127.0.0.1:") else { return }
          let pair = "\(words[3]) \(words[4])"
          pairs[pair] = pairs[pair] == true || words.count > 5
        }
        return WatcherResult(seen: pairs.count, attributed: pairs.values.count { $0 })
      }
    }
  }

  private func count(_ program: Program) throws(BenchError) -> Int {
    var count: Int?
    try program.readLines { count = Int($0) }
    guard let count else { throw .unexpected("no count", from: program.description) }
    return count
  }

  /// The tracepoints that netmon follows, one line for each event. bpftrace looks for them in
  /// debugfs, which need not be mounted.
  private static let script = """
    mount -t debugfs none /sys/kernel/debug
    exec bpftrace -e '
    tracepoint:sock:inet_sock_set_state {
      printf("state %lld %d %d %d %s %s %d %d %llx\\n", nsecs, tid, args->oldstate, args->newstate,
        ntop(args->saddr), ntop(args->daddr), args->sport, args->dport, args->skaddr); }
    tracepoint:sock:inet_sk_error_report {
      printf("error %lld %d %d %s %d\\n", nsecs, tid, args->error, ntop(args->daddr), args->dport); }
    tracepoint:tcp:tcp_destroy_sock {
      printf("destroy %lld %d %d %d %llx\\n", nsecs, tid, args->sport, args->dport, args->skaddr); }
    tracepoint:tcp:tcp_receive_reset {
      printf("receive_reset %lld %d %d %llx\\n", nsecs, tid, args->dport, args->skaddr); }
    tracepoint:tcp:tcp_send_reset {
      printf("send_reset %lld %d %llx\\n", nsecs, tid, args->skaddr); }
    tracepoint:tcp:tcp_retransmit_skb {
      printf("retransmit %lld %d %d %llx\\n", nsecs, tid, args->dport, args->skaddr); }
    '
    """
}

/// How many connections a watcher told of.
struct WatcherResult {
  var seen = 0
  /// Those with the process that made them.
  var attributed = 0
}
