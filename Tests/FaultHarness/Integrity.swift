import GRDB

/// What SQLite itself says of a database.
enum Integrity {
  /// - Throws: ``FaultError/broken(_:)`` unless `PRAGMA integrity_check` says `ok`.
  static func check(_ path: String) throws {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(10)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    let found = try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check(10)") }
    guard found == ["ok"] else {
      throw FaultError.broken("\(path): \(found.joined(separator: "; "))")
    }
  }
}
