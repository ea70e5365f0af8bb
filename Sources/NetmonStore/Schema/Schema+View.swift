import NetmonCore

extension Schema {
  /// The documented table `connections`, as a view that can be inserted into.
  ///
  /// It needs nothing but SQLite, so that any program can use it. `connections_part` is the second
  /// step of an insertion: its trigger sees by name what the first one has read from the texts.
  /// Neither trigger relies on `INSERT OR IGNORE`: the conflict clause of the statement that fires
  /// a trigger overrides those inside.
  static let view = """
    CREATE VIEW connections AS
    SELECT
      c.id AS id,
      strftime('%Y-%m-%dT%H:%M:%S', c.opened_at / 1000000, 'unixepoch')
        || printf('.%06dZ', c.opened_at % 1000000) AS timestamp,
      p.pid AS process_id,
      x.name AS process_name,
      x.path AS process_path,
      \(shown("la")) || ':' || c.local_port AS local_addr,
      \(shown("ra")) || ':' || c.remote_port AS remote_addr,
      e.name AS error,
      s.name AS service_name,
      pn.name AS protocol,
      sn.name AS state
    FROM connection c
    JOIN process p ON p.id = c.process_id
    JOIN executable x ON x.id = p.executable_id
    JOIN address la ON la.id = c.local_id
    JOIN address ra ON ra.id = c.remote_id
    JOIN protocol_name pn ON pn.protocol = c.protocol
    JOIN state_name sn ON sn.state = c.state
    LEFT JOIN error_name e ON e.errno = c.errno AND e.is_canonical
    LEFT JOIN service s ON s.id = c.service_id;

    CREATE VIEW connections_part AS
    SELECT
      NULL AS opened_at, NULL AS pid, NULL AS name, NULL AS path, NULL AS local, NULL AS local_port,
      NULL AS remote, NULL AS remote_port, NULL AS has_error, NULL AS errno, NULL AS service,
      NULL AS protocol, NULL AS state
    WHERE 0;

    CREATE TRIGGER connections_insert INSTEAD OF INSERT ON connections BEGIN
      INSERT INTO connections_part VALUES (
        \(microseconds("NEW.timestamp")),
        CASE WHEN CAST(CAST(coalesce(NEW.process_id, 0) AS INTEGER) AS TEXT)
          = CAST(coalesce(NEW.process_id, 0) AS TEXT)
        THEN CAST(coalesce(NEW.process_id, 0) AS INTEGER) END,
        CAST(coalesce(NEW.process_name, '') AS TEXT),
        CAST(coalesce(NEW.process_path, '') AS TEXT),
        \(address("NEW.local_addr")),
        \(port("NEW.local_addr")),
        \(address("NEW.remote_addr")),
        \(port("NEW.remote_addr")),
        nullif(NEW.error, '') IS NOT NULL,
        (SELECT errno FROM error_name WHERE name = NEW.error),
        CAST(nullif(NEW.service_name, '') AS TEXT),
        (SELECT protocol FROM protocol_name WHERE name = NEW.protocol),
        (SELECT state FROM state_name WHERE name = NEW.state)
      );
    END;

    CREATE TRIGGER connections_part_insert INSTEAD OF INSERT ON connections_part BEGIN
      SELECT CASE
        WHEN NEW.opened_at IS NULL THEN RAISE(ABORT,
          'timestamp must be RFC 3339 within 2015 to 2049, as 2026-11-22T10:00:00.000000Z')
        WHEN NEW.pid IS NULL OR NEW.pid NOT BETWEEN 0 AND 2147483647 THEN RAISE(ABORT,
          'process_id must be an integer from 0 to 2147483647')
        WHEN NEW.local IS NULL OR NEW.local_port IS NULL THEN RAISE(ABORT,
          'local_addr must be ip:port, as 10.0.0.1:443 or [::1]:443')
        WHEN NEW.remote IS NULL OR NEW.remote_port IS NULL THEN RAISE(ABORT,
          'remote_addr must be ip:port, as 10.0.0.1:443 or [::1]:443')
        WHEN NEW.has_error AND NEW.errno IS NULL THEN RAISE(ABORT,
          'error must be NULL or a name of table error_name, as ECONNREFUSED')
        WHEN NEW.protocol IS NULL THEN RAISE(ABORT, 'protocol must be tcp or udp')
        WHEN NEW.state IS NULL THEN RAISE(ABORT,
          'state must be a name of table state_name, as ESTABLISHED')
      END;

      INSERT INTO executable (name, path) SELECT NEW.name, NEW.path
        WHERE NOT EXISTS (SELECT 1 FROM executable WHERE name = NEW.name AND path = NEW.path);
      INSERT INTO process (pid, started, executable_id)
        SELECT NEW.pid, 0, x.id FROM executable x
        WHERE x.name = NEW.name AND x.path = NEW.path AND NOT EXISTS (\(bareProcess));
      INSERT INTO address (text) SELECT NEW.local
        WHERE NOT EXISTS (SELECT 1 FROM address WHERE text = NEW.local);
      INSERT INTO address (text) SELECT NEW.remote
        WHERE NOT EXISTS (SELECT 1 FROM address WHERE text = NEW.remote);
      INSERT INTO service (name) SELECT NEW.service
        WHERE NEW.service IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM service WHERE name = NEW.service);

      INSERT INTO connection (
        id, process_id, protocol, state, local_id, local_port, remote_id, remote_port, service_id,
        errno, error_source, agent_id, number, revision
      ) VALUES (
        coalesce(\(freeSlot), \(freeIDAfter)),
        (SELECT p.id FROM executable x, process p
          WHERE x.name = NEW.name AND x.path = NEW.path AND p.id IN (\(bareProcess))),
        NEW.protocol,
        NEW.state,
        (SELECT id FROM address WHERE text = NEW.local),
        NEW.local_port,
        (SELECT id FROM address WHERE text = NEW.remote),
        NEW.remote_port,
        (SELECT id FROM service WHERE name = NEW.service),
        NEW.errno,
        CASE WHEN NEW.errno IS NOT NULL THEN \(ErrorSource.reported.code) END,
        1,
        (SELECT next_number FROM meta),
        1
      );
      UPDATE connection SET home = \(first) + 7
        WHERE id = last_insert_rowid() AND id > \(first) + 7;
      UPDATE meta SET next_number = next_number + 1;
      INSERT INTO unread_address (connection_id)
        SELECT c.id FROM connection c
        WHERE c.id = last_insert_rowid() AND EXISTS (
          SELECT 1 FROM address WHERE id IN (c.local_id, c.remote_id) AND ip IS NULL
        );
      INSERT INTO change (connection_id) VALUES (last_insert_rowid());
    END;

    """

