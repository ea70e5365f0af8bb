import Hummingbird
public import Logging
import NIOCore
import NIOPosix
import NetmonCore
public import NetmonStore
public import ServiceLifecycle

/// The HTTP server: REST over a ``NetmonStore/Store``, and the page.
///
/// It runs as a service; on graceful shutdown it stops accepting, closes idle connections and lets
/// requests that are being answered finish.
public struct Server: Service {
  private let configuration: Configuration
  private let host: String
  private let api: API
  /// Nil without TLS.
  private let identity: CurrentIdentity?
  private let watcher: IdentityWatcher?
  private let logger: Logger
  private let onListening: @Sendable (ListeningAddress) async -> Void

  /// Makes a server that has not bound its port yet.
  ///
  /// `onListening` is called once, when connections are accepted; with port 0 it is the only way
  /// to learn the port. An address that others could reach takes a token:
  /// ``ServerError/needsToken(host:tokenFile:)``.
  public init(
    configuration: Configuration, store: Store, logger: Logger,
    onListening: @escaping @Sendable (ListeningAddress) async -> Void = { _ in }
  ) throws(ServerError) {
    let (host, watch, _) = try Self.place(configuration, logger)
    let loaded = try configuration.loadIdentity()
    let identity = (loaded?.identity).map(CurrentIdentity.init)
    self.configuration = configuration
    self.host = host
    self.identity = identity
    self.logger = logger
    self.onListening = onListening
    let access = Access(
      watch, limits: configuration.limits, isSecure: identity != nil, now: configuration.now)
    var api = API(store, access: access, limits: configuration.limits, now: configuration.now)
    api.identity = identity
    self.api = api
    if let files = configuration.tls, let state = loaded?.state, let identity {
      watcher = IdentityWatcher(
        files, loaded: state, into: identity, logger: logger, now: configuration.now)
    } else {
      watcher = nil
    }
  }

  /// The address to listen on, the tokens of those who may come, and whether they are asked for one.
  private static func place(
    _ configuration: Configuration, _ logger: Logger
  ) throws(ServerError) -> (host: String, watch: TokenWatch, isAsking: Bool) {
    guard let address = address(configuration.host) else {
      throw .notAnAddress(host: configuration.host)
    }
    let watch = TokenWatch(
      configuration.tokenFile, isAsking: configuration.asksForTokens, logger: logger)
    let tokens: TokenWatch.Reading
    do throws(TokenFileError) {
      tokens = try watch.start()
    } catch {
      throw .tokenFile(error)
    }
    guard address.isLoopback || tokens.list.isUsable(at: configuration.now()) else {
      throw .needsToken(host: configuration.host, tokenFile: configuration.tokenFile)
    }
    try configuration.checkExposure()
    return (address.description, watch, tokens.isAsking)
  }

  /// Throws what keeps a server from listening, before there is a store to serve; the port is free
  /// again afterwards. Returns whether those who come will have to show a token.
  @discardableResult
  public static func check(_ configuration: Configuration) async throws(ServerError) -> Bool {
    let silent = Logger(label: "netmon") { _ in SwiftLogNoOpLogHandler() }
    let (host, _, isAsking) = try place(configuration, silent)
    _ = try configuration.loadIdentity()
    do {
      let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        // Nobody is accepted, who would wait for an answer for ever: closing it sends them away.
        .serverChannelOption(.autoRead, value: false)
      try await bootstrap.bind(host: host, port: configuration.port).get().close()
    } catch let error as IOError {
      throw .cannotBind(host: host, port: configuration.port, errno: error.errnoCode)
    } catch {
      // Whatever it is, the server itself will tell.
    }
    return isAsking
  }

  /// Serves until graceful shutdown; throws ``ServerError/cannotBind(host:port:errno:)``.
  public func run() async throws {
    do {
      try await withThrowingTaskGroup { group in
        if let watcher { group.addTask { await watcher.run() } }
        defer { group.cancelAll() }
        try await application.run()
      }
    } catch let error as IOError {
      throw ServerError.cannotBind(host: host, port: configuration.port, errno: error.errnoCode)
    }
  }
}

extension Server {
  /// The Hummingbird application, also for tests to talk to.
  var application: some ApplicationProtocol {
    var logger = logger
    // The executable says itself what runs and where.
    logger.logLevel = max(logger.logLevel, .notice)
    let limits = configuration.limits
    return Application(
      router: router,
      server: Self.connections(
        configuration.limits, identity, api.meters, api.deliveries, logger: self.logger),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: configuration.port),
        availableConnectionsDelegate: .maximum(limits.connections, logger: logger)
      ),
      onServerRunning: { [onListening, watcher] channel in
        guard let address = channel.localAddress, let host = address.ipAddress else { return }
        await onListening(
          ListeningAddress(host: host, port: address.port ?? 0, isSecure: watcher != nil))
        await watcher?.tellOfFlaw()
        await watcher?.tellOfOpenKey()
      },
      logger: logger
    )
  }

  private var router: Router<ConnectionContext> {
    let router = Router(context: ConnectionContext.self)
    router.add(middleware: SecurityHeaders())
    router.add(middleware: ProblemResponses(logger: logger))
    router.add(middleware: HostGuard(rule: HostRule(configuration)))
    router.add(middleware: OriginGuard(isSecure: identity != nil))
    router.add(middleware: RouteTable(api.routes, api.meters, api.access))
    return router
  }
}
