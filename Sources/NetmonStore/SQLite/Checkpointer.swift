import Dispatch
import GRDB
import GRDBSQLite
import Synchronization

/// Has the write-ahead log written to the file while others go on writing.
///
/// By itself SQLite does it within the commit that finds the log long, while all who want to write
/// wait. A log that is written to without a pause never begins anew, though, if it is only done
/// beside the writers. So it is done twice: most of it beside them, and what has come meanwhile
/// within a commit, which is little (https://sqlite.org/wal.html#checkpointing).
final class Checkpointer: Sendable {
  private enum Stage: UInt8, AtomicRepresentable {
    case idle, running
    /// What is left is for the next commit to do.
    case finishing
  }

  private let database: DatabaseQueue
  private let queue = DispatchQueue(label: "netmon.checkpoint")
  private let stage = Atomic(Stage.idle)
  private let limit: Atomic<Int>

  /// A connection of its own to an open file, whose log has no more than `limit` pages and a
  /// transaction, unless readers need it for longer.
  init(path: String, limit: Int) throws {
    self.limit = Atomic(limit)
    var configuration = Configuration()
    configuration.label = "netmon.checkpoint"
    configuration.prepareDatabase { try $0.keepWriteAheadLog() }
    database = try DatabaseQueue(path: path, configuration: configuration)
  }

  /// Takes the place of `wal_autocheckpoint` for a connection, which must end before this object.
  func watch(_ db: Database) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    sqlite3_wal_hook(
      db.sqliteConnection,
      { context, connection, name, pages in
        guard let context else { return SQLITE_OK }
        Unmanaged<Checkpointer>.fromOpaque(context).takeUnretainedValue()
          .committed(on: connection, name, pages: Int(pages))
        return SQLITE_OK
      }, context)
  }

  /// From how many pages on a commit waits for the log to be written.
  func setLimit(_ pages: Int) {
    limit.store(pages, ordering: .relaxed)
  }

  /// Returns when nothing is done beside the writers any more; none may commit meanwhile.
  func wait() {
    queue.sync {}
  }

  /// Like SQLite's own hook it leaves failures to those who write: they meet the same full disk.
  private func committed(
    on connection: OpaquePointer?, _ name: UnsafePointer<CChar>?, pages: Int
  ) {
    let limit = limit.load(ordering: .relaxed)
    // Who writes faster than the disk can take it has to wait.
    if pages >= limit { wait() }
    let stage = stage.load(ordering: .acquiring)
    if stage == .finishing || stage == .idle && pages >= limit {
      sqlite3_wal_checkpoint_v2(connection, name, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
      self.stage.store(.idle, ordering: .relaxed)
    } else if stage == .idle, pages >= limit / 2 {
      // The other half is for what comes meanwhile.
      self.stage.store(.running, ordering: .relaxed)
      queue.async { [self] in
        _ = try? database.writeWithoutTransaction { try $0.checkpoint(.passive) }
        self.stage.store(.finishing, ordering: .releasing)
      }
    }
  }
}
