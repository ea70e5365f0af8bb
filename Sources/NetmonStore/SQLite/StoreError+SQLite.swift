import GRDB

extension StoreError {
  /// What `error` means for the user; a StoreError stays as it is.
  init(_ error: any Error, _ operation: Operation, path: String) {
    switch error {
    case let error as StoreError: self = error
    case let error as DatabaseError: self.init(error, operation, path: path)
    default: self = .cannotOpen(path: path, reason: String(describing: error))
    }
  }

  private init(_ error: DatabaseError, _ operation: Operation, path: String) {
    let reason = error.message ?? "unknown error"
    let code = error.extendedResultCode.rawValue
    switch error.resultCode {
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
      self = .cannotOpen(path: path, reason: reason)
    case .SQLITE_NOTADB: self = .notADatabase(path: path)
    case .SQLITE_CORRUPT: self = .corrupt(operation, path: path, reason: reason)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(operation, path: path)
    case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_DBMOVED:
      self = .replaced(path: path)
    case .SQLITE_READONLY: self = .readOnly(operation, path: path)
    case .SQLITE_FULL: self = .full(operation, path: path)
    case .SQLITE_IOERR: self = .io(operation, path: path, code: code, reason: reason)
    case .SQLITE_CONSTRAINT, .SQLITE_TOOBIG: self = .invalid(operation, reason: reason)
    default: self = .sqlite(operation, path: path, code: code, reason: reason)
    }
  }
}