  /// An address as it stands before the port: IPv6 in brackets.
  static func shown(_ address: String) -> String {
    "CASE WHEN instr(\(address).text, ':') THEN '[' || \(address).text || ']' ELSE \(address).text END"
  }

  /// The process of pid and executable `x` of which nothing else is known.
  private static let bareProcess = """
    SELECT id FROM process WHERE pid = NEW.pid AND host_id IS NULL AND started = 0
    AND executable_id = x.id AND user_id IS NULL AND user IS NULL AND unit IS NULL
    AND container IS NULL AND parent_id IS NULL AND parent_name IS NULL AND command IS NULL
    """

  /// The first of the eight slots of the new row's microsecond. See ``Slots``.
  private static let first = "((NEW.opened_at - \(Slots.epoch)) << 3)"

  /// The lowest free one of the eight slots, or NULL.
  private static let freeSlot = """
    (WITH RECURSIVE slot (id) AS (
      SELECT \(first) UNION ALL SELECT id + 1 FROM slot WHERE id < \(first) + 7
    ) SELECT min(id) FROM slot WHERE NOT EXISTS (SELECT 1 FROM connection c WHERE c.id = slot.id))
    """

  /// A free id after the eight slots. See ``ConnectionWriter``.
  private static let freeIDAfter = """
    (WITH RECURSIVE probe (width, id) AS (
      SELECT 64, \(first) + 8 + (random() & 63)
      UNION ALL
      SELECT width * 2, \(first) + 8 + (random() & (width * 2 - 1)) FROM probe
      WHERE EXISTS (SELECT 1 FROM connection c WHERE c.id = probe.id)
    ) SELECT id FROM probe ORDER BY width DESC LIMIT 1)
    """

