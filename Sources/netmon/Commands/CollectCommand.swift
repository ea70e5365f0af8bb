import Arguments
import Logging
import NetmonAgent
import NetmonCollector
import NetmonCore
import NetmonStore
import ServiceLifecycle

/// `netmon collect`: records this machine's connections, and delivers them to a server.
enum CollectCommand {
  struct Options: Sendable {
    var server: HTTPURL?
    var trust = TrustOptions()
    var credential = CredentialOptions()
    var database: Path?
    var collecting = CollectorOptions()
    var retention = RetentionOptions(maximumSize: ByteCount(bytes: 2_000_000_000))
    var privileges = PrivilegeOptions()
    var once = false
    var format: OutputFormat?
    var log = LogOptions()
  }

  static let declaration = Command<Netmon.Action>(
    "collect",
    summary: "Record this machine's connections, and deliver them to a server",
    discussion: """
      Records go to a local database first. With --server they are delivered from there, and kept \
      while the server is away. Without -o only status lines are printed.
      """,
    examples: [
      Example("sudo netmon collect", "keep a history of this machine"),
      Example("sudo netmon collect --server http://localhost:8080", "deliver it to a server"),
      Example("netmon collect --once -o json", "one look, as records"),
    ],
    environmentPrefix: "NETMON_", options: Options()
  ) {
    Option("server", \.server, environment: "NETMON_SERVER", help: "deliver to this server")
    TrustOptions.declarations(\.trust)
    CredentialOptions.declarations(\.credential)
    Option(
      "db", \.database, environment: "NETMON_DB",
      help: "the local database; by default \(DefaultDatabase.forHelp)")
    Check { $0.trust.problem(with: $0.server) }
    RetentionOptions.declarations(\.retention)
    CollectorOptions.declarations(\.collecting)
    PrivilegeOptions.declarations(\.privileges)
    Group("Output") {
      Flag(
        "once", \.once,
        help: "look once, record it, and stop; what is in TIME_WAIT by then has ended before")
      Option("output", short: "o", \.format, help: "print every record as it changes")
    }
    LogOptions.declarations(\.log)
  } action: { options in
    { invocation in
      try await options.log.withLogger(invocation) { try await run(options, $1, $0) }
    }
  }

  private static func run(
    _ options: Options, _ logger: Logger, _ invocation: Invocation
  ) async throws {
    var options = options
    // For one look it does not pay to attach to the kernel.
    if options.once, options.collecting.source == .auto {
      options.collecting.source = .ofOneLook
    }
    // From here on signals leave nothing behind in the kernel.
    if !options.once { StopSignals.hold() }
    let database = options.database?.string ?? DefaultDatabase.path(invocation.environment)
    try DefaultDatabase.refuseSpecialFile(database)
    // Read as who it was started as: the token may be of that user alone.
    let credential = try options.server.flatMap {
      try options.credential.credential(for: $0, invocation)
    }
    let opened = try options.privileges.open(
      options.collecting.configuration, database: database)
    let console = invocation.console
    let failure = OutputFailure()
    let output = options.format.map { format in
      var console = console
      if !options.once { console.onFailure = { failure.note($0) } }
      return RecordOutput(ConnectionPrinter(format, to: console, times: .clock))
    }
    try await DefaultDatabase.keeping(
      Path(database), host: options.collecting.hostName, invocation
    ) { store in
      try await collect(options, opened, into: store, credential, output, logger, invocation)
    }
    output?.finish()
    failure.conclude(on: console)
  }

  private static func collect(
    _ options: Options, _ opened: PrivilegeOptions.Opened, into store: Store,
    _ credential: Credential?, _ output: RecordOutput?, _ logger: Logger,
    _ invocation: Invocation
  ) async throws {
    let console = invocation.console
    let collector = try options.collecting.collector(
      store: store, opened: opened, logger: logger, invocation: invocation,
      report: { output?.print($0) })
    let destination = options.server.map { ", delivering to \($0.argument)" } ?? ""
    if options.once {
      console.say(
        "looking once, into \(store.path)\(destination); \(collector.tier.rawValue) tier: "
          + "what is open now is seen")
      try await collector.step()
    }
    try await withDelivery(options, from: store, credential, logger, invocation) { replicator in
      if options.once {
        try await replicator?.deliverAll()
        return
      }
      let retention = Retention(
        store: store, policy: options.retention.policy, logger: logger, now: invocation.now)
      let supervisor = Supervisor(environment: invocation.environment)
      let announcement = Announcement {
        let line =
          "collecting into \(terminalSafe(store.path))\(destination); "
          + terminalSafe(collector.tierLine(opened))
        console.say(line)
        supervisor.isReady(line)
        collector.reportLeftovers(on: console)
      }
      // What is named last stops first: the collector's last records are still delivered.
      let delivery: [any Service] = replicator.map { [$0] } ?? []
      try await ServiceGroup.run(
        [announcement, StoreGuard(store)] + delivery
          + [retention, collector, Heartbeat(of: store, collector, to: supervisor)],
        logger: logger)
    }
  }

  private static func withDelivery(
    _ options: Options, from store: Store, _ credential: Credential?, _ logger: Logger,
    _ invocation: Invocation, _ body: (Replicator?) async throws -> Void
  ) async throws {
    guard let server = options.server else {
      // Records are not kept for a server that this host no longer delivers to.
      try store.removeCursors()
      return try await body(nil)
    }
    try await options.trust.withClient(of: server) { client in
      let client = client.authorized(by: credential)
      let replicator = Replicator(
        store: store, client: client, configuration: .init(host: options.collecting.hostName),
        logger: logger, now: invocation.now)
      try await body(replicator)
    }
  }
}
