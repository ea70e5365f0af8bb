import Arguments
import Logging
import NetmonCollector
import NetmonCore
import NetmonKernel
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
    var access = AccessOptions()
    var collects = false
    var collecting = CollectorOptions()
    var retention = RetentionOptions(maximumSize: ByteCount(bytes: 10_000_000_000))
    var privileges = PrivilegeOptions()
    var log = LogOptions()

    /// With the database settled as who it was started as: another user has another default, with
    /// other tokens beside it.
    func keeping(_ database: String) -> Options {
      var options = self
      options.database = Path(database)
      return options
    }

    func configuration(_ invocation: Invocation) -> Server.Configuration {
      var configuration = Server.Configuration(host: host, port: Int(port), now: invocation.now)
      listening.apply(to: &configuration, openFiles: OpenFileLimit.raise())
      access.apply(
        to: &configuration,
        database: database?.string ?? DefaultDatabase.path(invocation.environment)
      )
      return configuration
    }
  }

  static let declaration = Command<Netmon.Action>(
    "serve",
    summary: "Receive records over HTTP, keep them, and show them on a page",
    discussion: """
      The page and the REST API are at http://HOST:PORT/, with --tls-cert at https://HOST:PORT/. On \
      loopback anybody may use them, until 'netmon token create' makes a first token; from then on \
      tokens are asked for. Beyond loopback it takes a token and a certificate to begin with. \
      With --collect the server also records the machine it runs on.
      """,
    examples: [
      Example("sudo netmon serve --collect", "record this machine, and see it on a page"),
      Example("netmon serve --port 9000 --db ./netmon.db", "only receive, as an ordinary user"),
    ],
    environmentPrefix: "NETMON_", options: Options()
  ) {
    Option(
      "host", \.host, "ADDRESS",
      help: "address to listen on; one that others can reach takes a token ('netmon token create')")
    Option("port", short: "p", \.port, help: "port to listen on, 0 for any that is free")
    Option(
      "db", \.database, environment: "NETMON_DB",
      help: "the database; by default \(DefaultDatabase.forHelp)")
    Flag("collect", \.collects, help: "record this machine's connections too")
    ListeningOptions.declarations(\.listening)
    AccessOptions.declarations(\.access)
    RetentionOptions.declarations(\.retention)
    CollectorOptions.declarations(\.collecting)
    PrivilegeOptions.declarations(\.privileges)
    LogOptions.declarations(\.log)
  } action: { options in
    { invocation in
      try await options.log.withLogger(invocation) { try await run(options, $1, $0) }
    }
  }

  private static func run(
    _ options: Options, _ logger: Logger, _ invocation: Invocation
  ) async throws {
    let database = options.database?.string ?? DefaultDatabase.path(invocation.environment)
    let options = options.keeping(database)
    try DefaultDatabase.refuseSpecialFile(database)
    var process: CollectorProcess?
    if options.collects {
      switch try WorkerKeeper.start() {
      case .origin(let keeper): process = CollectorProcess(keeper, logger: logger)
      case .worker(let report):
        return try await CollectorWorker(
          collecting: options.collecting, retention: options.retention.policy,
          privileges: options.privileges, database: database, logger: logger,
          invocation: invocation
        ).run(report)
      }
    }
    ProcessMemory.returnLarge()
    StopSignals.hold()
    try options.privileges.drop(toServeOn: options.port, database: database)
    // Where it cannot listen it makes no database either.
    let isAsking = try await Server.check(options.configuration(invocation))
    guard let process else {
      return try await keep(database, options, nil, isAsking: isAsking, logger, invocation)
    }
    try await process.run {
      try await keep(database, options, process, isAsking: isAsking, logger, invocation)
    }
  }

  private static func keep(
    _ database: String, _ options: Options, _ process: CollectorProcess?, isAsking: Bool,
    _ logger: Logger, _ invocation: Invocation
  ) async throws {
    try await DefaultDatabase.keeping(
      Path(database), host: options.collecting.hostName, invocation
    ) { store in
      try await serve(options, from: store, process, isAsking: isAsking, logger, invocation)
    }
  }

  private static func serve(
    _ options: Options, from store: Store, _ process: CollectorProcess?, isAsking: Bool,
    _ logger: Logger,
    _ invocation: Invocation
  ) async throws {
    let console = invocation.console
    let supervisor = Supervisor(environment: invocation.environment)
    let report = try await process?.start()
    let asking = isAsking ? ", asking for tokens" : ""
    let server = try Server(
      configuration: options.configuration(invocation), store: store, logger: logger
    ) { address in
      let line =
        "serving \(address.url)/ from \(terminalSafe(store.path))\(asking)"
        + (report?.announcement ?? "")
      console.say(line)
      supervisor.isReady(line)
      report?.sayLeftovers(on: console)
    }
    let services: [any Service] = [
      server,
      StoreGuard(store),
      MemoryReturn(),
      Retention(
        store: store, policy: options.retention.policy, logger: logger, now: invocation.now),
      Heartbeat(of: store, nil, to: supervisor),
    ]
    try await ServiceGroup.run(services, logger: logger)
  }
}
