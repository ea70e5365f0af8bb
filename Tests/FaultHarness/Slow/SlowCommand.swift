import Arguments

/// `faults slow`: clients that are slow, or send what should hurt, while another one is served.
enum SlowCommand {
  struct Options: Sendable {
    var time = Duration.seconds(300)
    var connections = 1000
    var isPlain = false
    var slowest = Duration.milliseconds(200)
    var growth = ByteCount(bytes: 32_000_000)
    var netmon = TestedNetmon()
  }

  static let declaration = Command<Faults.Action>(
    "slow",
    summary: "Keep a server busy with slow clients and bombs, while another client is served",
    discussion: """
      Clients of each kind hold a server's connections, over TLS unless told otherwise, and come back \
      when it lets go of them: such that send header fields or a body byte by byte, that take no \
      response, that begin a TLS handshake and leave it there, and a few that send gzip bombs or \
      deeply nested JSON. Meanwhile another client asks and posts, on a connection that stays and on \
      new ones. It must be answered in time, and the server must not take much memory.
      """,
    options: Options()
  ) {
    Option("time", \.time, in: .seconds(1)...(.seconds(86_400)), help: "for how long")
    Option("connections", \.connections, in: 8...20_000, help: "how many connections are held")
    Flag("plaintext", \.isPlain, help: "without TLS")
    Option("p99", \.slowest, help: "how long the slowest hundredth of answers may take at least")
    Option("growth", \.growth, help: "how much more memory the server may take at any moment")
    TestedNetmon.declarations(\.netmon)
  } action: { options in
    {
      try Isolation.enter()
      try Workplace.use { place in
        let trial = try SlowTrial(options.netmon(), place, isPlain: options.isPlain)
        let result = try trial.run(connections: options.connections, for: options.time)
        print(result.text)
        try trial.end()
        try result.check(slowest: options.slowest, growth: options.growth.bytes)
      }
    }
  }
}
