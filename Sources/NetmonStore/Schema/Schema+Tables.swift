import NetmonCore

extension Schema {
  /// Times are microseconds since 1970, UTC; unknown is NULL.
  static let tables = """
    -- About the file: one row.
    CREATE TABLE meta (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      store_id TEXT NOT NULL CHECK (length(store_id) = 16),
      -- The next origin number to give out.
      next_number INTEGER NOT NULL CHECK (next_number > 0),
      -- Counts removals of dimension rows: a writer that sees it change forgets the ids it knows.
      generation INTEGER NOT NULL
    );
    INSERT INTO meta VALUES (1, lower(hex(randomblob(8))), 1, 0);

    -- The stores that records come from; 1 is this one.
    CREATE TABLE agent (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    );
    INSERT INTO agent SELECT 1, store_id FROM meta;

    -- Hosts, with what the collector of each last said of itself.
    CREATE TABLE host (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      tier TEXT,
      seen_at INTEGER,
      lag_s REAL CHECK (lag_s >= 0),
      lost INTEGER NOT NULL DEFAULT 0 CHECK (lost >= 0)
    );

    CREATE TABLE service (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    );

    CREATE TABLE executable (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      path TEXT NOT NULL,
      UNIQUE (name, path)
    );

    -- Process instances; the pid 0 of a host stands for all whose process is unknown.
    CREATE TABLE process (
      id INTEGER PRIMARY KEY,
      pid INTEGER NOT NULL CONSTRAINT "process_id is negative" CHECK (pid >= 0),
      host_id INTEGER REFERENCES host,
      -- Clock ticks since boot; 0 when unknown.
      started INTEGER NOT NULL CHECK (started >= 0),
      executable_id INTEGER NOT NULL REFERENCES executable,
      user_id INTEGER,
      user TEXT,
      unit TEXT,
      container TEXT,
      parent_id INTEGER CONSTRAINT "parent_id is negative" CHECK (parent_id >= 0),
      parent_name TEXT,
      command TEXT
    );
    CREATE INDEX process_instance ON process (pid, host_id, started, executable_id);
    CREATE INDEX process_executable ON process (executable_id);

    -- `ip` is the 4 or 16 bytes in network order, so that a CIDR block is a range of it. It is NULL
    -- for a text that came by plain SQL, until netmon has read it.
    CREATE TABLE address (
      id INTEGER PRIMARY KEY,
      text TEXT NOT NULL UNIQUE,
      ip BLOB UNIQUE CHECK (length(ip) IN (4, 16))
    );

    CREATE TABLE error_name (
      name TEXT PRIMARY KEY COLLATE NOCASE,
      errno INTEGER NOT NULL,
      is_canonical INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE UNIQUE INDEX error_canonical ON error_name (errno) WHERE is_canonical;

    CREATE TABLE state_name (state INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE);
    CREATE TABLE protocol_name (
      protocol INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE COLLATE NOCASE
    );

    CREATE TABLE connection (
      -- Microseconds since 2015 << 3 | slot: newest first is ORDER BY id DESC.
      id INTEGER PRIMARY KEY CHECK (id BETWEEN 0 AND 9007199254740991),
      -- Only of a displaced row, whose id is of a later microsecond: the last slot of its own.
      home INTEGER CHECK (home < id AND home & 7 = 7),
      opened_at INTEGER AS ((coalesce(home, id) >> 3) + \(Slots.epoch)) VIRTUAL,
      -- Microseconds since opened_at, which take half the space of a time.
      established_after INTEGER,
      closed_after INTEGER,
      updated_after INTEGER,
      established_at INTEGER AS (opened_at + established_after) VIRTUAL,
      closed_at INTEGER AS (opened_at + closed_after) VIRTUAL,
      updated_at INTEGER AS (opened_at + updated_after) VIRTUAL,
      -- When it ended, in microseconds since opened_at; NULL while open. What others report as
      -- failed or closed without saying when has ended at once: it is not kept as open for ever.
      ended_after INTEGER AS (coalesce(closed_after, iif(
        errno OR (protocol = \(TransportProtocol.tcp.rawValue)
          AND state IN (\(TCPState.TIME_WAIT.rawValue), \(TCPState.CLOSE.rawValue))), 0, NULL
      ))) VIRTUAL,
      -- When the error struck.
      failed_at INTEGER AS (iif(errno, opened_at + coalesce(closed_after, 0), NULL)) VIRTUAL,
      host_id INTEGER REFERENCES host,
      process_id INTEGER NOT NULL REFERENCES process,
      protocol INTEGER NOT NULL REFERENCES protocol_name,
      direction INTEGER CHECK (direction BETWEEN 0 AND 2),
      state INTEGER NOT NULL REFERENCES state_name,
      local_id INTEGER NOT NULL REFERENCES address,
      local_port INTEGER NOT NULL CHECK (local_port BETWEEN 0 AND 65535),
      remote_id INTEGER NOT NULL REFERENCES address,
      remote_port INTEGER NOT NULL CHECK (remote_port BETWEEN 0 AND 65535),
      service_id INTEGER REFERENCES service,
      errno INTEGER CHECK (errno > 0),
      error_stage INTEGER CHECK (error_stage BETWEEN 0 AND 5),
      error_source INTEGER CHECK (error_source BETWEEN 0 AND 3),
      error_cause INTEGER CHECK (error_cause BETWEEN 0 AND 9),
      connect_us INTEGER CONSTRAINT "connect_us is negative" CHECK (connect_us >= 0),
      duration_us INTEGER CONSTRAINT "duration_us is negative" CHECK (duration_us >= 0),
      bytes_sent INTEGER CONSTRAINT "bytes_sent is negative" CHECK (bytes_sent >= 0),
      bytes_received INTEGER CONSTRAINT "bytes_received is negative" CHECK (bytes_received >= 0),
      rtt_us INTEGER CONSTRAINT "rtt_us is negative" CHECK (rtt_us >= 0),
      retransmits INTEGER CONSTRAINT "retransmits is negative" CHECK (retransmits >= 0),
      netns INTEGER,
      inode INTEGER,
      agent_id INTEGER NOT NULL REFERENCES agent,
      number INTEGER NOT NULL CONSTRAINT "the origin's number is negative" CHECK (number >= 0),
      revision INTEGER NOT NULL CONSTRAINT "revision is not positive" CHECK (revision > 0)
    );
    CREATE INDEX connection_process ON connection (process_id);
    CREATE INDEX connection_open ON connection (agent_id) WHERE ended_after IS NULL;
    CREATE INDEX connection_errno ON connection (errno) WHERE errno IS NOT NULL;
    CREATE INDEX connection_failed ON connection (failed_at) WHERE errno IS NOT NULL;
    CREATE UNIQUE INDEX connection_displaced ON connection (home, agent_id, number)
      WHERE home IS NOT NULL;
    CREATE INDEX connection_displaced_order ON connection (home) WHERE home IS NOT NULL;

    -- One row per record written, in commit order; followers resume by seq.
    CREATE TABLE change (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      connection_id INTEGER NOT NULL REFERENCES connection
    );

    -- Rows inserted by plain SQL whose addresses netmon has not read yet.
    CREATE TABLE unread_address (
      connection_id INTEGER PRIMARY KEY REFERENCES connection
    );

    -- How far followers by name are; what they lack is kept.
    CREATE TABLE cursor (
      name TEXT PRIMARY KEY,
      seq INTEGER NOT NULL
    ) WITHOUT ROWID;

    -- What is written to see whether writing works.
    CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 1), filler BLOB NOT NULL);

    -- Records known to be missing.
    CREATE TABLE gap (
      id INTEGER PRIMARY KEY,
      host TEXT NOT NULL,
      from_at INTEGER NOT NULL,
      to_at INTEGER NOT NULL,
      count INTEGER CONSTRAINT "count is negative" CHECK (count >= 0),
      reason TEXT NOT NULL
    );

    """
}
