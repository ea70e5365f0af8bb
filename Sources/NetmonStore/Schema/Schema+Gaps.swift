import GRDB

extension Schema {
  /// Gaps that replicate as records do, and followers that work through a backlog.
  static func registerGaps(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("3") { db in
      try db.execute(sql: gaps)
    }
  }

  private static let gaps = """
    ALTER TABLE gap RENAME TO gap_before;

    -- Records known to be missing.
    CREATE TABLE gap (
      id INTEGER PRIMARY KEY,
      -- Its origin, as of a record.
      agent_id INTEGER NOT NULL REFERENCES agent,
      number INTEGER NOT NULL CONSTRAINT "the origin's number is negative" CHECK (number >= 0),
      revision INTEGER NOT NULL CONSTRAINT "revision is not positive" CHECK (revision > 0),
      -- Higher with every revision that is written here; followers resume by it.
      seq INTEGER NOT NULL,
      host TEXT NOT NULL,
      from_at INTEGER NOT NULL,
      to_at INTEGER NOT NULL CONSTRAINT "a gap ends before it begins" CHECK (to_at >= from_at),
      count INTEGER CONSTRAINT "count is negative" CHECK (count >= 0),
      reason TEXT NOT NULL,
      UNIQUE (agent_id, number)
    );
    INSERT INTO gap
      SELECT b.id, 1, next_number + b.id, 1, next_number + b.id, host, min(from_at, to_at),
        max(from_at, to_at), count, reason
      FROM gap_before b JOIN meta;
    UPDATE meta SET next_number = next_number + (SELECT coalesce(max(id) + 1, 0) FROM gap);
    DROP TABLE gap_before;
    CREATE INDEX gap_end ON gap (to_at);
    CREATE INDEX gap_host ON gap (host, to_at);
    CREATE INDEX gap_sequence ON gap (agent_id, seq);

    -- The last change of a backlog that a follower works through beside what is new; NULL in the
    -- row of what is new.
    ALTER TABLE cursor ADD COLUMN through INTEGER;
    -- How far the follower is with gaps, in the row of what is new.
    ALTER TABLE cursor ADD COLUMN gap_seq INTEGER NOT NULL DEFAULT 0;
    """
}
