import Arguments

/// `faults stream`: cuts those off who follow changes.
enum StreamCommand {
  struct Options: Sendable {
    var cuts = 1000
    var clients = 8
    var idle = 200
    var changes = 100_000
    var seed = 1
    var netmon = TestedNetmon()
  }

  static let declaration = Command<Faults.Action>(
    "stream",
    summary: "Cut off clients of a server's stream of changes, and let some take nothing",
    discussion: """
      First so many clients follow while nothing happens, which must cost little. Then some are cut \
      off anywhere, also within an event, and come back, while records are posted to the server and \
      written by another process: each must be told of every record's latest revision, and of \
      nothing twice. At last one takes nothing while many changes are made, which must not cost the \
      server memory; then it must get them all.
      """,
    options: Options()
  ) {
    Option("cuts", \.cuts, in: 1...1_000_000, help: "how often to cut")
    Option("clients", \.clients, in: 1...100, help: "how many clients are cut")
    Option("idle", \.idle, in: 1...1000, help: "how many follow while nothing happens")
    Option("changes", \.changes, in: 1000...10_000_000, help: "how many the slow client lets pass")
    Option("seed", \.seed, in: 0...1_000_000_000, help: "another one cuts elsewhere")
    TestedNetmon.declarations(\.netmon)
  } action: { options in
    {
      try Isolation.enter()
      try Workplace.use { place in
        let trial = try StreamTrial(netmon: options.netmon(), place: place, seed: options.seed)
        print(try trial.idle(options.idle))
        print(try trial.cut(options.cuts, clients: options.clients))
        print(try trial.stall(for: options.changes))
        try trial.end()
      }
    }
  }
}
