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
    var listening = ListeningOptions()
    var database: Path?
    var collects = false
    var collecting = CollectorOptions()
    var retention = RetentionOptions(maximumSize: ByteCount(bytes: 10_000_000_000))
    var verbose = false

    func configuration(_ invocation: Invocation) -> Server.Configuration {
      var configuration = Server.Configuration(host: host, port: Int(port), now: invocation.now)
      listening.apply(to: &configuration, openFiles: OpenFileLimit.raise())
      return configuration
    }
  }

  static let declaration = Command<Netmon.Action>(
    "serve",
    summary: "Receive records over HTTP, keep them, and show them on a page",
    discussion: """
      The page and the REST API are at http://HOST:PORT/, with --tls-cert at https://HOST:PORT/. \
      This version listens on loopback only. \
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
    Flag("collect", \.collects, help: "record this machine's connections too")
    Flag("verbose", short: "v", \.verbose, help: "say more on standard error")
    ListeningOptions.declarations(\.listening)
    RetentionOptions.declarations(\.retention)
    CollectorOptions.declarations(\.collecting)
  } action: { options in
    { invocation in try await run(options, invocation) }
  }

  private static func run(_ options: Options, _ invocation: Invocation) async throws {
    let logger = invocation.console.logger(isVerbose: options.verbose)
    // Where it cannot listen it makes no database either.
    try await Server.check(options.configuration(invocation))
    try await DefaultDatabase.keeping(
      options.database, host: options.collecting.hostName, invocation
    ) { store in
      try await serve(options, from: store, logger, invocation)
    }
  }

  private static func serve(
    _ options: Options, from store: Store, _ logger: Logger, _ invocation: Invocation
  ) async throws {
    StopSignals.hold()
    let console = invocation.console
    let collector =
      options.collects
      ? try options.collecting.collector(store: store, logger: logger, invocation: invocation)
      : nil
    let collecting = collector.map { "; collecting: \(terminalSafe($0.tierLine))" } ?? ""
    let server = try Server(
      configuration: options.configuration(invocation), store: store, logger: logger
    ) { address in
      console.say("serving \(address.url)/ from \(terminalSafe(store.path))\(collecting)")
      collector?.reportLeftovers(on: console)
    }
    var services: [any Service] = [
      server,
      StoreGuard(store),
      MemoryReturn(),
      Retention(
        store: store, policy: options.retention.policy, logger: logger, now: invocation.now),
    ]
    if let collector { services.append(collector) }
    try await ServiceGroup.run(services, logger: logger)
  }
}
