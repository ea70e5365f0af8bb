import Arguments
import Logging
import NetmonCollector
import NetmonCore
import NetmonServer
import NetmonStore
import ServiceLifecycle

/// `netmon serve`: receives records, keeps them, and shows them on a page.
enum ServeCommand {
  struct Options: Sendable {
    var host = "127.0.0.1"
    var port: UInt16 = 8080
    var database: Path?
    var collects = false
    var collecting = CollectorOptions()
    var retention = Duration.seconds(14 * 86_400)
    var verbose = false
  }

  static let declaration = Command<Netmon.Action>(
    "serve",
    summary: "Receive records over HTTP, keep them, and show them on a page",
    discussion: """
      The page and the REST API are at http://HOST:PORT/. This version listens on loopback only. \
      With --collect the server also records the machine it runs on.
      """,
    examples: [
      Example("sudo netmon serve --collect", "record this machine, and see it on a page"),
      Example("netmon serve --port 9000 --db ./netmon.db", "only receive, as an ordinary user"),
    ],
    options: Options()
  ) {
    Option("host", \.host, "ADDRESS", help: "loopback address to listen on")
    Option("port", short: "p", \.port, help: "port to listen on, 0 for any that is free")
    Option(
      "db", \.database, environment: "NETMON_DB",
      help: "the database; by default \(DefaultDatabase.forHelp)")
    Option(
      "retention", \.retention, in: .seconds(60)...(.seconds(10 * 365 * 86_400)),
      help: "remove records this long after they closed")
    Flag("collect", \.collects, help: "record this machine's connections too")
    Flag("verbose", short: "v", \.verbose, help: "say more on standard error")
    CollectorOptions.declarations(\.collecting)
  } action: { options in
    { invocation in try await run(options, invocation) }
  }

  private static func run(_ options: Options, _ invocation: Invocation) async throws {
    StopSignals.hold()
    let console = invocation.console
    let logger = console.logger(isVerbose: options.verbose)
    let store = try DefaultDatabase.open(options.database, invocation.environment)
    let collector =
      options.collects
      ? try options.collecting.collector(store: store, logger: logger, invocation: invocation)
      : nil
    let collecting = collector.map { "; collecting: \(terminalSafe($0.tierLine))" } ?? ""
    let server = try Server(
      configuration: .init(host: options.host, port: Int(options.port), now: invocation.now),
      store: store, logger: logger
    ) { address in
      console.say("serving \(address.url)/ from \(terminalSafe(store.path))\(collecting)")
      collector?.reportLeftovers(on: console)
    }
    var services: [any Service] = [
      server,
      Retention(store: store, age: options.retention, logger: logger, now: invocation.now),
    ]
    if let collector { services.append(collector) }
    try await ServiceGroup.run(services, logger: logger)
    try store.checkpoint()
  }
}
