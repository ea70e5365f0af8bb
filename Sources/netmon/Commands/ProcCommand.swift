import Arguments
import NetmonCollector
import NetmonCore
import NetmonStore

/// `netmon proc`: what one process does on the network, dead instances included.
enum ProcCommand {
  struct Options: Sendable {
    var process = ""
    var source = SourceOptions()
    var times = FilterOptions()
    var limit = 20
    var format = OutputFormat.table
  }

  static let declaration = Command<Netmon.Action>(
    "proc",
    summary: "Show a process: who it is, where it listens, whom it talks to, what failed",
    discussion: """
      Every instance the database knows of is shown, also those that have ended; a pid that was \
      given out again is another instance. What was delivered to a server does not say when a process \
      began: there, instances of one pid, name and path are one. With --live it is the processes that run now.

      -o json prints an array, and jsonl a line each, of objects with process (as GET \
      /api/processes shows it), running (true, false, or null where that cannot be told), peers \
      (with peer, service_name, direction, count, first, last, errors), failures (with error, \
      error_stage, error_cause, remote_addr, count, first, last) and connections. Peers and \
      failures are counted over the latest connections, at least so many as are shown and up to \
      20,000 of all instances together. csv prints the connections alone.
      """,
    examples: [
      Example("netmon proc nginx"), Example("netmon proc --live 1234"),
      Example("netmon proc curl --since 1h -o json"),
    ],
    options: Options()
  ) {
    Operand("PID|NAME", \.process, help: "a process id, or a name in which * stands for any text")
    FilterOptions.times(\.times)
    SourceOptions.declarations(\.source)
    Group("Output") {
      Option(
        "limit", short: "n", \.limit, in: 0...1_000_000,
        help: "how many connections, peers and failures to show of each instance, 0 for all")
      Option("output", short: "o", \.format, help: "how to print")
    }
  } action: { options in
    { invocation in try await run(options, invocation) }
  }

  private static func run(_ options: Options, _ invocation: Invocation) async throws {
    let now = invocation.now()
    var filter = try options.times.filter(now: now, command: "proc")
    do {
      let key = options.process.allSatisfy(\.isNumber) ? "pid" : "process"
      filter.terms += try Filter(key: key, value: options.process, now: now).terms
    } catch {
      throw CommandError(usage: "\(error)", of: "proc")
    }
    let cards = try await options.source.withSource(invocation) { source in
      try await invocation.console.withProgress { _ in
        try await ProcessCard.all(
          of: options.process, matching: filter, in: source, limit: options.limit, now: now)
      }
    }
    guard !cards.isEmpty else {
      if options.format == .json { invocation.console.write("[]\n") }
      if options.format == .csv { invocation.console.write(CSV.header()) }
      let place = options.source.isLive ? "runs here" : "is known"
      invocation.console.say("no process '\(terminalSafe(options.process))' \(place)")
      return
    }
    ProcessPrinter(invocation.console, now: now, limit: options.limit)
      .print(cards, as: options.format)
  }
}
