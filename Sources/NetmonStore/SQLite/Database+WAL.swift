import GRDB
import GRDBSQLite

extension Database {
  /// Lets `-wal` and `-shm` stay when the last connection closes: a reader without permission to
  /// create them could not open the file otherwise (https://sqlite.org/wal.html#readonly).
  func keepWriteAheadLog() throws {
    var flag: CInt = 1
    let code = sqlite3_file_control(sqliteConnection, nil, SQLITE_FCNTL_PERSIST_WAL, &flag)
    guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
  }
}
