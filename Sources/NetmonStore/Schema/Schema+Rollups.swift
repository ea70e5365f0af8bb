import GRDB
import NetmonCore

extension Schema {
  static func registerRollups(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("4") { db in
      try db.execute(sql: rollups)
      // Counted are rows whose addresses stay as they are.
      var dimensions = Dimensions()
      try dimensions.readAddresses(in: db)
      try fillRollups(db)
    }
  }

  /// Counts of the rows, so that questions about all of them need not read them. See ``Rollups``.
  private static let rollups = """
    -- Of all rows, up to the change `seq`: one row.
    CREATE TABLE rollup (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      seq INTEGER NOT NULL,
      connections INTEGER NOT NULL,
      errors INTEGER NOT NULL,
      open INTEGER NOT NULL
    );

    CREATE TABLE process_total (
      process_id INTEGER PRIMARY KEY REFERENCES process,
      connections INTEGER NOT NULL,
      errors INTEGER NOT NULL,
      open INTEGER NOT NULL,
      -- When its latest connection was first seen or closed.
      seen_at INTEGER NOT NULL
    );

    CREATE TABLE host_total (
      host_id INTEGER PRIMARY KEY REFERENCES host,
      connections INTEGER NOT NULL,
      errors INTEGER NOT NULL,
      open INTEGER NOT NULL,
      -- When its latest connection was first seen.
      opened_at INTEGER NOT NULL
    );

    -- Who talked to whom, by the hour (since 1970) in which connections were first seen. Of a
    -- listening socket the remote end is no address and it is no success.
    CREATE TABLE traffic_hour (
      hour INTEGER NOT NULL,
      remote_id INTEGER NOT NULL REFERENCES address,
      remote_port INTEGER NOT NULL,
      process_id INTEGER NOT NULL REFERENCES process,
      connections INTEGER NOT NULL,
      successes INTEGER NOT NULL,
      PRIMARY KEY (hour, remote_id, remote_port, process_id)
    ) WITHOUT ROWID;

    -- Successes by process and hour: what of `traffic_hour` is asked for most, without the remote
    -- ends, which make it long.
    CREATE TABLE process_hour (
      hour INTEGER NOT NULL,
      process_id INTEGER NOT NULL REFERENCES process,
      successes INTEGER NOT NULL,
      PRIMARY KEY (hour, process_id)
    ) WITHOUT ROWID;

    CREATE INDEX process_host ON process (host_id);
    CREATE INDEX connection_listening ON connection (process_id)
      WHERE direction = \(Direction.listen.code) AND ended_after IS NULL;

    -- Holds all that errors are grouped by, and what the virtual columns are made of: so few rows
    -- have errors that this costs less than three bytes a connection.
    DROP INDEX connection_failed;
    CREATE INDEX connection_failed ON connection (
      failed_at, errno, process_id, remote_id, remote_port, host_id, service_id, local_id,
      local_port, protocol, direction, state, error_stage, error_source, error_cause, home,
      closed_after
    ) WHERE errno IS NOT NULL;

    """

  /// Counts the rows that a file has already.
  private static func fillRollups(_ db: Database) throws {
    let seen = "max(opened_at, coalesce(closed_at, opened_at))"
    try db.execute(
      sql: """
        INSERT INTO rollup SELECT 1, \(try db.lastSequence()), count(*), count(errno),
          coalesce(sum(ended_after IS NULL), 0) FROM connection;
        INSERT INTO process_total SELECT process_id, count(*), count(errno),
          sum(ended_after IS NULL), max(\(seen)) FROM connection GROUP BY +process_id;
        INSERT INTO host_total SELECT host_id, count(*), count(errno), sum(ended_after IS NULL),
          max(opened_at) FROM connection WHERE host_id IS NOT NULL GROUP BY host_id;
        INSERT INTO traffic_hour SELECT opened_at / \(Counted.hourWidth), remote_id, remote_port,
          process_id, count(*), sum(errno IS NULL AND direction IS NOT \(Direction.listen.code))
          FROM connection GROUP BY 1, 2, 3, 4;
        INSERT INTO process_hour SELECT hour, process_id, sum(successes) FROM traffic_hour
          WHERE successes > 0 GROUP BY 1, 2;
        """)
  }
}
