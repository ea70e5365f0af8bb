import Arguments
import TestSupport

/// `faults feed`: writes records until it is killed. The others start it as a process, to kill it.
enum FeedCommand {
  struct Options: Sendable {
    var database: Path?
    var ledger: Path?
    var rate = 500
    var seed = 1
  }

  static let declaration = Command<Faults.Action>(
    "feed",
    summary: "Write records into a database until killed, as the other commands have it do",
    options: Options()
  ) {
    Option("db", \.database, help: "the database")
    Option("ledger", \.ledger, help: "the file for what was committed")
    Option("rate", \.rate, in: 1...100_000, help: "new connections each second")
    Option("seed", \.seed, in: 0...1_000_000_000, help: "another one makes other records")
  } action: { options in
    { try run(options) }
  }

  private static func run(_ options: Options) throws {
    guard let database = options.database?.string, let ledger = options.ledger?.string else {
      throw FaultError.missing("--db and --ledger are needed")
    }
    var feeder = try Feeder(database: database, ledger: ledger, seed: options.seed)
    var chance = SplitMix(seed: UInt64(truncatingIfNeeded: options.seed))
    let start = ContinuousClock.now
    var count = 0
    while true {
      let due = Int(start.duration(to: .now) / .seconds(1) * Double(options.rate))
      if due > count {
        // Now one, now hundreds in a transaction.
        let batch = min(due - count, 1 + chance.below(400))
        try feeder.feed(batch)
        count += batch
      }
      pause(for: .milliseconds(1 + chance.below(40)))
    }
  }
}
