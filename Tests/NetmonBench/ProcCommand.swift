import Arguments

/// `netmon-bench proc`: how the `/proc` readers compare with the tools that list sockets and their
/// processes.
enum ProcCommand {
  struct Options: Sendable {
    var connections = 20_000
    var processes = 10
    var namespaces = 1
    var runs = 5
    var netmon: String?
  }

  static let declaration = Command<NetmonBench.Action>(
    "proc",
    summary: "Compare reading /proc with ss, netstat and lsof",
    discussion: """
      Opens connections on loopback, then runs everything in turn, so that all see the same \
      machine, and prints the result as Markdown. A program that is not installed is left out.
      """,
    options: Options()
  ) {
    Option(
      "connections", \.connections, in: 0...1_000_000,
      help: "how many to open; each is two sockets")
    Option("processes", \.processes, in: 1...10_000, help: "how many processes share them")
    Option(
      "namespaces", \.namespaces, in: 1...10_000,
      help: "over how many network namespaces, with this one; the others take root")
    Option("runs", \.runs, in: 1...1000, help: "how often to measure each")
    Option("netmon", \.netmon, "FILE", help: "the netmon to measure (default: the one built here)")
  } action: { options in
    { try run(options) }
  }

  private static func run(_ options: Options) throws {
    let facts = MachineFacts()
    let farms = try Farm.start(
      connections: options.connections, processes: options.processes,
      namespaces: options.namespaces)
    defer { withExtendedLifetime(farms) {} }
    let sockets = farms.reduce(0) { $0 + $1.sockets }
    NetmonBench.say("\(sockets) sockets are open\n")
    let netmon = try options.netmon ?? Program.built("netmon")
    var contestants = try [
      Contestant(Program("ss", ["-tanp"]), headings: 1),
      Contestant(Program("ss", ["-tan"]), headings: 1),
      Contestant(Program("netstat", ["-tanp"]), headings: 2),
      Contestant(Program("lsof", ["-nP", "-i"]), headings: 1),
      Contestant(
        Program(netmon, ["query", "--live", "--limit", "0", "-o", "jsonl"]), headings: 0),
      Contestant(
        Program(netmon, ["query", "--live", "--limit", "0", "-o", "table"]), headings: 1),
    ].compactMap(\.self)
    var scanner = try ScanContestant()
    // In turn, so that what else the machine does meanwhile affects all alike.
    for round in 1...options.runs {
      NetmonBench.say("round \(round) of \(options.runs)\n")
      for index in contestants.indices { try contestants[index].run() }
      try scanner.run()
    }
    print(report(options, facts, sockets, contestants, scanner))
  }

  private static func report(
    _ options: Options, _ facts: MachineFacts, _ sockets: Int, _ contestants: [Contestant],
    _ scanner: ScanContestant
  ) -> String {
    var table = ComparisonTable(reference: "`ss -tanp`")
    for contestant in contestants {
      table.add("`\(contestant.program)`", sockets: contestant.sockets, contestant.runs)
    }
    let floor = Double(Measurement.ownUsage.peakMemory) / 1_048_576
    let scans = [("first scan", scanner.cold), ("later scans", scanner.steady)]
    for (name, figures) in scans {
      table.add(name, sockets: figures.last?.sockets ?? 0, figures.map(\.cost))
    }
    let parts = scans.filter { !$0.1.isEmpty }.map { name, figures in
      let tables = Distribution(figures.map(\.tables.milliseconds))
      let owners = Distribution(figures.map(\.owners.milliseconds))
      return "| \(name) | \(tables.description) | \(owners.description) |"
    }
    return """
      \(sockets) sockets; processes: \(options.processes), network namespaces: \
      \(options.namespaces). \(facts)

      \(table.markdown)

      Ratios are to \(table.reference). Peak memory below \(floor.rounded(to: 1)) MiB cannot be told.

      | | tables ms | owners ms |
      |---|--:|--:|
      \(parts.joined(separator: "\n"))
      """
  }
}
