import Arguments
import BrowserDriver
import Foundation
import NetmonStore

/// `netmon-bench page`: how long people wait for the page, in a real browser with a slow processor.
enum PageCommand {
  struct Options: Sendable {
    var rows = 1_000_000
    var database: String?
    var rounds = 9
    var slowdown = 4
    var rate = 1000
    var time: Duration = .seconds(300)
    var netmon: String?
  }

  static let declaration = Command<NetmonBench.Action>(
    "page",
    summary: "Look at the page with a real browser and a slow processor",
    discussion: """
      Opens the page over a store of many rows in Debian's chromium, and prints as Markdown when it \
      painted first, how long a keystroke in the filter took to be painted over 100,000 rows, and \
      what a stream of changes did to it.
      """,
    options: Options()
  ) {
    Option("rows", \.rows, in: 1000...100_000_000, help: "how many connections to begin with")
    Option(
      "database", \.database, "FILE",
      help: "where to keep the rows for the next run (default: they are deleted)")
    Option("rounds", \.rounds, in: 1...100, help: "how often to measure; medians are printed")
    Option("slowdown", \.slowdown, in: 1...20, help: "how much slower the processor appears")
    Option("rate", \.rate, in: 0...10_000, help: "changes a second while the page is watched")
    Option("time", \.time, help: "for how long they come")
    Option("netmon", \.netmon, "FILE", help: "the netmon to measure (default: the one built here)")
  } action: { options in
    { try await run(options) }
  }

  private static func run(_ options: Options) async throws {
    let facts = MachineFacts()
    let scratch = try TemporaryDirectory()
    let path = options.database ?? scratch.path + "/netmon.db"
    _ = try StoreCommand.fill(path, rows: options.rows)
    let port = try PageClient.freePort()
    let netmon = try options.netmon ?? Program.built("netmon")
    let server = try Watcher(
      "serve",
      Program(netmon, ["serve", "--db", path, "--port", "\(port)"] + StoreCommand.keepingAll))
    defer { withExtendedLifetime(server) {} }
    _ = try StoreCommand.connect(port)
    let trial = PageTrial(url: "http://127.0.0.1:\(port)", slowdown: Double(options.slowdown))
    NetmonBench.say("first paint\n")
    let paints = try await repeated(options.rounds) { try await trial.firstPaint() }
    NetmonBench.say("keystrokes\n")
    let strokes = try await repeated(options.rounds) { try await trial.keystroke() }
    NetmonBench.say("changes\n")
    let writer = BackgroundWriter(
      try Store(path: path), StoreWorkload(rows: options.rows, end: .now), rate: options.rate)
    let watched = try await trial.watch(for: options.time)
    let rate = writer.rate
    writer.stop()
    print(
      """
      \(options.rows) connections; processor \(options.slowdown) times slower; medians of \
      \(options.rounds). \(facts)

      | the page | | aim |
      |---|--:|--:|
      | first contentful paint | \(median(paints)) ms | 800 ms |
      | keystroke to paint, p95, over \(strokes.first?.rows ?? 0) rows | \
      \(median(strokes.map(\.first))) ms | 100 ms |
      | the same to the last change, the server's answer among them | \
      \(median(strokes.map(\.last))) ms | |
      | elements | \(watched.elements) | 1500 |
      | \(Int(rate)) changes/s for \(options.time): longest wait for a frame | \
      \(Int(watched.longestFrame)) ms | |
      | the same: p95 of frames | \(Int(watched.usualFrame)) ms | |
      | heap before, after | \(watched.heap.map { "\($0 >> 20)" }.joined(separator: ", ")) MiB | |
      """)
  }

  private static func repeated<Value>(
    _ count: Int, _ body: () async throws -> Value
  ) async throws -> [Value] {
    var values: [Value] = []
    for _ in 0..<count { values.append(try await body()) }
    return values
  }

  private static func median(_ values: [Double]) -> Int {
    Int(Distribution(values).median)
  }
}
