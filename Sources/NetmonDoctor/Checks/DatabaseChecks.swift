internal import Glibc
internal import NetmonCore
internal import NetmonStore

/// The database that would be collected into. It is only looked at, never made or changed.
struct DatabaseChecks {
  let all: [Check]

  init(path: String, fs: ProcFS, now: Timestamp) {
    let provides = "a history of what was seen"
    guard access(path, F_OK) == 0 else {
      all = [.futureDatabase(path, provides: provides)]
      return
    }
    do throws(StoreError) {
      let store = try Store(path: path, access: .readOnly)
      let latest = try store.connections(ConnectionQuery(limit: 1)).connections.first
      let finding =
        path + (latest.map { ", latest record of \($0.timestamp)" } ?? ", without a record")
      var database = Check("database", provides: provides, finding: finding)
      if access(path, W_OK) != 0 {
        database.state = .limited
        database.finding = "\(finding), may not be written"
        database.remedy = "collect as its owner, or name another file with --db"
      }
      all = [
        database, .collector(Self.collector(of: path, fs)),
        .gaps(try store.gaps().filter { $0.to > now.advanced(byMicroseconds: -86_400_000_000) }),
      ]
    } catch {
      var database = Check("database", .missing, provides: provides, finding: "\(error)")
      if case .olderSchema = error { database.state = .limited }
      all = [database]
    }
  }

  /// The process that collects into the database, known by its lock on the file beside it
  /// (`/proc/locks`, proc_locks(5)). To try the lock could turn a collector away that starts then.
  private static func collector(of path: String, _ fs: ProcFS) -> Int32? {
    var status = stat()
    guard stat(path + "-collector", &status) == 0, let locks = try? fs.contents(of: "locks") else {
      return nil
    }
    return holder(ofInode: UInt64(status.st_ino), locks: String(decoding: locks, as: UTF8.self))
  }

  /// Who holds an flock(2) on that inode: `1: FLOCK  ADVISORY  WRITE PID MAJOR:MINOR:INODE 0 EOF`.
  /// The device is left aside, as some file systems show another one in stat(2).
  static func holder(ofInode inode: UInt64, locks: String) -> Int32? {
    for line in locks.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count >= 6, fields[1] == "FLOCK",
        fields[5].split(separator: ":").last.flatMap({ UInt64($0) }) == inode
      else { continue }
      return Int32(fields[4])
    }
    return nil
  }
}

extension Check {
  fileprivate static func futureDatabase(_ path: String, provides: String) -> Check {
    var directory = path
    repeat {
      let end = directory.lastIndex(of: "/")
      directory = end.map { String(directory[..<$0]) } ?? "."
      if directory.isEmpty { directory = "/" }
    } while access(directory, F_OK) != 0 && directory != "/" && directory != "."
    var check = Check("database", provides: provides, finding: "\(path) will be made by collect")
    if access(directory, W_OK | X_OK) != 0 {
      check.state = .missing
      check.finding = "\(path) cannot be made: no permission to write to \(directory)"
      check.remedy = "run as root, or name another file with --db"
    }
    return check
  }

  fileprivate static func collector(_ process: Int32?) -> Check {
    Check(
      "collector", provides: "records in that database from now on",
      finding: process.map { "process \($0) collects into it" }
        ?? "no process seen that collects into it")
  }

  /// Of the last day.
  static func gaps(_ gaps: [Gap]) -> Check {
    var check = Check("gaps", provides: "nothing lost in the last 24 hours", finding: "none")
    guard let latest = gaps.first else { return check }
    let known = gaps.reduce(0) { $0 + ($1.count ?? 0) }
    check.state = .limited
    check.finding =
      "\(gaps.count), with \(known) or more lost; the latest up to \(latest.to): \(latest.reason)"
    check.remedy = "give the collector more CPU time and a faster disk, and keep it running"
    return check
  }
}
