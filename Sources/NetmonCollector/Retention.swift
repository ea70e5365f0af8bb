public import Logging
public import NetmonCore
public import NetmonStore
public import ServiceLifecycle

/// Keeps a store within the age and size that its policy gives.
///
/// Every minute it removes by age. Every second or so it looks whether the size is nearly reached,
/// or the disk is full, and removes by size then: much is written in a minute.
public actor Retention: Service {
  private let executor = BlockingExecutor(label: "netmon.retention")
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  private let store: Store
  private let policy: RetentionPolicy
  private let logger: Logger
  private let now: @Sendable () -> Timestamp

  private var removal = Removal()
  private var hasRoom = true
  private var lastFailure: (message: Logger.Message, error: StoreError)?

  /// Removes what the policy says by the wall clock `now`.
  public init(
    store: Store, policy: RetentionPolicy, logger: Logger, now: @escaping @Sendable () -> Timestamp
  ) {
    self.store = store
    self.policy = policy
    self.logger = logger
    self.now = now
  }

  /// Removes until graceful shutdown.
  public func run() async {
    await cancelWhenGracefulShutdown {
      await self.prepare()
      let clock = ContinuousClock()
      var nextByAge = clock.now
      while !Task.isCancelled {
        if clock.now >= nextByAge {
          await self.removeAged()
          nextByAge = clock.now + .seconds(60)
        }
        await self.removeForSize()
        try? await clock.sleep(for: .seconds(1))
      }
    }
  }

  /// Gives the store its room; once, before anything is removed.
  public func prepare() {
    attempt("cannot prepare the database for its size") { () throws(StoreError) in
      try store.prepare(for: policy)
    }
  }

  /// Removes once what is too old.
  public func removeAged() {
    attempt("cannot remove old records") { () throws(StoreError) in
      let count = try store.removeAged(by: policy, now: now(), &removal)
      let age = policy.age.components.seconds
      _ = try store.removeGaps(before: now().advanced(byMicroseconds: -age * 1_000_000))
      if count > 0 { logger.debug("removed old records", metadata: ["count": "\(count)"]) }
    }
  }

  /// Removes once what there is no room for.
  public func removeForSize() {
    attempt("cannot remove records to make room") { () throws(StoreError) in
      let report =
        store.isDiskFull
        ? try store.removeForFullDisk(by: policy, &removal)
        : try store.removeForSize(by: policy, &removal)
      tell(report)
    }
  }

  private func tell(_ report: SizeReport) {
    if report.removed > 0 {
      logger.debug("removed records to make room", metadata: ["count": "\(report.removed)"])
    }
    if report.undelivered > 0 {
      logger.warning(
        "removed records before they were delivered", metadata: ["count": "\(report.undelivered)"])
    }
    // Once, not every second.
    let hasRoom = !report.isOverSize && !report.needsVacuum
    defer { self.hasRoom = hasRoom }
    guard self.hasRoom, !hasRoom else { return }
    if report.isOverSize {
      logger.warning("the database is larger than --max-size, and all that is left is still open")
    } else {
      logger.warning(
        "the database file is larger than --max-size and stays so: stop netmon and run VACUUM",
        metadata: ["path": "\(store.path)"])
    }
  }

  /// Says what fails once, not every second.
  private func attempt(_ failure: Logger.Message, _ body: () throws(StoreError) -> Void) {
    do throws(StoreError) {
      try body()
      if lastFailure?.message == failure { lastFailure = nil }
    } catch {
      defer { lastFailure = (failure, error) }
      guard lastFailure?.message != failure || lastFailure?.error != error else { return }
      logger.error(failure, metadata: ["error": "\(error)"])
    }
  }
}
