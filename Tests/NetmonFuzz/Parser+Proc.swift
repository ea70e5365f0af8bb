import Glibc
import NetmonCore

extension Parser {
  /// `/proc/net/tcp` and the others, each as all four.
  static func socketTables(_ corpus: Corpus) throws(CorpusError) -> Parser {
    let seeds = try corpus.procFiles("net/tcp", "net/tcp6", "net/udp", "net/udp6")
    return Parser(name: "socket-tables", seeds: seeds) { input throws(BrokenInvariant) in
      let lines = input.count { $0 == UInt8(ascii: "\n") } + 1
      for table in NetSocketTable.allCases {
        var sockets = 0
        let malformed = table.parse(input.span, networkNamespace: 1) { _ in sockets += 1 }
        try require(sockets + malformed <= lines, "more sockets than lines")
      }
    }
  }

  /// The other files of `/proc`, and of `/etc`.
  static func processFiles(_ corpus: Corpus) throws(CorpusError) -> [Parser] {
    [
      Parser(name: "stat", seeds: try stats(corpus)) { input throws(BrokenInvariant) in
        guard let stat = ProcessStat(input.span) else { return }
        try require(stat.identity.pid >= 0, "a negative pid")
      },
      Parser(name: "cgroup", seeds: try cgroups(corpus)) { input throws(BrokenInvariant) in
        let cgroup = ProcessCgroup(input.span)
        try require(cgroup.unit?.contains("/") != true, "a unit with a slash")
      },
      Parser(
        name: "counters",
        seeds: try corpus.procFiles("net/snmp", "net/snmp6", "net/netstat", "net/sockstat")
      ) { input in
        var counters = NetworkCounters()
        counters.parsePairs(input.span)
        counters.parseLines(input.span)
        var counts = NetSockstat()
        counts.parse(input.span)
        for table in NetSocketTable.allCases { _ = counts.isEmpty(table) }
      },
      Parser(name: "boot-time", seeds: try corpus.procFiles("stat")) { input in
        _ = HostFacts.parseBootTime(input.span)
      },
      try names(corpus),
    ]
  }

  private static func stats(_ corpus: Corpus) throws(CorpusError) -> [[UInt8]] {
    let hostile = "7 (a) b) (c\n) S 1 7 7 0 -1 2129984 1 2 3 4 5 6 7 8 20 0 1 0 4711 "
    return try corpus.procFiles("stat") + [Array(hostile.utf8)]
  }

  private static func cgroups(_ corpus: Corpus) throws(CorpusError) -> [[UInt8]] {
    let id = String(repeating: "3f", count: 32)
    let lines = [
      "0::/system.slice/nginx.service\n", "0::/system.slice/docker-\(id).scope\n",
      "12:pids:/docker/\(id)\n1:name=systemd:/docker/\(id)\n0::/\n",
      "0::/kubepods.slice/kubepods-pod1.slice:cri-containerd:\(id)\n",
      "0::/machine.slice/machine-a\\x2db.scope/_x.service\n", "0::/lxc.payload.web/init.scope\n",
      "3:cpu:/lxc/web/ns/user.slice\n", "0::/system.slice/systemd-nspawn@web\\x2d1.service\n",
    ]
    return try corpus.procFiles("cgroup") + lines.map { Array($0.utf8) }
  }

  /// `/etc/services` and `/etc/passwd`, through the reader of files that may be of any size.
  private static func names(_ corpus: Corpus) throws(CorpusError) -> Parser {
    let seeds = try corpus.procFiles("etc/services", "etc/passwd")
    let file = try ScratchFile()
    return Parser(
      name: "names", isKernel: false, seeds: seeds.map { Array($0.prefix(2048)) }
    ) { input throws(BrokenInvariant) in
      try require(file.replace(with: input), "the scratch file took no more")
      _ = ServiceNames(path: file.path)[443, .tcp]
      var users = UserNames(path: file.path)
      _ = users.name(of: 0)
    }
  }
}

/// A file without a name.
private final class ScratchFile: Sendable {
  private let descriptor: Int32

  init() throws(CorpusError) {
    var path = Array("/tmp/netmon-fuzz-XXXXXX".utf8CString)
    descriptor = mkstemp(&path)
    guard descriptor >= 0 else { throw CorpusError(path: "/tmp", errno: errno) }
    unlink(path)
  }

  deinit { close(descriptor) }

  var path: String { "/proc/self/fd/\(descriptor)" }

  /// False if not all of it could be written.
  func replace(with bytes: [UInt8]) -> Bool {
    ftruncate(descriptor, 0) == 0
      && bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) } == bytes.count
  }
}
