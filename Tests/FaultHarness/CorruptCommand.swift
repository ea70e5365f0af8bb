import Arguments

/// `faults corrupt`: damages a database in many ways, and starts netmon on it.
enum CorruptCommand {
  struct Options: Sendable {
    var mutations = 1000
    var starts = 100
    var records = 2000
    var seed = 1
    var netmon = TestedNetmon()
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
    Option(
      "starts", \.starts, in: 0...1_000_000, help: "on about how many of them netmon is started")
    Option("records", \.records, in: 100...1_000_000, help: "how many records it holds")
    Option("seed", \.seed, in: 0...1_000_000_000, help: "another one makes other mutants")
    TestedNetmon.declarations(\.netmon)
  } action: { options in
    {
      try Isolation.enter()
      try Workplace.use { place in
        var trial = try CorruptTrial(
          netmon: options.netmon(), place: place, records: options.records, seed: options.seed)
        print(try trial.run(mutations: options.mutations, starts: options.starts))
      }
    }
  }
}
