/// What can go wrong with a store; `description` is one line: what, where, what to do.
public enum StoreError: Error, Hashable, Sendable {
  /// What was being done.
  public enum Operation: String, Sendable {
    case open, migrate, record, read, remove
  }

  /// The file or its directory cannot be opened or created.
  case cannotOpen(path: String, reason: String)
  /// The file exists and is something else than an SQLite database.
  case notADatabase(path: String)
  /// The file is a database of another program.
  case foreignDatabase(path: String)
  /// The file was deleted or replaced while it was open: what is written would be lost with it.
  case replaced(path: String)
  /// The file is damaged.
  case corrupt(Operation, path: String, reason: String)
  /// The file was written by a later netmon; the numbers count schema versions.
  case newerSchema(path: String, found: Int, known: Int)
  /// The file lacks migrations and was opened read-only.
  case olderSchema(path: String, found: Int, known: Int)
  /// Another process held the write lock for longer than the timeout.
  case busy(Operation, path: String)
  /// Writing through a store, file or file system that is read-only.
  case readOnly(Operation, path: String)
  /// The disk is full.
  case full(Operation, path: String)
  /// Reading or writing the file failed; `code` is SQLite's extended result code.
  case io(Operation, path: String, code: Int32, reason: String)
  /// The caller's value is out of the range that a store can hold.
  case invalid(Operation, reason: String)
  /// A record or gap of this index has the origin of one that another host has sent.
  case foreign(Operation, index: Int)
  /// Anything else that SQLite reports; `code` is its extended result code.
  case sqlite(Operation, path: String, code: Int32, reason: String)
}

extension StoreError {
  /// Whether it will not pass by itself, and a new file would help.
  public var isDamage: Bool {
    switch self {
    case .corrupt, .replaced, .notADatabase: true
    default: false
    }
  }
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason):
      "cannot open \(path): \(reason)"
    case .notADatabase(let path):
      "\(path) is not an SQLite database: move it away or name another file"
    case .foreignDatabase(let path):
      "\(path) is a database of another program: name another file"
    case .replaced(let path):
      "\(path) was deleted or replaced"
    case .corrupt(let operation, let path, let reason):
      """
      cannot \(operation) \(path): the database is damaged (\(reason)): netmon serve and collect \
      set it aside and start a new one
      """
    case .newerSchema(let path, let found, let known):
      "\(path) has schema version \(found), this netmon knows \(known): use a newer netmon"
    case .olderSchema(let path, let found, let known):
      """
      \(path) has schema version \(found), this netmon needs \(known): \
      open it once for writing (netmon serve or collect)
      """
    case .busy(let operation, let path):
      "cannot \(operation) \(path): another process keeps it locked; try again"
    case .readOnly(let operation, let path):
      "cannot \(operation) \(path): it is read-only; check its owner and permissions"
    case .full(let operation, let path):
      "cannot \(operation) \(path): the disk is full; free space or lower the retention"
    case .io(let operation, let path, let code, let reason):
      "cannot \(operation) \(path): \(reason) (SQLite code \(code)); check the disk"
    case .invalid(let operation, let reason):
      "cannot \(operation): \(reason)"
    case .foreign(let operation, let index):
      "cannot \(operation): number \(index) has an origin that is not its own"
    case .sqlite(let operation, let path, let code, let reason):
      "cannot \(operation) \(path): \(reason) (SQLite code \(code))"
    }
  }
}
