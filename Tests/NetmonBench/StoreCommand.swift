import Arguments
import Foundation
import NetmonCore
import NetmonStore

/// `netmon-bench store`: how long questions to a large store take while it is written to.
enum StoreCommand {
  struct Options: Sendable {
    var rows = 10_000_000
    var rounds = 50
    var rate = 2000
    var database: String?
    var only: String?
    var netmon: String?
  }

  static let declaration = Command<NetmonBench.Action>(
    "store",
    summary: "Ask a store of many rows, while it is written to",
    discussion: """
      Fills a database, unless the file is there already, then asks it within this program and \
      through a server that it starts, and prints the result as Markdown. The rows are of the \
      seven days before the file was made.
      """,
    options: Options()
  ) {
    Option("rows", \.rows, in: 1000...100_000_000, help: "how many connections to begin with")
    Option("queries", \.rounds, in: 1...100_000, help: "how often to ask each question")
    Option("rate", \.rate, in: 0...100_000, help: "records a second written meanwhile")
    Option(
      "database", \.database, "FILE",
      help: "where to keep the rows for the next run (default: they are deleted)")
    Option("only", \.only, "TEXT", help: "only questions whose name has this in it")
    Option("netmon", \.netmon, "FILE", help: "the netmon to measure (default: the one built here)")
  } action: { options in
    { try run(options) }
  }

  /// By default the server would remove most of the rows while it is asked.
  static let keepingAll = [
    "--retention", "3650d", "--retention-ok", "3650d", "--max-size", "1TB",
  ]

  private static func run(_ options: Options) throws {
    let facts = MachineFacts()
    let scratch = try TemporaryDirectory()
    let path = options.database ?? scratch.path + "/netmon.db"
    let filling = try fill(path, rows: options.rows)
    let store = try Store(path: path)
    let newest = try store.statistics().newest ?? .now
    let workload = StoreWorkload(rows: options.rows, end: newest)
    let size = try store.statistics()
    let netmon = try options.netmon ?? Program.built("netmon")
    let port = try PageClient.freePort()
    let server = try Watcher(
      "serve", Program(netmon, ["serve", "--db", path, "--port", "\(port)"] + keepingAll))
    defer { withExtendedLifetime(server) {} }
    let client = try connect(port)
    let writer = BackgroundWriter(try Store(path: path), workload, rate: options.rate)
    var table = LatencyTable()
    for question in StoreQuestion.all
    where options.only.map({ question.name.contains($0) }) ?? true {
      NetmonBench.say("\(question.name)\n")
      let inside = try (0..<options.rounds).map { round in
        try time { try question.ask(store, round, .now) }
      }
      // Another question each time, as the server remembers what it has answered.
      let outside = try (0..<options.rounds).map { round in
        try time { _ = try client.get(question.target(options.rounds + round)) }
      }
      table.add(question, inside, outside)
    }
    let rate = writer.rate
    writer.stop()
    var export: [String] = []
    if options.only == nil { export = try measureExport(netmon, path, options.rows) }
    print(
      """
      \(size.connections) connections, \(size.processes) processes, \(size.hosts) hosts, \
      \(size.addresses) addresses; \(size.sizeBytes / Int64(max(size.connections, 1))) bytes a \
      connection; \(Int(rate)) records/s written meanwhile; \(options.rounds) questions of each \
      kind. \(filling)\(facts)

      \(table.markdown)

      \(export.joined(separator: "\n"))
      """)
  }

  /// Makes the file unless it is there.
  static func fill(_ path: String, rows: Int) throws -> String {
    guard !FileManager.default.fileExists(atPath: path) else { return "" }
    let store = try Store(path: path)
    let workload = StoreWorkload(rows: rows, end: .now)
    let batch = 20_000
    let keepingAll = RetentionPolicy(age: .seconds(3650 * 86_400))
    var removal = Removal()
    let (cost, _) = try Measurement.of {
      for start in stride(from: 0, to: rows, by: batch) {
        let numbers = start..<min(start + batch, rows)
        _ = try store.record(numbers.map { workload.record($0) })
        guard start % 1_000_000 == 0 else { continue }
        NetmonBench.say("\(start) rows\n")
        // As a server does: of the changes only the latest stay.
        _ = try store.removeAged(by: keepingAll, now: .now, &removal)
      }
    }
    try store.checkpoint()
    let rate = Double(rows) / (cost.wall / .seconds(1))
    return "Filled at \(Int(rate)) records/s. "
  }

  private static func time(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start).milliseconds
  }

  /// Waits for the server.
  static func connect(_ port: UInt16) throws -> PageClient {
    let deadline = ContinuousClock.now + .seconds(30)
    while true {
      do {
        return try PageClient(port: port)
      } catch {
        guard ContinuousClock.now < deadline else { throw error }
        Thread.sleep(forTimeInterval: 0.05)
      }
    }
  }

  /// The first row of `netmon query`, and the memory that exports of different lengths take.
  private static func measureExport(_ netmon: String, _ path: String, _ rows: Int) throws
    -> [String]
  {
    let query = ["query", "--db", path, "-o", "csv", "--limit"]
    let null = try Descriptor.null()
    var lines = ["| `netmon query -o csv` | ms | peak MiB |", "|---|--:|--:|"]
    for limit in [1, 100, min(rows, 100_000), min(rows, 1_000_000)] {
      let program = Program(netmon, query + ["\(limit)"])
      let runs = try (0..<(limit > 1000 ? 1 : 10)).map { _ in
        try peakMemory(of: program, output: null.number)
      }
      let wall = Distribution(runs.map(\.wall.milliseconds))
      let memory = Distribution(runs.map(\.memory))
      lines.append(
        "| `--limit \(limit)` | \(wall.description) | \(memory.median.rounded(to: 1)) |")
    }
    return lines
  }

  /// Runs a program to its end and looks every few milliseconds at the most memory that it had
  /// resident, in MiB (`VmHWM` in proc_pid_status(5)): what getrusage(2) tells begins with that of
  /// this program.
  private static func peakMemory(
    of program: Program, output: Int32
  ) throws -> (wall: Duration, memory: Double) {
    let input = try Descriptor.null()
    let start = ContinuousClock.now
    let pid = try program.spawn(input: input.number, output: output)
    var memory = 0.0
    var status: Int32 = 0
    while waitpid(pid, &status, WNOHANG) == 0 {
      let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
      let field = text?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      let kibibytes = field?.split(separator: " ").dropFirst().first.flatMap { Double($0) }
      memory = max(memory, (kibibytes ?? 0) / 1024)
      guard ContinuousClock.now - start < .seconds(300) else {
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        throw BenchError.unexpected("nothing for five minutes", from: program.description)
      }
      Thread.sleep(forTimeInterval: 0.002)
    }
    guard status == 0 else { throw BenchError.unexpected("status \(status)", from: "\(program)") }
    return (ContinuousClock.now - start, memory)
  }
}
