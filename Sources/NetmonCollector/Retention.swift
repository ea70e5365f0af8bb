public import Logging
public import NetmonCore
public import NetmonStore
public import ServiceLifecycle

/// Removes records of connections that closed long ago, every minute.
public actor Retention: Service {
  private let executor = BlockingExecutor(label: "netmon.retention")
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  private let store: Store
  private let age: Duration
  private let logger: Logger
  private let now: @Sendable () -> Timestamp

  /// Keeps records for `age` after they closed, by the wall clock `now`.
  public init(
    store: Store, age: Duration, logger: Logger, now: @escaping @Sendable () -> Timestamp
  ) {
    self.store = store
    self.age = age
    self.logger = logger
    self.now = now
  }

  /// Removes until graceful shutdown.
  public func run() async {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await self.removeOld()
        try? await ContinuousClock().sleep(for: .seconds(60))
      }
    }
  }

  /// Removes once.
  public func removeOld() {
    do {
      let cutoff = now().advanced(byMicroseconds: -age.components.seconds * 1_000_000)
      let count = try store.removeClosed(before: cutoff)
      _ = try store.removeGaps(before: cutoff)
      if count > 0 { logger.debug("removed old records", metadata: ["count": "\(count)"]) }
    } catch {
      logger.error("cannot remove old records", metadata: ["error": "\(error)"])
    }
  }
}
