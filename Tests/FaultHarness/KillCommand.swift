import Arguments

/// `faults kill`: kills either side at any moment, again and again.
enum KillCommand {
  struct Options: Sendable {
    var rounds = 300
    var rate = 500
    var seed = 1
    var readiness = Duration.seconds(2)
    var netmon: String?
  }

  static let declaration = Command<Faults.Action>(
    "kill",
    summary: "Kill a server and a collector under load, at random moments, and start them again",
    discussion: """
      The moments are from 100 µs to 1.5 s after the last start, each power of ten as likely as \
      another. At the end every record that was committed on the agent's side is on the server \
      once, in its newest revision.
      """,
    options: Options()
  ) {
    Option("rounds", \.rounds, in: 1...1_000_000, help: "how often to kill")
    Option("rate", \.rate, in: 1...100_000, help: "new connections each second")
    Option("seed", \.seed, in: 0...1_000_000_000, help: "another one kills at other moments")
    Option(
      "ready-within", \.readiness, in: .seconds(1)...(.seconds(60)),
      help: "how soon a restart must lead to something that works")
    Option("netmon", \.netmon, "FILE", help: "the netmon to test (default: the one built here)")
  } action: { options in
    {
      try Isolation.enter()
      try Workplace.use { place in
        var netmon = try Netmon(options.netmon)
        netmon.readiness = options.readiness
        var trial = try KillTrial(
          netmon: netmon, place: place, rate: options.rate, seed: options.seed)
        try trial.run(rounds: options.rounds)
        print(try trial.finish())
      }
    }
  }
}
