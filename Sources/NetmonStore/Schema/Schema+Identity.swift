import GRDB

extension Schema {
  /// What the header of netmon's files says they are (https://sqlite.org/fileformat2.html, offset
  /// 68): "netm".
  static let applicationID: UInt32 = 0x6E65_746D

  static func registerIdentity(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("5") { db in
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    }
  }
}
