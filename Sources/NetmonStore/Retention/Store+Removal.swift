import GRDB
public import NetmonCore

/// Removal reads what may go in snapshots and deletes it in short transactions, so that a writer
/// waits for less than a tenth of a second and a reader never does.
extension Store {
  /// Removes what is older than the policy says. Open records stay, and so does what a follower
  /// with a cursor may lack.
  ///
  /// `removal` holds what earlier runs have learnt; it changes also where this throws. The result is
  /// how many records were deleted.
  public func removeAged(
    by policy: RetentionPolicy, now: Timestamp, _ removal: inout Removal
  ) throws(StoreError) -> Int {
    let cutoffs = policy.cutoffs(at: now)
    let isFull = removal.isFullRunDue(at: now)
    if isFull { removal.beginFullRun(at: now) }
    try look(&removal, anew: isFull)
    var removed = try removeAged(cutoffs, &removal)
    if isFull { removed += try removeOpen(ofHostsSilentSince: cutoffs.errors, &removal) }
    try removeOldChanges(budget: policy.maximumSize.map(SpaceBudget.init))
    try sweep(&removal, ifAny: isFull)
    return removed
  }

  /// Deletes all records that ended before `cutoff`, and the dimension rows that nothing refers to
  /// any more.
  ///
  /// Open records stay, and so do those that a follower with a cursor may lack, and those that were
  /// first seen at the cutoff or later.
  ///
  /// - Returns: how many records were deleted.
  public func removeClosed(before cutoff: Timestamp) throws(StoreError) -> Int {
    var removal = Removal()
    let end = cutoff.microseconds
    try look(&removal, anew: true)
    let removed = try removeAged(RemovalCutoffs(successes: end, errors: end), &removal)
    try removeOldChanges(budget: nil)
    try sweep(&removal, ifAny: true)
    return removed
  }

  private func removeAged(
    _ cutoffs: RemovalCutoffs, _ removal: inout Removal
  ) throws(StoreError) -> Int {
    let end = Slots(Timestamp(microseconds: max(cutoffs.successes, cutoffs.errors))).first
    // What was open when its time was looked at mostly ends within minutes.
    let settled = Slots(
      Timestamp(microseconds: min(cutoffs.successes, cutoffs.errors))
        .advanced(byMicroseconds: -600_000_000)
    ).first
    var candidates = Candidates(after: removal.agedUpTo, before: end, cutoffs)
    var removed = 0
    while try advance(&candidates) {
      let ids = candidates.ids.filter { !removal.undelivered.mayContain($0) }
      removed += try delete(ids[...], cutoffs, &removal).removed
      removal.agedUpTo = max(removal.agedUpTo, min(candidates.position, settled))
    }
    return removed
  }

  func look(_ removal: inout Removal, anew: Bool) throws(StoreError) {
    var undelivered = removal.undelivered
    try read { db in try undelivered.look(in: db, anew: anew) }
    removal.undelivered = undelivered
  }

  func advance(_ candidates: inout Candidates) throws(StoreError) -> Bool {
    var next = candidates
    defer { candidates = next }
    return try read { db in try next.advance(in: db) }
  }

  /// Deletes rows, as many in a transaction as take some tens of milliseconds: all of them, or until
  /// `excess` bytes in use are free. With a `reason`, undelivered rows go too, and it is that of
  /// the gap; without, they stay.
  func delete(
    _ ids: ArraySlice<Int64>, _ cutoffs: RemovalCutoffs, _ removal: inout Removal,
    freeing excess: Int64? = nil, because reason: Shortage? = nil
  ) throws(StoreError) -> Deleted {
    var deleted = Deleted()
    var rest = ids
    var lastChanges: [Int64: Int64] = [:]
    if let cursor = removal.undelivered.cursor, ids.contains(where: removal.undelivered.mayContain)
    {
      lastChanges = try read { db in try db.lastChanges(of: Array(ids), after: cursor) }
    }
    let low = try excess.map { (excess) throws(StoreError) in try space().used - excess }
    var left = excess ?? .max
    while let first = rest.first, left > 0 {
      // Not many more than needed, at some hundred bytes each; nor ever fewer at a time.
      let count = min(removal.chunk.size, Int(clamping: max(left / 64, 500)))
      let deletion = Deletion(
        ids: rest.prefix(count), cutoffs: cutoffs, undelivered: removal.undelivered,
        lastChanges: lastChanges, reason: reason)
      let (result, used, duration) = try write(.remove) { db, dimensions in
        let begin = ContinuousClock.now
        try db.settle(&dimensions)
        let result = try deletion.run(in: db)
        return (result, try StoreSpace(db, path: path).used, ContinuousClock.now - begin)
      }
      removal.chunk.adapt(to: duration)
      rest = rest.dropFirst(deletion.ids.count)
      removal.removedSinceSweep += result.removed
      deleted.removed += result.removed
      deleted.undelivered += result.undelivered
      deleted.reached = deletion.ids.last ?? first
      deleted.used = used
      if let low { left = used - low }
    }
    return deleted
  }

  struct Deleted {
    var removed = 0
    var undelivered = 0
    /// The last row that was looked at.
    var reached: Int64?
    /// Bytes in use afterwards.
    var used: Int64?
  }
}
