import GRDB
import GRDBSQLite
public import NetmonCore

/// A store that is open, with what had to be done for that.
public struct OpenedStore: Sendable {
  public var store: Store
  /// Why there is a new file, or another one than before; nil if it is the one that was there.
  public var damage: StoreError?
  /// Where the damaged file is now; nil if there was none to keep.
  public var setAside: String?
}

extension Store {
  /// The paths of all files that belong to the database at a path, itself first, whether or not they
  /// are there.
  public static func files(at path: String) -> [String] {
    ([""] + DatabaseFile.suffixes).map { path + $0 }
  }

  /// Opens the file for writing, like ``init(path:access:)``; but one that is damaged is renamed to
  /// `PATH.corrupt-TIME` together with its log, and a new one is made. A gap tells of it.
  ///
  /// A file that never was netmon's is not touched but refused: one without netmon's
  /// `application_id` in its header and without netmon's files beside it.
  ///
  /// `broken` is a store of that path with ``damage``, which is to be done without; `host` stands
  /// in the gap, "" if it is not of one host; `now` in the new name and at the end of the gap.
  public static func opening(
    _ path: String, instead broken: Store? = nil, host: String, now: Timestamp
  ) throws(StoreError) -> OpenedStore {
    var damage: StoreError?
    var setAside: String?
    var since = now
    if let broken, case .replaced(let path) = broken.damage {
      damage = .replaced(path: path)
      since = broken.lastCommit(before: now)
    }
    var lost: StoreError?
    // Another process may set the same file aside, or one that it makes may be damaged at once.
    for _ in 0..<10 {
      let file = DatabaseFile(path: path)
      let fault: StoreError
      do throws(StoreError) {
        if let broken, let damage = broken.damage, broken.file == file.identity { throw damage }
        if let fault = file.fault { throw file.error(fault) }
        if damage == nil, file.identity == nil, file.hasReserve {
          // Deleted while nobody had it open.
          damage = .replaced(path: path)
          since = file.lastWritten ?? now
        }
        let store = try Store(path: path)
        if file.logSize > 0 { try store.checkQuickly() }
        if let damage {
          try store.recordGap(
            damage.gap(host: host, from: min(since, now), to: now, setAside: setAside))
        }
        return OpenedStore(store: store, damage: damage, setAside: setAside)
      } catch {
        if error.isLackOfSpace, DiskReserve(ofStoreAt: path).release() { continue }
        if error.isLostRace {
          lost = error
          continue
        }
        guard file.isDamaged(by: error) else { throw error }
        fault = error
      }
      if let name = try file.setAside(at: now) {
        // A log without its file is what a deletion leaves.
        if file.identity != nil || damage == nil { damage = fault }
        setAside = name
        since = min(since, file.lastWritten ?? now)
      }
    }
    throw lost ?? damage ?? .cannotOpen(path: path, reason: "it keeps being damaged")
  }

  /// Looks for damage for at most half a second: all of a small file, the first of a large one.
  /// What that does not find is found where it is met.
  func checkQuickly() throws(StoreError) {
    let faults: [String]? = try read { db in
      guard try Schema.isWhole(db) else { return ["its schema is not what it was"] }
      return try db.interrupting(after: .milliseconds(500)) {
        try Query("PRAGMA quick_check(1)", in: db).all { $0.text() }
      }
    }
    if let fault = faults?.first, fault != "ok" {
      throw .corrupt(.open, path: path, reason: fault)
    }
  }

  /// When the latest record was written, as far as it can still be read.
  private func lastCommit(before now: Timestamp) -> Timestamp {
    let newest = try? read { db in
      try db.integer(
        """
        SELECT coalesce(updated_at, opened_at) FROM connection
        WHERE id = (SELECT connection_id FROM change ORDER BY seq DESC LIMIT 1)
        """)
    }
    return (newest ?? nil).map(Timestamp.init(microseconds:)) ?? now
  }
}

extension DatabaseFile {
  func error(_ fault: String) -> StoreError {
    isOurs ? .corrupt(.open, path: path, reason: fault) : .notADatabase(path: path)
  }

  /// Whether an error says that this file is damaged, and it is ours to set aside.
  func isDamaged(by error: StoreError) -> Bool {
    guard isOurs else { return false }
    return switch error {
    case .corrupt, .notADatabase, .sqlite, .invalid: true
    case .foreignDatabase: isMarked
    default: false
    }
  }
}

extension StoreError {
  /// Opening makes `-shm` anew, which takes some kilobytes.
  fileprivate var isLackOfSpace: Bool {
    switch self {
    case .full: true
    case .io(_, _, let code, _): code == ResultCode.SQLITE_IOERR_SHMSIZE.rawValue
    default: false
    }
  }

  /// Another process has set the file aside or made it meanwhile: what SQLite was about to delete was
  /// gone, or what it had opened stood at another path.
  fileprivate var isLostRace: Bool {
    switch self {
    case .replaced: true
    case .io(_, _, let code, _): code == ResultCode.SQLITE_IOERR_DELETE_NOENT.rawValue
    default: false
    }
  }

  fileprivate func gap(
    host: String, from: Timestamp, to: Timestamp, setAside: String?
  ) -> Gap {
    let name = setAside?.split(separator: "/").last ?? ""
    let reason =
      if case .replaced = self { "the database was deleted or replaced" } else {
        "the database was damaged and set aside as \(name)"
      }
    return Gap(host: host, from: from, to: to, count: nil, reason: reason)
  }
}

extension Database {
  /// Runs `body`; nil if it was still at it after that time.
  fileprivate func interrupting<T>(after limit: Duration, _ body: () throws -> T) throws -> T? {
    let deadline = Deadline(ContinuousClock.now + limit)
    let context = Unmanaged.passUnretained(deadline).toOpaque()
    sqlite3_progress_handler(
      sqliteConnection, 10_000,
      { context in
        guard let context else { return 0 }
        return Unmanaged<Deadline>.fromOpaque(context).takeUnretainedValue().hasPassed ? 1 : 0
      }, context)
    defer {
      sqlite3_progress_handler(sqliteConnection, 0, nil, nil)
      withExtendedLifetime(deadline) {}
    }
    do {
      return try body()
    } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
      return nil
    }
  }
}

private final class Deadline {
  private let end: ContinuousClock.Instant

  init(_ end: ContinuousClock.Instant) {
    self.end = end
  }

  var hasPassed: Bool { ContinuousClock.now >= end }
}
