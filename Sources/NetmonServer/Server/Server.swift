import Hummingbird
public import Logging
import NIOCore
import NIOPosix
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
  private let logger: Logger
  private let onListening: @Sendable (ListeningAddress) async -> Void

  /// Makes a server that has not bound its port yet.
  ///
  /// `onListening` is called once, when connections are accepted; with port 0 it is the only way
  /// to learn the port. An address that others could reach is ``ServerError/notLoopback(host:)``.
  public init(
    configuration: Configuration, store: Store, logger: Logger,
    onListening: @escaping @Sendable (ListeningAddress) async -> Void = { _ in }
  ) throws(ServerError) {
    guard let host = Self.loopbackAddress(configuration.host) else {
      throw .notLoopback(host: configuration.host)
    }
    self.configuration = configuration
    self.host = host
    self.logger = logger
    self.onListening = onListening
    api = API(store, limits: configuration.limits, now: configuration.now)
  }

  /// Throws what keeps a server from listening, before there is a store to serve; the port is free
  /// again afterwards.
  public static func check(_ configuration: Configuration) async throws(ServerError) {
    guard let host = loopbackAddress(configuration.host) else {
      throw .notLoopback(host: configuration.host)
    }
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
  }

  /// Serves until graceful shutdown; throws ``ServerError/cannotBind(host:port:errno:)``.
  public func run() async throws {
    do {
      try await application.run()
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
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [
            FramingSetup(), ContinueHandler(), RequestDeadlineHandler(limits),
            DeliveryHandler(limits),
            BadRequestHandler(limits),
          ],
          idleTimeout: TimeAmount(limits.idleTimeout),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
            maxHeaderFieldCount: limits.headerCount)
        )
      ),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: configuration.port),
        availableConnectionsDelegate: .maximum(limits.connections, logger: logger)
      ),
      onServerRunning: { [onListening] channel in
        guard let address = channel.localAddress, let host = address.ipAddress else { return }
        await onListening(ListeningAddress(host: host, port: address.port ?? 0))
      },
      logger: logger
    )
  }

  private var router: Router<BasicRequestContext> {
    let router = Router()
    router.add(middleware: SecurityHeaders())
    router.add(middleware: ProblemResponses(logger: logger))
    router.add(middleware: HostGuard(names: configuration.hostNames + [configuration.host]))
    router.add(middleware: OriginGuard())
    router.add(middleware: RouteTable(api.routes, api.meters))
    return router
  }
}
