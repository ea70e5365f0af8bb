import Arguments

/// `faults kill`: kills either side at any moment, again and again.
enum KillCommand {
  struct Options: Sendable {
    var rounds = 300
    var rate = 500
    var seed = 1
    var netmon = TestedNetmon()
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
    TestedNetmon.declarations(\.netmon)
  } action: { options in
    {
      try Isolation.enter()
      try Workplace.use { place in
        var trial = try KillTrial(
          netmon: options.netmon(), place: place, rate: options.rate, seed: options.seed)
        try trial.run(rounds: options.rounds)
        print(try trial.finish())
      }
    }
  }
}
