import Arguments

/// `faults corrupt`: damages a database in many ways, and starts netmon on it.
enum CorruptCommand {
  struct Options: Sendable {
    var mutations = 1000
    var starts = 100
    var records = 2000
    var seed = 1
    var readiness = Duration.seconds(2)
    var netmon: String?
  }

  static let declaration = Command<Faults.Action>(
    "corrupt",
    summary: "Damage a database, and start on it",
    discussion: """
      The database was in use when its machine stopped, so its last records are in the \
      write-ahead log. Most mutants are read and written by the library in this process, some by \
      netmon query and netmon serve.
      """,
    options: Options()
  ) {
    Option("mutations", \.mutations, in: 1...10_000_000, help: "how many mutants")
    Option("starts", \.starts, in: 0...1_000_000, help: "on how many of them netmon is started")
    Option("records", \.records, in: 100...1_000_000, help: "how many records it holds")
    Option("seed", \.seed, in: 0...1_000_000_000, help: "another one makes other mutants")
    Option(
      "ready-within", \.readiness, in: .seconds(1)...(.seconds(60)),
      help: "how soon netmon serve must be ready")
    Option("netmon", \.netmon, "FILE", help: "the netmon to test (default: the one built here)")
  } action: { options in
    {
      try Isolation.enter()
      try Workplace.use { place in
        var netmon = try Netmon(options.netmon)
        netmon.readiness = options.readiness
        var trial = try CorruptTrial(
          netmon: netmon, place: place, records: options.records, seed: options.seed)
        print(try trial.run(mutations: options.mutations, starts: options.starts))
      }
    }
  }
}