  /// Microseconds since 1970 of an RFC 3339 time within the valid range, else NULL.
  ///
  /// SQLite's own functions know milliseconds and accept February 31, hence the fraction by hand
  /// and the comparison with what SQLite makes of the text.
  private static func microseconds(_ column: String) -> String {
    """
    (SELECT CASE WHEN us >= \(Timestamp.valid.lowerBound.microseconds)
        AND us < \(Timestamp.valid.upperBound.microseconds) THEN us END FROM (
      SELECT CASE
        WHEN strftime('%Y-%m-%dT%H:%M:%S', strftime('%s', second), 'unixepoch') = second
          AND (zone IN ('', 'Z') OR zone GLOB '[+-][0-9][0-9]:[0-9][0-9]')
          AND (fraction = '' OR (fraction GLOB '.[0-9]*' AND ltrim(fraction, '.') NOT GLOB '*[^0-9]*'))
        THEN CAST(strftime('%s', second || zone) AS INTEGER) * 1000000
          + CAST(substr(substr(fraction, 2) || '000000', 1, 6) AS INTEGER)
        END AS us
      FROM (
        SELECT second, ltrim(rest, '.0123456789') AS zone,
          substr(rest, 1, length(rest) - length(ltrim(rest, '.0123456789'))) AS fraction
        FROM (
          SELECT replace(substr(upper(\(column)), 1, 19), ' ', 'T') AS second,
            substr(upper(\(column)), 20) AS rest
        )
      )
    ))
    """
  }

  /// The port of `ip:port`, else NULL.
  private static func port(_ column: String) -> String {
    """
    (SELECT CASE WHEN length(digits) BETWEEN 1 AND 5 AND CAST(digits AS INTEGER) <= 65535
      THEN CAST(digits AS INTEGER) END
    FROM (SELECT substr(\(column), length(rtrim(\(column), '0123456789')) + 1) AS digits))
    """
  }

  /// The address of `ip:port` in lower case, an IPv4-mapped one as IPv4; NULL if it is none.
  private static func address(_ column: String) -> String {
    """
    (SELECT CASE
      WHEN NOT bracketed AND \(isIPv4("host")) THEN host
      WHEN bracketed AND host GLOB '::ffff:*.*' AND \(isIPv4("substr(host, 8)"))
        THEN substr(host, 8)
      WHEN bracketed AND \(isIPv6("host")) THEN host END
    FROM (
      SELECT bracketed,
        CASE WHEN bracketed THEN substr(text, 2, length(text) - 2) ELSE text END AS host
      FROM (
        SELECT text, text GLOB '[[]*]' AS bracketed FROM (
          SELECT lower(substr(part, 1, length(part) - 1)) AS text
          FROM (SELECT rtrim(\(column), '0123456789') AS part) WHERE part GLOB '*:'
        )
      )
    ))
    """
  }

  /// Four numbers from 0 to 255, without leading zeros.
  private static func isIPv4(_ text: String) -> String {
    """
    CASE WHEN \(text) NOT GLOB '*[^0-9.]*' THEN (
      SELECT count(*) = 4 AND min(CAST(value AS INTEGER) <= 255
        AND CAST(CAST(value AS INTEGER) AS TEXT) = value)
      FROM json_each('["' || replace(\(text), '.', '","') || '"]')
    ) ELSE 0 END
    """
  }

  /// Eight groups of one to four digits, or fewer and one `::` (RFC 4291 §2.2).
  private static func isIPv6(_ text: String) -> String {
    """
    (\(text) NOT GLOB '*[^0-9a-f:]*' AND instr(\(text), ':::') = 0
      AND \(text) NOT GLOB '*[^:][^:][^:][^:][^:]*'
      AND (\(text) NOT GLOB ':*' OR \(text) GLOB '::*')
      AND (\(text) NOT GLOB '*:' OR \(text) GLOB '*::')
      AND CASE length(\(text)) - length(replace(\(text), '::', ''))
        WHEN 0 THEN length(\(text)) - length(replace(\(text), ':', '')) = 7
        WHEN 2 THEN length(\(text)) - length(replace(\(text), ':', ''))
          - (\(text) GLOB '::*') - (\(text) GLOB '*::') <= 7
        ELSE 0 END)
    """
  }
}
