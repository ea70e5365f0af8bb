import Foundation
import GRDB
import NetmonCore
import Synchronization

/// Connections in an SQLite file: the one truth on a host and on the server.
///
/// Any number of stores, in any number of processes, may have one file open; SQLite lets one write
/// at a time, and readers see the last commit. All calls block, so keep them off the cooperative
/// pool where they may take long. They throw ``StoreError``.
public final class Store: Sendable {
  public enum Access: Hashable, Sendable {
    case readWrite, readOnly
  }

  public let path: String
  public let access: Access
  /// Random, made once per file: 16 hexadecimal digits. It is the `store_id` of replies, and the
  /// `agent` of origins made here.
  public let id: String

  let pool: DatabasePool
  /// Which file was opened; another one may come to stand at its path.
  let file: FileIdentity?
  /// Used by one transaction at a time.
  private let dimensions = Mutex(Dimensions())
  /// Whether the file is read as one that nobody changes, without a log.
  private let isImmutable: Bool
  /// Watches the file for ``version()``; a connection of its own, as `data_version` says what
  /// *others* have committed.
  private let watcher: DatabaseQueue
  /// Nil for a store that is only read.
  let checkpointer: Checkpointer?
  /// What operations have told of the file as a whole.
  private let condition = Mutex(Condition())
  /// What was written here.
  let tally = Mutex(StoreTally())

  /// Opens the file. For writing, creates it and its directory, which others may read unless the
  /// umask forbids it, and brings it to the newest schema.
  ///
  /// For reading, a user needs read permission on the file and on `PATH-wal` and `PATH-shm`, which
  /// SQLite keeps beside it with the same permissions. A copy without them is read where they cannot
  /// be made, too: as a file that nobody changes.
  public init(path: String, access: Access = .readWrite) throws(StoreError) {
    self.path = path
    self.access = access
    do {
      try Self.prepareFile(at: path, access)
      if access == .readWrite { try Self.refuseForeignFile(at: path) }
      (pool, isImmutable) = try Self.openPool(at: path, access)
      file = FileIdentity(path: path)
      let checkpointer =
        access == .readWrite ? try Checkpointer(path: path, limit: Self.logPages) : nil
      pool.writeWithoutTransaction { checkpointer?.watch($0) }
      self.checkpointer = checkpointer
      id = try pool.read { db in
        try Query("SELECT store_id FROM meta", in: db).first { $0.text() } ?? ""
      }
      guard id.utf8.count == 16 else {
        throw StoreError.corrupt(.open, path: path, reason: "it has no store id")
      }
      watcher = try DatabaseQueue(
        path: isImmutable ? LoneFile(path: path).address : path,
        configuration: Self.configuration(.readOnly))
    } catch {
      throw Self.openingError(error, path: path)
    }
  }

  private static func openingError(_ error: any Error, path: String) -> StoreError {
    let error = StoreError(error, .open, path: path)
    if case .notADatabase = error { return DatabaseFile(path: path).error("its header is damaged") }
    return error
  }

  /// Runs `body` on a snapshot.
  func read<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
    do {
      try refuseChangedFile()
      if access == .readWrite, try pool.read({ try $0.hasUnreadAddresses || !$0.isCounted }) {
        // Reading goes on without it, as when the disk is full.
        try? write(.read) { db, dimensions in try db.settle(&dimensions) }
      }
      return try pool.read(body)
    } catch {
      throw noted(StoreError(error, .read, path: path))
    }
  }

  /// Runs `body` in a transaction that has the write lock from its beginning.
  func write<T>(
    _ operation: StoreError.Operation, _ body: (Database, inout Dimensions) throws -> T
  ) throws(StoreError) -> T {
    do {
      guard file == FileIdentity(path: path) else { throw StoreError.replaced(path: path) }
      let result = try pool.writeWithoutTransaction { db in
        // Put back only after COMMIT: before, the ids it knows may be of rows that go again.
        var dimensions = self.dimensions.withLock { $0.take() }
        try db.beginTransaction(.immediate)
        do {
          try dimensions.refresh(in: db)
          let result = try body(db, &dimensions)
          try db.commit()
          self.dimensions.withLock { [dimensions] in $0 = dimensions }
          return result
        } catch {
          // Fails where SQLite has rolled back by itself.
          try? db.rollback()
          throw error
        }
      }
      condition.withLock { $0.isFull = false }
      return result
    } catch {
      throw noted(StoreError(error, operation, path: path))
    }
  }

  /// Runs `body` on the connection that writes, outside of a transaction.
  func withWriter<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
    do {
      return try pool.writeWithoutTransaction(body)
    } catch {
      throw noted(StoreError(error, .record, path: path))
    }
  }

  /// A number that changes whenever anything was committed to the file, by this or another
  /// process. It means nothing but that, and only within this store's lifetime.
  public func version() throws(StoreError) -> Int64 {
    do {
      try refuseChangedFile()
      return try watcher.unsafeRead { try $0.integer("PRAGMA data_version") ?? 0 }
    } catch {
      throw noted(StoreError(error, .read, path: path))
    }
  }
}

// MARK: - Condition

extension Store {
  private struct Condition {
    var damage: StoreError?
    var isFull = false
    /// What the log was limited to, in bytes; 0 if nobody did.
    var logLimit: Int64 = 0
  }

  private func noted(_ error: StoreError) -> StoreError {
    condition.withLock {
      if error.isDamage { $0.damage = $0.damage ?? error }
      if case .full = error { $0.isFull = true }
    }
    return error
  }

