import Arguments

/// `faults steps`: kills at every single call that changes a file.
enum StepsCommand {
  enum Side: String, CaseIterable, ArgumentValue {
    case server, agent

    static var placeholder: String { "SIDE" }
    static var expectation: String { "a side" }
  }

  enum Part: String, CaseIterable, ArgumentValue {
    case kills, errors

    static var placeholder: String { "PART" }
    static var expectation: String { "a part" }
  }

  struct Options: Sendable {
    var side: Side?
    var records = 300
    var limit = 10_000
    var stride = 1
    var part: Part?
    var netmon = TestedNetmon()
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
    Option(
      "limit", \.limit, in: 1...1_000_000,
      help: "no more kills than this on a side, nor failures of a kind")
    Option("stride", \.stride, in: 1...1000, help: "kill at every so many calls only")
    Option("only", \.part, help: "only the kills or the failing calls (default: both)")
    TestedNetmon.declarations(\.netmon)
  } action: { options in
    {
      try Isolation.enter()
      try Workplace.use { place in
        let trial = try StepTrial(
          netmon: options.netmon(), place: place, records: options.records)
        for side in Side.allCases where side == options.side ?? side {
          if options.part != .errors {
            print(try trial.kills(on: side, limit: options.limit, stride: options.stride))
          }
          if options.part != .kills { print(try trial.errors(on: side, limit: options.limit)) }
        }
      }
    }
  }
}
