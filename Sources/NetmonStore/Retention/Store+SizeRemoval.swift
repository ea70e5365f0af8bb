import GRDB

/// What was done so that a store keeps its size.
public struct SizeReport: Hashable, Sendable {
  /// How many connections were deleted.
  public var removed = 0
  /// How many of them a follower had not got; gaps tell of them.
  public var undelivered = 0
  /// More is in use than may be, and nothing that may go is left.
  public var isOverSize = false
  /// The file is larger than it may be, and shrinks only when someone runs VACUUM on it.
  public var needsVacuum = false
}

extension Store {
  /// Removes the oldest successes, then the oldest errors, when the policy's size is nearly
  /// reached; open records stay. What a follower had not got is told as a gap.
  ///
  /// `removal` holds what earlier runs have learnt; it changes also where this throws.
  public func removeForSize(
    by policy: RetentionPolicy, _ removal: inout Removal
  ) throws(StoreError) -> SizeReport {
    guard let budget = policy.maximumSize.map(SpaceBudget.init) else { return SizeReport() }
    var report = SizeReport()
    try limitLog(budget)
    if try space().used > budget.high { try removeOldChanges(budget: budget) }
    if try space().used > budget.high {
      report = try remove(until: budget.low, .size, &removal)
    }
    if try space().file > budget.file { report.needsVacuum = try !shrink(to: budget.file) }
    let space = try space()
    if space.log > budget.log { try truncateLog() }
    report.isOverSize = space.used > budget.high
    return report
  }

  /// Makes room inside the file when the disk is full: a twentieth of what is in use.
  ///
  /// What ``prepare(for:)`` has kept back goes to the log meanwhile. What a follower had not got is
  /// told as a gap, and without any follower all that was removed.
  public func removeForFullDisk(
    by policy: RetentionPolicy, _ removal: inout Removal
  ) throws(StoreError) -> SizeReport {
    DiskReserve(ofStoreAt: path).release()
    // An emptied log leaves its bytes to the file, or the next one.
    try? truncateLog()
    defer {
      try? truncateLog()
      if let maximum = policy.maximumSize {
        DiskReserve(ofStoreAt: path).take(SpaceBudget(maximum: maximum).reserve)
      }
    }
    let space = try space()
    guard space.free < space.used / 20 else { return SizeReport() }
    removal.chunk = Chunk(isSmall: true)
    defer { removal.chunk = Chunk() }
    return try remove(until: space.used / 20 * 19, .disk, &removal)
  }

  /// Divides the room that the policy gives: a bound for the log, and a reserve on the disk.
  public func prepare(for policy: RetentionPolicy) throws(StoreError) {
    guard let budget = policy.maximumSize.map(SpaceBudget.init) else {
      DiskReserve(ofStoreAt: path).release()
      return
    }
    DiskReserve(ofStoreAt: path).take(budget.reserve)
    try limitLog(budget)
  }

  private func remove(
    until low: Int64, _ reason: Shortage, _ removal: inout Removal
  ) throws(StoreError) -> SizeReport {
    var report = SizeReport()
    var used = try space().used
    for cutoffs in [RemovalCutoffs.allSuccesses, .all] where used > low {
      let start = cutoffs == .all ? -1 : removal.successesUpTo
      var candidates = Candidates(after: start, before: .max, cutoffs)
      while used > low, try advance(&candidates) {
        var rest = candidates.ids[...]
        while used > low, !rest.isEmpty {
          try look(&removal, anew: false)
          // What only they refer to may take more room than they do, and goes before any more of them.
          let deleted = try delete(
            rest.prefix(try rowsBeforeSweep(removal)), cutoffs, &removal, freeing: used - low,
            because: reason)
          report.removed += deleted.removed
          report.undelivered += deleted.undelivered
          rest = rest.drop { $0 <= deleted.reached ?? .max }
          try sweep(&removal, ifAny: false)
          used = try space().used
          if cutoffs == .allSuccesses {
            removal.successesUpTo =
              rest.isEmpty ? candidates.position : deleted.reached ?? start
          }
        }
      }
    }
    return report
  }
}