  /// Why this store is of no use any more: its file turned out to be damaged, or is not the one at
  /// its path any more. Nil while nothing of that is known. See ``opening(_:instead:host:now:)``.
  public var damage: StoreError? {
    if let damage = condition.withLock({ $0.damage }) { return damage }
    return access == .readWrite && file != FileIdentity(path: path) ? .replaced(path: path) : nil
  }

  var logLimit: Int64 {
    get { condition.withLock { $0.logLimit } }
    set { condition.withLock { $0.logLimit = newValue } }
  }

  /// Whether the latest attempt to write found the disk full.
  public var isDiskFull: Bool { condition.withLock { $0.isFull } }
}

// MARK: - Closing

extension Store {
  /// Moves what the write-ahead log holds into the file itself, so that the file alone is a whole
  /// copy. Best before the program ends; when others use the file it does what it can.
  public func checkpoint() throws(StoreError) {
    try withWriter { db in
      checkpointer?.wait()
      _ = try db.checkpoint(.truncate)
    }
  }

  /// Frees the pages of the file that are kept for the next write: after a burst of writing, which
  /// is not to be paid for in memory ever after.
  public func releaseMemory() throws(StoreError) {
    try withWriter { try $0.execute(sql: "PRAGMA shrink_memory") }
  }
}

// MARK: - Opening

extension Store {
  private static func prepareFile(at path: String, _ access: Access) throws(StoreError) {
    switch access {
    case .readWrite:
      let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
      do {
        try FileManager.default.createDirectory(
          atPath: directory, withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o755]
        )
      } catch {
        throw .cannotOpen(path: path, reason: "cannot create \(directory)")
      }
    case .readOnly:
      guard FileManager.default.fileExists(atPath: path) else {
        throw .cannotOpen(path: path, reason: "there is no such file, or no permission to see it")
      }
    }
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
      isDirectory.boolValue
    {
      throw .cannotOpen(path: path, reason: "it is a directory")
    }
  }

  /// Refuses another program's database before it is changed to WAL.
  private static func refuseForeignFile(at path: String) throws {
    let file = DatabaseFile(path: path)
    guard file.isSQLite, !file.isMarked else { return }
    let isForeign: Bool
    do {
      isForeign = try DatabaseQueue(path: path, configuration: configuration(.readOnly))
        .read(Schema.isForeign)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
      // A transaction of a killed process is to be rolled back first (`SQLITE_READONLY_ROLLBACK`), as
      // when it made the file a moment ago.
      var writing = Configuration()
      writing.busyMode = .timeout(Double(busySeconds))
      isForeign = try DatabaseQueue(path: path, configuration: writing).read(Schema.isForeign)
    }
    if isForeign { throw StoreError.foreignDatabase(path: path) }
  }

  /// Throws if somebody has begun to write to a file that is read as one that nobody changes.
  private func refuseChangedFile() throws(StoreError) {
    guard isImmutable, !LoneFile(path: path).isAlone else { return }
    throw .cannotOpen(path: path, reason: "it is being written now, try again")
  }

  /// Opens the file and brings it to the newest schema, or checks that it has it; says whether it is
  /// read as one that nobody changes.
  private static func openPool(
    at path: String, _ access: Access
  ) throws -> (DatabasePool, isImmutable: Bool) {
    let file = LoneFile(path: path)
    do {
      return (try openPool(at: path, named: path, access), false)
    } catch let error as DatabaseError
      where access == .readOnly
      && [.SQLITE_READONLY, .SQLITE_CANTOPEN].contains(error.resultCode) && file.isReadable
    {
      guard file.isAlone else { throw file.error }
      return (try openPool(at: file.address, named: path, access), true)
    }
  }

  /// `address` is the path or an URI for SQLite, `path` what errors name.
  private static func openPool(
    at address: String, named path: String, _ access: Access
  ) throws -> DatabasePool {
    let deadline = ContinuousClock.now + .seconds(busySeconds)
    while true {
      do {
        let pool = try DatabasePool(path: address, configuration: configuration(access))
        switch access {
        case .readWrite: try Schema.migrate(pool, path: path)
        case .readOnly: try pool.read { try Schema.check($0, path: path) }
        }
        return pool
      } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < deadline
      {
        // Of many who open a new file at once, one changes it to WAL. The others are told that it
        // is busy at once: SQLite does not wait there (https://sqlite.org/wal.html#busy).
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
  }

  /// How many pages the log may have where nobody has limited it: 64 MiB.
  private static let logPages = 16384

  /// How long to wait for a lock that another process holds.
  private static let busySeconds = 10

  private static func configuration(_ access: Access) -> Configuration {
    var configuration = Configuration()
    configuration.label = "netmon"
    configuration.readonly = access == .readOnly
    configuration.busyMode = .timeout(Double(busySeconds))
    // Looking up the parents costs each record a microsecond, and removing a parent would scan the
    // connections; rows are only ever made in one transaction with their parents.
    configuration.foreignKeysEnabled = false
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA temp_store = MEMORY")
      ExactGlob.add(to: db)
      guard !db.configuration.readonly else { return }
      try db.execute(
        sql: """
          PRAGMA auto_vacuum = INCREMENTAL;
          PRAGMA cache_size = -65536;
          PRAGMA journal_size_limit = 67108864;
          """)
      try db.keepWriteAheadLog()
    }
    return configuration
  }
}
