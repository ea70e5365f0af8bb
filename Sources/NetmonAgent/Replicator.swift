public import Logging
public import NetmonCore
public import NetmonStore
public import ServiceLifecycle

/// Delivers what a store's own collector recorded to a server: records by the change sequence, gaps,
/// and how the host is doing.
///
/// The places reached are kept in the store and move only after the server has said that a batch is
/// committed. A batch delivered twice does no harm: the server knows records and gaps by their
/// origin. After an outage what is new goes on at once, and in turns with it what has piled up.
public actor Replicator: Service {
  public struct Configuration: Sendable {
    /// The host whose collector's reports are delivered; nil delivers none.
    public var host: String?
    /// Records in one request; 2,000 are about 1.4 MB before compression.
    public var batch = 2000
    /// Undelivered changes beyond which they become a backlog.
    public var backlog: Int64 = 10_000
    /// How often to look for changes by other processes on the same file.
    public var poll: Duration = .milliseconds(250)
    /// The shortest time between two reports of the host.
    public var reportInterval: Duration = .seconds(10)
    /// How long to wait after the store itself could not be read or written.
    public var storePause: Duration = .seconds(1)
    /// How long to go on delivering after the stop signal.
    public var grace: Duration = .seconds(5)

    public init(host: String? = nil) {
      self.host = host
    }
  }

  private let executor = BlockingExecutor(label: "netmon.replicator")
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  let store: Store
  let client: RESTClient
  let configuration: Configuration
  let logger: Logger
  let now: @Sendable () -> Timestamp

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
  /// - Throws: ``RESTError/notNetmon(server:reason:)`` if what answers first is not a netmon server, and
  ///   nothing was ever delivered.
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

  /// Delivers what there is now, and returns.
  ///
  /// - Throws: ``RESTError`` if the server does not take it, `StoreError` if it cannot be read.
  public func deliverAll() async throws {
    guard var delivery = try await greet() else { return }
    while try await advance(&delivery) {}
  }

  /// The name under which the store keeps the place reached with a server: by what the server
  /// holds, so that one that was replaced gets everything again.
  public static func cursorName(ofServer storeID: String) -> String { "server \(storeID)" }

  private func deliver() async throws {
    var backoff = Backoff()
    var outage = Outage()
    var isKnown = false
    // Who delivered before has no mistake in its settings: what answers now stands in for the server.
    let hasDelivered = (try? store.hasDelivered()) ?? false
    while !Task.isCancelled {
      do {
        if !isKnown { try store.expectDelivery() }
        guard var delivery = try await greet() else {
          logger.notice("the server uses this very store: nothing to send")
          try await gracefulShutdown()
          return
        }
        isKnown = true
        // Only now, as a server that is overloaded may still say who it is.
        var isBusy = try await advance(&delivery)
        if outage.end() {
          logger.notice("delivering again", metadata: ["server": "\(client.server)"])
        }
        backoff.reset()
        while true {
          try Task.checkCancellation()
          if !isBusy { try await awaitChange(&delivery) }
          isBusy = try await advance(&delivery)
        }
      } catch is CancellationError {
        return
      } catch {
        if Task.isCancelled { return }
        // A server that is away comes back; one that never was netmon is a mistake of the operator.
        if !isKnown, !hasDelivered, case RESTError.notNetmon = error { throw error }
        // What is the matter with our own store is nothing to spare the server for.
        let wait =
          error is StoreError
          ? configuration.storePause
          : backoff.next(
            retryAfter: (error as? RESTError)?.retryAfter, random: .random(in: 0...1))
        logger.log(
          level: outage.isNew("\(error)") ? .warning : .debug,
          "delivery stopped, keeping records until it works", metadata: ["error": "\(error)"])
        try? await ContinuousClock().sleep(for: wait)
      }
    }
  }

  /// Asks the server who it is, and takes up the place reached with it; nil if it writes the very
  /// file that we read.
  private func greet() async throws -> Delivery? {
    let serverID = try await client.identify().storeID
    guard serverID != store.id else { return nil }
    let name = Self.cursorName(ofServer: serverID)
    let (progress, forgotten) = try store.beginDelivery(to: name)
    if progress == DeliveryProgress(), forgotten.contains(where: { $0.hasPrefix("server ") }) {
      logger.notice(
        "the server has another store than before: delivering everything that is kept",
        metadata: ["server": "\(client.server)", "store_id": "\(terminalSafe(serverID))"])
    }
    return Delivery(name: name, progress: progress)
  }

  /// Waits until something was written to the file, the host's report is due, or it is time to try
  /// again to store the progress.
  private func awaitChange(_ delivery: inout Delivery) async throws {
    repeat {
      try await ContinuousClock().sleep(for: configuration.poll)
    } while try delivery.isStored && store.version() == delivery.version && !isReportDue(delivery)
    // Before what it tells of is read: a commit in between is looked for again.
    delivery.version = try store.version()
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
}

extension RESTError {
  /// What the server finds wrong with records or gaps, of these hosts, that will never be right;
  /// `own` is the host that this store's collector records now.
  ///
  /// A token is for one host. What was recorded under another name, before the host was renamed, no
  /// token for this one gets in. But where it is this host that the token is not for, all would be
  /// lost: that has to be put right.
  func fault(ofHosts hosts: some Sequence<String?>, own: String?) -> String? {
    guard case .forbidden(_, let detail, let place?) = self else { return fault }
    let isForeign = place.hasSuffix("/origin") || hosts.contains { $0 != own }
    return isForeign ? detail : nil
  }

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
