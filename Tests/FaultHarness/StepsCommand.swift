import Arguments

/// `faults steps`: kills at every single call that changes a file.
enum StepsCommand {
  enum Side: String, CaseIterable, ArgumentValue {
    case server, agent

    static var placeholder: String { "SIDE" }
    static var expectation: String { "a side" }
  }

  struct Options: Sendable {
    var side: Side?
    var records = 300
    var limit = 10_000
    var stride = 1
    var killsOnly = false
    var netmon: String?
  }

  static let declaration = Command<Faults.Action>(
    "steps",
    summary: "Kill at every system call of a delivery that changes a file, and make them fail",
    discussion: """
      A delivery into a new database, from the start of the process to its end, is done again and \
      again: each time the process is killed one system call later (write, pwrite64, fsync, \
      fdatasync, ftruncate, rename, unlink and their kin), until it gets to its end. Then single \
      calls fail with ENOSPC and EIO while it runs.
      """,
    options: Options()
  ) {
    Option("side", \.side, help: "only the server's or the agent's side (default: both)")
    Option("records", \.records, in: 1...100_000, help: "how many records are delivered")
    Option("limit", \.limit, in: 1...1_000_000, help: "no more kills than this on a side")
    Option("stride", \.stride, in: 1...1000, help: "kill at every so many calls only")
    Flag("kills-only", \.killsOnly, help: "have no calls fail")
    Option("netmon", \.netmon, "FILE", help: "the netmon to test (default: the one built here)")
  } action: { options in
    {
      try Isolation.enter()
      try Workplace.use { place in
        let trial = try StepTrial(
          netmon: Netmon(options.netmon), place: place, records: options.records)
        for side in Side.allCases where side == options.side ?? side {
          print(try trial.kills(on: side, limit: options.limit, stride: options.stride))
          if !options.killsOnly { print(try trial.errors(on: side)) }
        }
      }
    }
  }
}
