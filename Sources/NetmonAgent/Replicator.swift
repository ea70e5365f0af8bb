public import Logging
public import NetmonCore
public import NetmonStore
public import ServiceLifecycle

/// Delivers what a store's own collector recorded to a server, following the change sequence.
///
/// The place reached is kept in the store and moves only after the server has said that a batch
/// is committed. A batch delivered twice does no harm: the server knows records by their origin.
public actor Replicator: Service {
  public struct Configuration: Sendable {
    /// Records in one request; 2,000 are about 1.4 MB before compression.
    public var batch = 2000
    /// How often to look for changes by other processes on the same file.
    public var poll: Duration = .milliseconds(250)
    /// How long to go on delivering after the stop signal.
    public var grace: Duration = .seconds(5)

    public init() {}
  }

  private let executor = BlockingExecutor(label: "netmon.replicator")
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  private let store: Store
  private let client: RESTClient
  private let configuration: Configuration
  private let logger: Logger
  private let now: @Sendable () -> Timestamp

  public init(
    store: Store, client: RESTClient, configuration: Configuration = .init(), logger: Logger,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.store = store
    self.client = client
    self.configuration = configuration
    self.logger = logger
    self.now = now
  }

  /// Delivers until graceful shutdown, then what is left, for as long as the grace lasts.
  ///
  /// - Throws: ``RESTError/notNetmon(server:reason:)`` if what answers first is not a netmon server.
  public func run() async throws {
    try await cancelWhenGracefulShutdown {
      try await self.deliver()
    }
    await withTaskGroup { group in
      group.addTask { await self.deliverRest() }
      group.addTask { try? await Task.sleep(for: self.configuration.grace) }
      await group.next()
      group.cancelAll()
    }
  }

  private func deliver() async throws {
    var backoff = Backoff()
    var isDown = false
    var isKnown = false
    while !Task.isCancelled {
      do {
        guard try await greet() else {
          logger.notice("the server uses this very store: nothing to send")
          try await gracefulShutdown()
          return
        }
        isKnown = true
        if isDown { logger.notice("delivering again", metadata: ["server": "\(client.server)"]) }
        isDown = false
        backoff.reset()
        try await follow()
      } catch is CancellationError {
        return
      } catch {
        if Task.isCancelled { return }
        // A server that is away comes back; one that never was netmon is a mistake of the operator.
        if !isKnown, case RESTError.notNetmon = error { throw error }
        let wait = backoff.next(
          retryAfter: (error as? RESTError)?.retryAfter, random: .random(in: 0...1))
        // Once when it goes away, not at every attempt.
        logger.log(
          level: isDown ? .debug : .warning, "delivery stopped, keeping records until it works",
          metadata: ["error": "\(error)"])
        isDown = true
        try? await ContinuousClock().sleep(for: wait)
      }
    }
  }

  /// Asks the server who it is; false if it writes the very file that we read.
  private func greet() async throws(RESTError) -> Bool {
    try await client.post([]).storeID != store.id
  }

  /// Delivers batch after batch, and waits for changes in between.
  private func follow() async throws {
    var version: Int64?
    while true {
      try Task.checkCancellation()
      if try await deliverBatch() { continue }
      repeat {
        try await ContinuousClock().sleep(for: configuration.poll)
      } while try store.version() == version
      version = try store.version()
    }
  }

  /// Delivers what there is now, and returns.
  ///
  /// - Throws: ``RESTError`` if the server does not take it, `StoreError` if it cannot be read.
  public func deliverAll() async throws {
    guard try await greet() else { return }
    while try await deliverBatch() {}
  }

  private func deliverRest() async {
    do {
      try await deliverAll()
    } catch {
      logger.warning(
        "stopping with undelivered records; they stay in the store and go next time",
        metadata: ["error": "\(error)"])
    }
  }

  /// The name under which the store keeps the place reached.
  public nonisolated var cursorName: String { "server \(client.server)" }

  /// Sends the next batch; false if there was none.
  private func deliverBatch() async throws -> Bool {
    let start = try store.cursor(named: cursorName) ?? 0
    let batch = try store.changes(after: start, limit: configuration.batch, onlyOwn: true)
    guard batch.lastSequence > start else { return false }
    if !batch.changes.isEmpty {
      try await send(batch.changes.map(\.connection)[...])
    }
    try store.setCursor(batch.lastSequence, named: cursorName)
    return true
  }

  /// Sends records; if the server finds fault with one, the others still get through and that
  /// one becomes a gap, so that it cannot hold up all that follow.
  private func send(_ connections: ArraySlice<Connection>) async throws {
    do throws(RESTError) {
      _ = try await client.post(Array(connections))
    } catch {
      guard let fault = error.fault else { throw error }
      guard connections.count == 1, let connection = connections.first else {
        let middle = connections.startIndex + connections.count / 2
        try await send(connections[..<middle])
        try await send(connections[middle...])
        return
      }
      logger.error("the server refused a record", metadata: ["error": "\(fault)"])
      try store.recordGap(
        Gap(
          host: connection.host ?? "", from: connection.timestamp, to: now(), count: 1,
          reason: "refused by the server: \(fault)"))
    }
  }
}

extension RESTError {
  /// Seconds the server asked to wait.
  var retryAfter: Int? {
    guard case .unavailable(_, _, let seconds) = self else { return nil }
    return seconds
  }

  /// What the server finds wrong with the records themselves.
  var fault: String? {
    guard case .refused(let status, let detail) = self, [400, 413].contains(status) else {
      return nil
    }
    return detail
  }
}
