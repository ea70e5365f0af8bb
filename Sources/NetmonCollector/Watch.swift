import NetmonCore
import NetmonKernel

/// What a collector watches through.
enum Watch {
  case events(KernelTracing)
  case snapshots(SocketScanner, Tier)
  case closed

  var tier: Tier {
    switch self {
    case .events: .kernel
    case .snapshots(_, let tier): tier
    case .closed: .proc
    }
  }

  /// The best way that works, or the one that is asked for; and why it is not the best there is, with
  /// the remedy, in one line.
  ///
  /// - Throws: ``CollectorError/tier(_:reason:)`` if the one that is asked for does not work.
  static func best(
    _ configuration: Collector.Configuration, kernel: KernelAccess, fs: ProcFS,
    includeCommand: Bool, tracker: inout ConnectionTracker
  ) throws(CollectorError) -> (Watch, shortfall: String?) {
    var shortfall: String?
    if kernel.wishesEvents {
      if let tracing = KernelTracing(
        configuration, kernel: kernel, fs: fs, includeCommand: includeCommand, tracker: &tracker)
      {
        return (.events(tracing), kernel.capabilities.weakness.map { "\($0)" })
      }
      // Each source tells its remedy.
      let reason =
        kernel.capabilities.obstacle.map { "\($0)" }
        ?? kernel.failure.map { "\($0)" } ?? "the kernel's sources are in use"
      if configuration.tier == .kernel { throw .tier(.kernel, reason: reason) }
      shortfall = reason
    }
    let tables = DiagSocketTables(fs, janitor: kernel.janitor)
    if configuration.tier == .proc || tables.lastFailure != nil {
      if configuration.tier == .diag {
        throw .tier(.diag, reason: tables.lastFailure.map { "\($0)" } ?? "")
      }
      let scanner = SocketScanner(fs, includeCommand: includeCommand)
      return (.snapshots(scanner, .proc), shortfall)
    }
    let scanner = SocketScanner(fs, tables: tables, includeCommand: includeCommand)
    return (.snapshots(scanner, .diag), shortfall)
  }

  /// Takes in what there is; false if it was not yet time to look at all sockets.
  mutating func advance(
    _ tracker: inout ConnectionTracker, now: () -> Timestamp
  ) throws(CollectorError) -> Bool {
    switch self {
    case .closed: return false
    case .events(let tracing):
      do {
        return try tracing.advance(&tracker, now: now)
      } catch {
        throw .events("\(error)")
      }
    case .snapshots(var scanner, let tier):
      self = .closed  // Leaves the scanner's caches to this copy alone.
      defer { self = .snapshots(scanner, tier) }
      do {
        tracker.observe(try scanner.scan(now: now()))
      } catch {
        throw .source(error)
      }
      return true
    }
  }

  /// Takes in what the kernel has told meanwhile.
  func catchUp(_ tracker: inout ConnectionTracker) throws(CollectorError) {
    guard case .events(let tracing) = self else { return }
    do {
      try tracing.follow(&tracker, waiting: 0)
    } catch {
      throw .events("\(error)")
    }
  }

  /// Takes in what the kernel still holds back.
  func finish(_ tracker: inout ConnectionTracker) {
    if case .events(let tracing) = self { tracing.finish(&tracker) }
  }

  /// How many events were lost; 0 if that is not known, nil if none.
  func takeLosses() -> UInt64? {
    if case .events(let tracing) = self { return tracing.takeLosses() }
    return nil
  }
}
