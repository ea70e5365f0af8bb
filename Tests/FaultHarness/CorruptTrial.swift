import Foundation
import NetmonCore
import NetmonStore
import TestSupport

/// One database, damaged in another way each time.
struct CorruptTrial {
  private let netmon: Netmon
  private let place: Workplace
  private let template: Workplace
  private let seed: Int
  private let port: UInt16
  /// All records that were ever written, in all their revisions.
  private let written: Set<Int>

  /// What became of the mutants of one kind.
  private struct Outcome {
    var mutants = 0
    /// Read and written as if nothing had happened, or with a damage that did not show.
    var whole = 0
    var refused = 0
    var altered = 0
    var setAside = 0
  }

  private var outcomes: [Mutation: Outcome] = [:]
  private var starts = Times()

  init(netmon: Netmon, place: Workplace, records: Int, seed: Int) throws {
    (self.netmon, self.place, self.seed) = (netmon, place, seed)
    port = try Loopback.freePort()
    template = try place.empty("template")
    let unclean = try place.empty("unclean")
    let store = try Store(path: unclean("netmon.db"))
    var load = Load(agent: store.id, seed: seed)
    var written: Set<Int> = []
    func write(_ count: Int) throws {
      var done = 0
      while done < count {
        let records = load.records(try store.reserveNumbers(20), at: .now)
        _ = try store.record(records)
        for record in records { written.insert(Self.digest(record)) }
        done += records.count
      }
    }
    try write(records * 3 / 4)
    try store.checkpoint()
    try write(records / 4)
    // As it stands on the disk while it is in use.
    try unclean.copyDatabase("netmon.db", to: template)
    self.written = written
  }

  private static func digest(_ connection: Connection) -> Int {
    var connection = connection
    connection.id = nil
    return connection.json.hashValue
  }

  mutating func run(mutations: Int, starts: Int) throws -> String {
    let begin = ContinuousClock.now
    var served = 0
    for number in 0..<mutations {
      var chance = SplitMix(seed: UInt64(truncatingIfNeeded: seed &+ number))
      let kind = Mutation.allCases[number % Mutation.allCases.count]
      let step = try place.empty("mutant")
      try template.copyDatabase("netmon.db", to: step)
      try kind.apply(to: step("netmon.db"), &chance)
      let context = "mutant \(number) of seed \(seed) (\(kind.rawValue))"
      outcomes[kind, default: Outcome()].mutants += 1
      if chance.below(mutations) < starts {
        served += 1
        try query(step, context)
        try serve(step, kind, context)
      } else {
        // If it stops this process, it is the last of these.
        try Data("\(context)\n".utf8).write(to: URL(fileURLWithPath: place("last")))
        try use(step, kind, context)
      }
    }
    return report(mutations, served, begin.duration(to: .now))
  }

  // MARK: - In this process

  /// Reads and writes all there is, by the library.
  private mutating func use(_ step: Workplace, _ kind: Mutation, _ context: String) throws {
    do {
      let store = try Store(path: step("netmon.db"))
      let altered = try alteredRecords(store)
      outcomes[kind]?.altered += altered
      if altered > 0, !kind.changesPages {
        throw FaultError.broken("\(context): \(altered) records are shown that never were")
      }
      _ = try store.hosts()
      _ = try store.processes(Filter(), limit: 100)
      _ = try store.errorSummary(ErrorQuery(now: .now))
      _ = try store.changes(after: 0, limit: 1000)
      var load = Load(agent: store.id, seed: 0)
      _ = try store.record(load.records(try store.reserveNumbers(20), at: .now))
      outcomes[kind]?.whole += 1
    } catch is StoreError {
      outcomes[kind]?.refused += 1
    }
  }

  /// How many records are shown that were never written so.
  private func alteredRecords(_ store: Store) throws -> Int {
    var count = 0
    try store.forEachConnection(ConnectionQuery(limit: nil)) {
      if !written.contains(Self.digest($0)) { count += 1 }
      return true
    }
    return count
  }

  // MARK: - By netmon

  /// It may say that the database is damaged, but must not crash.
  private func query(_ step: Workplace, _ context: String) throws {
    let query = try Child(
      [netmon.path, "query", "--db", step("netmon.db"), "--limit", "0", "-o", "csv"],
      messages: step("query.log"))
    let status = try query.wait()
    guard [0, 1].contains(status) else {
      throw FaultError.broken("\(context): netmon query ended with status \(status)")
    }
  }

  /// It must start, be ready, store what comes, and say what it lost.
  private mutating func serve(_ step: Workplace, _ kind: Mutation, _ context: String) throws {
    let server = try netmon.serve(step("netmon.db"), port: port, messages: step("server.log"))
    do {
      starts.add(try netmon.awaitReady(server, port: port))
      let gaps = try HTTP.get("/api/gaps", port: port)
      let files = try FileManager.default.contentsOfDirectory(atPath: step.path)
      if files.contains(where: { $0.contains(".corrupt-") }) {
        outcomes[kind]?.setAside += 1
        guard gaps.status == 200, gaps.body.count > 2 else {
          throw FaultError.broken("the database was set aside, and no gap tells it")
        }
      } else {
        outcomes[kind]?.whole += 1
      }
      try server.stop()
    } catch {
      throw FaultError.broken("\(context): \(error)")
    }
  }

  // MARK: - Report

  private func report(_ mutations: Int, _ served: Int, _ time: Duration) -> String {
    let lines = Mutation.allCases.compactMap { kind -> String? in
      guard let outcome = outcomes[kind] else { return nil }
      return "| \(kind.rawValue) | \(outcome.mutants) | \(outcome.whole) | \(outcome.refused) "
        + "| \(outcome.setAside) | \(outcome.altered) |"
    }
    return """
      \(mutations) mutants in \(time.text), netmon serve and query on \(served) of them; ready: \
      \(starts.text)

      | damage | mutants | went on | said that it is damaged | set aside | records altered |
      |---|--:|--:|--:|--:|--:|
      \(lines.joined(separator: "\n"))
      """
  }
}
