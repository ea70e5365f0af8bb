import GRDB
import Glibc

/// What a store takes on the disk, in bytes.
struct StoreSpace: Hashable {
  /// In pages that hold something.
  var used: Int64
  /// In pages that are free to be filled again.
  var free: Int64
  /// The write-ahead log's file.
  var log: Int64

  /// What the file has once the log is written to it.
  var file: Int64 { used + free }
}

extension StoreSpace {
  init(_ db: Database, path: String) throws {
    let page = try db.integer("PRAGMA page_size") ?? 0
    free = try db.integer("PRAGMA freelist_count") ?? 0
    used = ((try db.integer("PRAGMA page_count") ?? 0) - free) * page
    free *= page
    var status = stat()
    log = stat(path + "-wal", &status) == 0 ? Int64(status.st_size) : 0
  }
}
