import GRDB

extension Store {
  func space() throws(StoreError) -> StoreSpace {
    try read { try StoreSpace($0, path: path) }
  }

  /// Has the log written to the file at half of what it may take, and cut back to that.
  ///
  /// Where the disk is nearly full that is less: the file may grow by all that is in the log, which
  /// the reserve must suffice for.
  func limitLog(_ budget: SpaceBudget) throws(StoreError) {
    let reserve = DiskReserve(ofStoreAt: path)
    let bytes = min(budget.log, max(reserve.size, reserve.freeOnDisk / 4, 1 << 20))
    // Not again for a little.
    guard !(bytes / 2...bytes * 2).contains(logLimit) else { return }
    logLimit = bytes
    try withWriter { db in
      let page = max(try db.integer("PRAGMA page_size") ?? 0, 512)
      checkpointer?.setLimit(Int(max(bytes / 2 / page, 1)))
      try db.execute(sql: "PRAGMA journal_size_limit = \(bytes / 2)")
    }
  }

  /// Writes the log to the file and makes it empty, unless readers need it for longer than a tenth
  /// of a second: writers wait meanwhile.
  func truncateLog() throws(StoreError) {
    try withWriter { db in
      let patience = try db.integer("PRAGMA busy_timeout") ?? 0
      try db.execute(sql: "PRAGMA busy_timeout = 100")
      defer { try? db.execute(sql: "PRAGMA busy_timeout = \(patience)") }
      checkpointer?.wait()
      do {
        _ = try db.checkpoint(.truncate)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {}
    }
  }

  /// Gives free pages back to the disk until the file has no more than `bytes`, in short
  /// transactions.
  ///
  /// - Returns: false if the file was made by a netmon that did not prepare it for this.
  func shrink(to bytes: Int64) throws(StoreError) -> Bool {
    var space = try space()
    while space.file > bytes, space.free > 0 {
      let before = space
      space = try write(.remove) { db, _ in
        try db.execute(sql: "PRAGMA incremental_vacuum(\(Self.pagesAtOnce))")
        return try StoreSpace(db, path: path)
      }
      if space.file == before.file { return false }
      if space.log > 16 << 20 { try truncateLog() }
    }
    return true
  }

  private static let pagesAtOnce = 512
}
