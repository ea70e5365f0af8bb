import Arguments
import Glibc

/// `netmon-bench capture`: what it costs to hear of every connection.
enum CaptureCommand {
  struct Options: Sendable {
    var seconds = 5
    var rounds = 5
    var sockets = 20_000
    var netmon: String?
  }

  static let declaration = Command<NetmonBench.Action>(
    "capture",
    summary: "Compare netmon collect with bpftrace and with polling by ss",
    discussion: """
      A thread connects to itself and closes, as fast as it can, in turn with and without somebody \
      watching, and the result is printed as Markdown. It takes root; a program that is not \
      installed is left out.
      """,
    options: Options()
  ) {
    Option("seconds", \.seconds, in: 1...60, help: "how long each run of the loop takes")
    Option("rounds", \.rounds, in: 1...100, help: "how often to measure each")
    Option(
      "connections", \.sockets, in: 0...1_000_000,
      help: "how many are open while idle memory is measured; each is two sockets")
    Option("netmon", \.netmon, "FILE", help: "the netmon to measure (default: the one built here)")
  } action: { options in
    { try run(options) }
  }

  private static func run(_ options: Options) throws {
    let facts = MachineFacts()
    let netmon = try options.netmon ?? Program.built("netmon")
    // First, as the loop leaves sockets behind for a minute.
    let idle = try [0, options.sockets].map { try IdleFigures(netmon, connections: $0) }
    var loop = try ConnectLoop()
    var rows = [
      CaptureRow(.netmon(netmon, arguments: [])),
      CaptureRow(.netmon(netmon, arguments: ["--trace-syscalls"])),
    ]
    if Program.isInstalled("bpftrace") { rows.append(CaptureRow(.bpftrace)) }
    if Program.isInstalled("ss") { rows.append(CaptureRow(.ss)) }
    for round in 1...options.rounds {
      NetmonBench.say("round \(round) of \(options.rounds)\n")
      for index in rows.indices {
        try rows[index].measure(&loop, for: .seconds(options.seconds))
      }
    }
    print(report(options, facts, rows, idle))
  }

  private static func report(
    _ options: Options, _ facts: MachineFacts, _ rows: [CaptureRow], _ idle: [IdleFigures]
  ) -> String {
    """
    A connect/close loop on loopback, \(options.seconds) s a run, \(options.rounds) runs each, \
    every one after a run that nobody watches. \(facts)

    \(CaptureRow.heading)
    \(rows.map(\.description).joined(separator: "\n"))

    Doing nothing, `netmon collect` takes:

    \(IdleFigures.heading)
    \(idle.map(\.description).joined(separator: "\n"))
    """
  }
}
