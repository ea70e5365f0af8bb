import ServiceLifecycle

/// Says what runs once services run, so that whoever reads it may rely on signals being heeded.
struct Announcement: Service {
  let announce: @Sendable () -> Void

  func run() async throws {
    announce()
    try await gracefulShutdown()
  }
}
