import GRDB
import NetmonCore

extension Schema {
  /// What questions about time need: how many connections there were, and which were open.
  static func registerTimes(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("6") { db in
      try db.execute(sql: times)
    }
  }

  private static let times = """
    -- How many connections were first seen in a minute (since 1970).
    CREATE TABLE minute_total (
      minute INTEGER PRIMARY KEY,
      connections INTEGER NOT NULL
    );
    -- What plain SQL has inserted since the last write is counted with the next one.
    INSERT INTO minute_total
      SELECT opened_at / \(Counted.minuteWidth), count(*) FROM connection
      WHERE id NOT IN (
        SELECT connection_id FROM change WHERE seq > (SELECT seq FROM rollup))
      GROUP BY 1;

    -- What lasted long enough to be sought by how long it lasted; see LastingClass.
    CREATE INDEX connection_lasting ON connection (\(LastingClass.sql))
      WHERE ended_after >= \(LastingClass.shortest);

    """
}
