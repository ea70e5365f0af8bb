import Logging
import ServiceLifecycle

extension ServiceGroup {
  /// Runs services until SIGINT, SIGTERM or SIGHUP; those named last stop first.
  static func run(_ services: [any Service], logger: Logger) async throws {
    let signals = ServiceGroupConfiguration.ServiceConfiguration(
      service: StopSignals.Watch(), successTerminationBehavior: .gracefullyShutdownGroup)
    var configuration = ServiceGroupConfiguration(
      services: [signals] + services.map { .init(service: $0) }, logger: quiet(logger))
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
