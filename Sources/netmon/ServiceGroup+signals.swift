import Logging
import ServiceLifecycle
import UnixSignals

extension ServiceGroup {
  /// Runs services until SIGINT, SIGTERM or SIGHUP; those named last stop first.
  static func run(_ services: [any Service], logger: Logger) async throws {
    var configuration = ServiceGroupConfiguration(
      services: [StopSignals.Release()] + services, gracefulShutdownSignals: StopSignals.heeded,
      logger: quiet(logger))
    configuration.maximumGracefulShutdownDuration = .seconds(15)
    try await ServiceGroup(configuration: configuration).run()
  }

  /// The group's own messages are for its developers.
  private static func quiet(_ logger: Logger) -> Logger {
    var logger = logger
    logger.logLevel = .critical
    return logger
  }
}
