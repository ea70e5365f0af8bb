import Logging
import NetmonCore
import NetmonStore

/// What is known while delivering to one server.
struct Delivery {
  /// Under which the store keeps the progress.
  let name: String
  var progress: DeliveryProgress
  /// Whether the store has the progress; without room for it, delivery goes on all the same.
  var isStored = true
  /// The store's version that was looked at.
  var version: Int64?
  var lastReport: ContinuousClock.Instant?

  init(name: String, progress: DeliveryProgress) {
    self.name = name
    self.progress = progress
  }
}

extension Replicator {
  /// Sends the next batch of each kind; false if there was none.
  ///
  /// The progress is stored once, after the server has all of it. If that does not come about, what
  /// was sent goes again after a restart.
  func advance(_ delivery: inout Delivery) async throws -> Bool {
    if !delivery.isStored { try storeProgress(&delivery) }
    var progress = delivery.progress
    try await report(&delivery)
    progress.setAsideBacklog(
      upTo: try store.lastSequence(), ifMoreThan: configuration.backlog)
    let (gaps, gapSequence) = try store.ownGaps(after: progress.gaps, limit: Self.gapBatch)
    try await send(gaps[...])
    progress.gaps = gapSequence
    progress.advance(to: try await deliverChanges(after: progress.live))
    if let backlog = progress.backlog {
      progress.advanceBacklog(
        to: try await deliverChanges(after: backlog.after, through: backlog.through))
    }
    guard progress != delivery.progress else { return false }
    delivery.progress = progress
    try storeProgress(&delivery)
    return true
  }

  /// Stores the progress, or leaves it for the next time where the disk does not take it: what the
  /// server has already is no reason to keep from it what is new.
  private func storeProgress(_ delivery: inout Delivery) throws(StoreError) {
    do {
      try store.setProgress(delivery.progress, of: delivery.name)
      delivery.isStored = true
    } catch {
      switch error {
      case .full, .io: break
      default: throw error
      }
      if delivery.isStored {
        logger.warning(
          "cannot store how far the server is, delivering all the same",
          metadata: ["error": "\(error)"])
      }
      delivery.isStored = false
    }
  }

  /// Gaps in one request, about 200 bytes each.
  private static let gapBatch = 500

  /// Sends the next batch of changed records of a range; returns the last change it was about.
  private func deliverChanges(after start: Int64, through end: Int64 = .max) async throws -> Int64 {
    let batch = try store.changes(
      after: start, limit: configuration.batch, onlyOwn: true, through: end)
    if batch.isTruncated, start > 0 {
      // Whoever removed them, which only a full store does, has recorded them as a gap.
      logger.warning(
        "the store had to remove records before they were delivered",
        metadata: ["after": "\(start)"])
    }
    if !batch.changes.isEmpty {
      try await send(batch.changes.map(\.connection)[...])
    }
    return max(batch.lastSequence, start)
  }

  /// Sends records; if the server finds fault with one, the others still get through and that
  /// one becomes a gap, so that it cannot hold up all that follow.
  private func send(_ connections: ArraySlice<Connection>) async throws {
    do throws(RESTError) {
      try await client.post(connections)
    } catch {
      let hosts = connections.lazy.map(\.host)
      guard let fault = error.fault(ofHosts: hosts, own: configuration.host) else { throw error }
      guard connections.count == 1, let connection = connections.first else {
        let middle = connections.startIndex + connections.count / 2
        try await send(connections[..<middle])
        try await send(connections[middle...])
        return
      }
      logger.error(
        "the server refused a record",
        metadata: [
          "origin": "\(connection.origin.map { terminalSafe("\($0)") } ?? "")", "error": "\(fault)",
        ])
      try store.recordGap(
        Gap(
          host: connection.host ?? "", from: connection.timestamp,
          to: max(connection.timestamp, connection.updatedAt ?? connection.timestamp), count: 1,
          reason: "refused by the server: \(fault)"))
    }
  }

  /// Sends gaps; one that the server finds fault with is left out.
  private func send(_ gaps: ArraySlice<Gap>) async throws {
    guard !gaps.isEmpty else { return }
    do throws(RESTError) {
      try await client.post(gaps)
    } catch {
      let hosts = gaps.lazy.map { Optional($0.host) }
      guard let fault = error.fault(ofHosts: hosts, own: configuration.host) else { throw error }
      guard gaps.count == 1 else {
        let middle = gaps.startIndex + gaps.count / 2
        try await send(gaps[..<middle])
        try await send(gaps[middle...])
        return
      }
      logger.error("the server refused a gap", metadata: ["error": "\(fault)"])
    }
  }

  /// Tells how this host is doing, unless it was told lately.
  private func report(_ delivery: inout Delivery) async throws {
    guard isReportDue(delivery), let host = configuration.host else { return }
    delivery.lastReport = .now
    guard var report = try store.hostReport(of: host) else { return }
    let oldest = try store.oldestUndelivered(delivery.progress)
    report.lagSeconds = oldest.map { Double(max(0, now().microseconds(since: $0))) / 1e6 } ?? 0
    do throws(RESTError) {
      try await client.post(report)
    } catch {
      guard let fault = error.fault else { throw error }
      logger.debug("the server refused the host's report", metadata: ["error": "\(fault)"])
    }
  }

  func isReportDue(_ delivery: Delivery) -> Bool {
    guard configuration.host != nil else { return false }
    return delivery.lastReport.map { .now - $0 >= configuration.reportInterval } ?? true
  }
}
