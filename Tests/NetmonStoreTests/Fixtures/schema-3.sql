PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES('1');
INSERT INTO grdb_migrations VALUES('2');
INSERT INTO grdb_migrations VALUES('3');
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  store_id TEXT NOT NULL CHECK (length(store_id) = 16),
  -- The next origin number to give out.
  next_number INTEGER NOT NULL CHECK (next_number > 0),
  -- Counts removals of dimension rows: a writer that sees it change forgets the ids it knows.
  generation INTEGER NOT NULL
);
INSERT INTO meta VALUES(1,'0123456789abcdef',7,0);
CREATE TABLE agent (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
INSERT INTO agent VALUES(1,'0123456789abcdef');
CREATE TABLE host (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  tier TEXT,
  seen_at INTEGER,
  lag_s REAL CHECK (lag_s >= 0),
  lost INTEGER NOT NULL DEFAULT 0 CHECK (lost >= 0)
);
INSERT INTO host VALUES(1,'web-1','kernel',1795168805000000,NULL,0);
CREATE TABLE service (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
INSERT INTO service VALUES(1,'https');
INSERT INTO service VALUES(2,'ssh');
INSERT INTO service VALUES(3,'domain');
CREATE TABLE executable (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  UNIQUE (name, path)
);
INSERT INTO executable VALUES(1,'curl','/usr/bin/curl');
INSERT INTO executable VALUES(2,'sshd','/usr/sbin/sshd');
INSERT INTO executable VALUES(3,'resolver','/usr/lib/resolver');
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
INSERT INTO process VALUES(1,42,1,777,1,1000,'me',NULL,NULL,NULL,NULL,NULL);
INSERT INTO process VALUES(2,7,NULL,0,2,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO process VALUES(3,9,NULL,0,3,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE address (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE,
  ip BLOB UNIQUE CHECK (length(ip) IN (4, 16))
);
INSERT INTO address VALUES(1,'10.0.0.1',NULL);
INSERT INTO address VALUES(2,'192.0.2.7',NULL);
INSERT INTO address VALUES(3,'192.0.2.8',NULL);
INSERT INTO address VALUES(4,'0.0.0.0',NULL);
INSERT INTO address VALUES(5,'2001:db8::1',NULL);
INSERT INTO address VALUES(6,'2001:db8::53',NULL);
CREATE TABLE error_name (
  name TEXT PRIMARY KEY COLLATE NOCASE,
  errno INTEGER NOT NULL,
  is_canonical INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO error_name VALUES('E2BIG',7,1);
INSERT INTO error_name VALUES('EACCES',13,1);
INSERT INTO error_name VALUES('EADDRINUSE',98,1);
INSERT INTO error_name VALUES('EADDRNOTAVAIL',99,1);
INSERT INTO error_name VALUES('EADV',68,1);
INSERT INTO error_name VALUES('EAFNOSUPPORT',97,1);
INSERT INTO error_name VALUES('EAGAIN',11,1);
INSERT INTO error_name VALUES('EALREADY',114,1);
INSERT INTO error_name VALUES('EBADE',52,1);
INSERT INTO error_name VALUES('EBADF',9,1);
INSERT INTO error_name VALUES('EBADFD',77,1);
INSERT INTO error_name VALUES('EBADMSG',74,1);
INSERT INTO error_name VALUES('EBADR',53,1);
INSERT INTO error_name VALUES('EBADRQC',56,1);
INSERT INTO error_name VALUES('EBADSLT',57,1);
INSERT INTO error_name VALUES('EBFONT',59,1);
INSERT INTO error_name VALUES('EBUSY',16,1);
INSERT INTO error_name VALUES('ECANCELED',125,1);
INSERT INTO error_name VALUES('ECHILD',10,1);
INSERT INTO error_name VALUES('ECHRNG',44,1);
INSERT INTO error_name VALUES('ECOMM',70,1);
INSERT INTO error_name VALUES('ECONNABORTED',103,1);
INSERT INTO error_name VALUES('ECONNREFUSED',111,1);
INSERT INTO error_name VALUES('ECONNRESET',104,1);
INSERT INTO error_name VALUES('ECONNTIMEOUT',110,1);
INSERT INTO error_name VALUES('EDEADLK',35,1);
INSERT INTO error_name VALUES('EDEADLOCK',35,0);
INSERT INTO error_name VALUES('EDESTADDRREQ',89,1);
INSERT INTO error_name VALUES('EDOM',33,1);
INSERT INTO error_name VALUES('EDOTDOT',73,1);
INSERT INTO error_name VALUES('EDQUOT',122,1);
INSERT INTO error_name VALUES('EEXIST',17,1);
INSERT INTO error_name VALUES('EFAULT',14,1);
INSERT INTO error_name VALUES('EFBIG',27,1);
INSERT INTO error_name VALUES('EHOSTDOWN',112,1);
INSERT INTO error_name VALUES('EHOSTUNREACH',113,1);
INSERT INTO error_name VALUES('EHWPOISON',133,1);
INSERT INTO error_name VALUES('EIDRM',43,1);
INSERT INTO error_name VALUES('EILSEQ',84,1);
INSERT INTO error_name VALUES('EINPROGRESS',115,1);
INSERT INTO error_name VALUES('EINTR',4,1);
INSERT INTO error_name VALUES('EINVAL',22,1);
INSERT INTO error_name VALUES('EIO',5,1);
INSERT INTO error_name VALUES('EISCONN',106,1);
INSERT INTO error_name VALUES('EISDIR',21,1);
INSERT INTO error_name VALUES('EISNAM',120,1);
INSERT INTO error_name VALUES('EKEYEXPIRED',127,1);
INSERT INTO error_name VALUES('EKEYREJECTED',129,1);
INSERT INTO error_name VALUES('EKEYREVOKED',128,1);
INSERT INTO error_name VALUES('EL2HLT',51,1);
INSERT INTO error_name VALUES('EL2NSYNC',45,1);
INSERT INTO error_name VALUES('EL3HLT',46,1);
INSERT INTO error_name VALUES('EL3RST',47,1);
INSERT INTO error_name VALUES('ELIBACC',79,1);
INSERT INTO error_name VALUES('ELIBBAD',80,1);
INSERT INTO error_name VALUES('ELIBEXEC',83,1);
INSERT INTO error_name VALUES('ELIBMAX',82,1);
INSERT INTO error_name VALUES('ELIBSCN',81,1);
INSERT INTO error_name VALUES('ELNRNG',48,1);
INSERT INTO error_name VALUES('ELOOP',40,1);
INSERT INTO error_name VALUES('EMEDIUMTYPE',124,1);
INSERT INTO error_name VALUES('EMFILE',24,1);
INSERT INTO error_name VALUES('EMLINK',31,1);
INSERT INTO error_name VALUES('EMSGSIZE',90,1);
INSERT INTO error_name VALUES('EMULTIHOP',72,1);
INSERT INTO error_name VALUES('ENAMETOOLONG',36,1);
INSERT INTO error_name VALUES('ENAVAIL',119,1);
INSERT INTO error_name VALUES('ENETDOWN',100,1);
INSERT INTO error_name VALUES('ENETRESET',102,1);
INSERT INTO error_name VALUES('ENETUNREACH',101,1);
INSERT INTO error_name VALUES('ENFILE',23,1);
INSERT INTO error_name VALUES('ENOANO',55,1);
INSERT INTO error_name VALUES('ENOBUFS',105,1);
INSERT INTO error_name VALUES('ENOCSI',50,1);
INSERT INTO error_name VALUES('ENODATA',61,1);
INSERT INTO error_name VALUES('ENODEV',19,1);
INSERT INTO error_name VALUES('ENOENT',2,1);
INSERT INTO error_name VALUES('ENOEXEC',8,1);
INSERT INTO error_name VALUES('ENOKEY',126,1);
INSERT INTO error_name VALUES('ENOLCK',37,1);
INSERT INTO error_name VALUES('ENOLINK',67,1);
INSERT INTO error_name VALUES('ENOMEDIUM',123,1);
INSERT INTO error_name VALUES('ENOMEM',12,1);
INSERT INTO error_name VALUES('ENOMSG',42,1);
INSERT INTO error_name VALUES('ENONET',64,1);
INSERT INTO error_name VALUES('ENOPKG',65,1);
INSERT INTO error_name VALUES('ENOPROTOOPT',92,1);
INSERT INTO error_name VALUES('ENOSPC',28,1);
INSERT INTO error_name VALUES('ENOSR',63,1);
INSERT INTO error_name VALUES('ENOSTR',60,1);
INSERT INTO error_name VALUES('ENOSYS',38,1);
INSERT INTO error_name VALUES('ENOTBLK',15,1);
INSERT INTO error_name VALUES('ENOTCONN',107,1);
INSERT INTO error_name VALUES('ENOTDIR',20,1);
INSERT INTO error_name VALUES('ENOTEMPTY',39,1);
INSERT INTO error_name VALUES('ENOTNAM',118,1);
INSERT INTO error_name VALUES('ENOTRECOVERABLE',131,1);
INSERT INTO error_name VALUES('ENOTSOCK',88,1);
INSERT INTO error_name VALUES('ENOTSUP',95,0);
INSERT INTO error_name VALUES('ENOTTY',25,1);
INSERT INTO error_name VALUES('ENOTUNIQ',76,1);
INSERT INTO error_name VALUES('ENXIO',6,1);
INSERT INTO error_name VALUES('EOPNOTSUPP',95,1);
INSERT INTO error_name VALUES('EOVERFLOW',75,1);
INSERT INTO error_name VALUES('EOWNERDEAD',130,1);
INSERT INTO error_name VALUES('EPERM',1,1);
INSERT INTO error_name VALUES('EPFNOSUPPORT',96,1);
INSERT INTO error_name VALUES('EPIPE',32,1);
INSERT INTO error_name VALUES('EPROTO',71,1);
INSERT INTO error_name VALUES('EPROTONOSUPPORT',93,1);
INSERT INTO error_name VALUES('EPROTOTYPE',91,1);
INSERT INTO error_name VALUES('ERANGE',34,1);
INSERT INTO error_name VALUES('EREMCHG',78,1);
INSERT INTO error_name VALUES('EREMOTE',66,1);
INSERT INTO error_name VALUES('EREMOTEIO',121,1);
INSERT INTO error_name VALUES('ERESTART',85,1);
INSERT INTO error_name VALUES('ERFKILL',132,1);
INSERT INTO error_name VALUES('EROFS',30,1);
INSERT INTO error_name VALUES('ESHUTDOWN',108,1);
INSERT INTO error_name VALUES('ESOCKTNOSUPPORT',94,1);
INSERT INTO error_name VALUES('ESPIPE',29,1);
INSERT INTO error_name VALUES('ESRCH',3,1);
INSERT INTO error_name VALUES('ESRMNT',69,1);
INSERT INTO error_name VALUES('ESTALE',116,1);
INSERT INTO error_name VALUES('ESTRPIPE',86,1);
INSERT INTO error_name VALUES('ETIME',62,1);
INSERT INTO error_name VALUES('ETIMEDOUT',110,0);
INSERT INTO error_name VALUES('ETOOMANYREFS',109,1);
INSERT INTO error_name VALUES('ETXTBSY',26,1);
INSERT INTO error_name VALUES('EUCLEAN',117,1);
INSERT INTO error_name VALUES('EUNATCH',49,1);
INSERT INTO error_name VALUES('EUSERS',87,1);
INSERT INTO error_name VALUES('EWOULDBLOCK',11,0);
INSERT INTO error_name VALUES('EXDEV',18,1);
INSERT INTO error_name VALUES('EXFULL',54,1);
CREATE TABLE state_name (state INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE);
INSERT INTO state_name VALUES(1,'ESTABLISHED');
INSERT INTO state_name VALUES(2,'SYN_SENT');
INSERT INTO state_name VALUES(3,'SYN_RECV');
INSERT INTO state_name VALUES(4,'FIN_WAIT1');
INSERT INTO state_name VALUES(5,'FIN_WAIT2');
INSERT INTO state_name VALUES(6,'TIME_WAIT');
INSERT INTO state_name VALUES(7,'CLOSE');
INSERT INTO state_name VALUES(8,'CLOSE_WAIT');
INSERT INTO state_name VALUES(9,'LAST_ACK');
INSERT INTO state_name VALUES(10,'LISTEN');
INSERT INTO state_name VALUES(11,'CLOSING');
CREATE TABLE protocol_name (
  protocol INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE
);
INSERT INTO protocol_name VALUES(6,'tcp');
INSERT INTO protocol_name VALUES(17,'udp');
CREATE TABLE connection (
  -- Microseconds since 2015 << 3 | slot: newest first is ORDER BY id DESC.
  id INTEGER PRIMARY KEY CHECK (id BETWEEN 0 AND 9007199254740991),
  -- Only of a displaced row, whose id is of a later microsecond: the last slot of its own.
  home INTEGER CHECK (home < id AND home & 7 = 7),
  opened_at INTEGER AS ((coalesce(home, id) >> 3) + 1420070400000000) VIRTUAL,
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
    errno OR (protocol = 6
      AND state IN (6, 7)), 0, NULL
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
, drops INTEGER CONSTRAINT "drops is negative" CHECK (drops >= 0));
INSERT INTO connection VALUES(3000787200000008,NULL,NULL,NULL,NULL,1,1,6,NULL,7,1,50000,2,443,1,111,NULL,3,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,1,1,NULL);
INSERT INTO connection VALUES(3000787208000000,NULL,900,1500000,NULL,1,1,6,NULL,7,1,50001,3,443,1,NULL,NULL,NULL,NULL,900,1499100,120,4096,NULL,NULL,NULL,NULL,1,2,1,NULL);
INSERT INTO connection VALUES(3000787216000000,NULL,NULL,NULL,NULL,1,2,6,NULL,10,4,22,4,0,2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,3,1,5);
INSERT INTO connection VALUES(3000787224000000,NULL,NULL,NULL,NULL,1,3,17,NULL,7,5,40000,6,53,3,113,NULL,3,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,4,1,NULL);
CREATE TABLE change (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  connection_id INTEGER NOT NULL REFERENCES connection
);
INSERT INTO change VALUES(1,3000787200000008);
INSERT INTO change VALUES(2,3000787208000000);
INSERT INTO change VALUES(3,3000787216000000);
INSERT INTO change VALUES(4,3000787224000000);
CREATE TABLE unread_address (
  connection_id INTEGER PRIMARY KEY REFERENCES connection
);
INSERT INTO unread_address VALUES(3000787200000008);
INSERT INTO unread_address VALUES(3000787208000000);
INSERT INTO unread_address VALUES(3000787216000000);
INSERT INTO unread_address VALUES(3000787224000000);
CREATE TABLE cursor (
  name TEXT PRIMARY KEY,
  seq INTEGER NOT NULL
, through INTEGER, gap_seq INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
INSERT INTO cursor VALUES('server fedcba9876543210',2,NULL,0);
CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 1), filler BLOB NOT NULL);
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
INSERT INTO gap VALUES(1,1,5,2,6,'web-1',1795168000000000,1795168001000000,3,'events of the kernel were lost');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('change',4);
CREATE INDEX process_instance ON process (pid, host_id, started, executable_id);
CREATE INDEX process_executable ON process (executable_id);
CREATE UNIQUE INDEX error_canonical ON error_name (errno) WHERE is_canonical;
CREATE INDEX connection_process ON connection (process_id);
CREATE INDEX connection_open ON connection (agent_id) WHERE ended_after IS NULL;
CREATE INDEX connection_errno ON connection (errno) WHERE errno IS NOT NULL;
CREATE INDEX connection_failed ON connection (failed_at) WHERE errno IS NOT NULL;
CREATE UNIQUE INDEX connection_displaced ON connection (home, agent_id, number)
  WHERE home IS NOT NULL;
CREATE INDEX connection_displaced_order ON connection (home) WHERE home IS NOT NULL;
CREATE VIEW connections AS
SELECT
  c.id AS id,
  strftime('%Y-%m-%dT%H:%M:%S', c.opened_at / 1000000, 'unixepoch')
    || printf('.%06dZ', c.opened_at % 1000000) AS timestamp,
  p.pid AS process_id,
  x.name AS process_name,
  x.path AS process_path,
  CASE WHEN instr(la.text, ':') THEN '[' || la.text || ']' ELSE la.text END || ':' || c.local_port AS local_addr,
  CASE WHEN instr(ra.text, ':') THEN '[' || ra.text || ']' ELSE ra.text END || ':' || c.remote_port AS remote_addr,
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
    (SELECT CASE WHEN us >= 1420070400000000
    AND us < 2524608000000000 THEN us END FROM (
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
      SELECT replace(substr(upper(NEW.timestamp), 1, 19), ' ', 'T') AS second,
        substr(upper(NEW.timestamp), 20) AS rest
    )
  )
)),
    CASE WHEN CAST(CAST(coalesce(NEW.process_id, 0) AS INTEGER) AS TEXT)
      = CAST(coalesce(NEW.process_id, 0) AS TEXT)
    THEN CAST(coalesce(NEW.process_id, 0) AS INTEGER) END,
    CAST(coalesce(NEW.process_name, '') AS TEXT),
    CAST(coalesce(NEW.process_path, '') AS TEXT),
    (SELECT CASE
  WHEN NOT bracketed AND CASE WHEN host NOT GLOB '*[^0-9.]*' THEN (
  SELECT count(*) = 4 AND min(CAST(value AS INTEGER) <= 255
    AND CAST(CAST(value AS INTEGER) AS TEXT) = value)
  FROM json_each('["' || replace(host, '.', '","') || '"]')
) ELSE 0 END THEN host
  WHEN bracketed AND host GLOB '::ffff:*.*' AND CASE WHEN substr(host, 8) NOT GLOB '*[^0-9.]*' THEN (
  SELECT count(*) = 4 AND min(CAST(value AS INTEGER) <= 255
    AND CAST(CAST(value AS INTEGER) AS TEXT) = value)
  FROM json_each('["' || replace(substr(host, 8), '.', '","') || '"]')
) ELSE 0 END
    THEN substr(host, 8)
  WHEN bracketed AND (host NOT GLOB '*[^0-9a-f:]*' AND instr(host, ':::') = 0
  AND host NOT GLOB '*[^:][^:][^:][^:][^:]*'
  AND (host NOT GLOB ':*' OR host GLOB '::*')
  AND (host NOT GLOB '*:' OR host GLOB '*::')
  AND CASE length(host) - length(replace(host, '::', ''))
    WHEN 0 THEN length(host) - length(replace(host, ':', '')) = 7
    WHEN 2 THEN length(host) - length(replace(host, ':', ''))
      - (host GLOB '::*') - (host GLOB '*::') <= 7
    ELSE 0 END) THEN host END
FROM (
  SELECT bracketed,
    CASE WHEN bracketed THEN substr(text, 2, length(text) - 2) ELSE text END AS host
  FROM (
    SELECT text, text GLOB '[[]*]' AS bracketed FROM (
      SELECT lower(substr(part, 1, length(part) - 1)) AS text
      FROM (SELECT rtrim(NEW.local_addr, '0123456789') AS part) WHERE part GLOB '*:'
    )
  )
)),
    (SELECT CASE WHEN length(digits) BETWEEN 1 AND 5 AND CAST(digits AS INTEGER) <= 65535
  THEN CAST(digits AS INTEGER) END
FROM (SELECT substr(NEW.local_addr, length(rtrim(NEW.local_addr, '0123456789')) + 1) AS digits)),
    (SELECT CASE
  WHEN NOT bracketed AND CASE WHEN host NOT GLOB '*[^0-9.]*' THEN (
  SELECT count(*) = 4 AND min(CAST(value AS INTEGER) <= 255
    AND CAST(CAST(value AS INTEGER) AS TEXT) = value)
  FROM json_each('["' || replace(host, '.', '","') || '"]')
) ELSE 0 END THEN host
  WHEN bracketed AND host GLOB '::ffff:*.*' AND CASE WHEN substr(host, 8) NOT GLOB '*[^0-9.]*' THEN (
  SELECT count(*) = 4 AND min(CAST(value AS INTEGER) <= 255
    AND CAST(CAST(value AS INTEGER) AS TEXT) = value)
  FROM json_each('["' || replace(substr(host, 8), '.', '","') || '"]')
) ELSE 0 END
    THEN substr(host, 8)
  WHEN bracketed AND (host NOT GLOB '*[^0-9a-f:]*' AND instr(host, ':::') = 0
  AND host NOT GLOB '*[^:][^:][^:][^:][^:]*'
  AND (host NOT GLOB ':*' OR host GLOB '::*')
  AND (host NOT GLOB '*:' OR host GLOB '*::')
  AND CASE length(host) - length(replace(host, '::', ''))
    WHEN 0 THEN length(host) - length(replace(host, ':', '')) = 7
    WHEN 2 THEN length(host) - length(replace(host, ':', ''))
      - (host GLOB '::*') - (host GLOB '*::') <= 7
    ELSE 0 END) THEN host END
FROM (
  SELECT bracketed,
    CASE WHEN bracketed THEN substr(text, 2, length(text) - 2) ELSE text END AS host
  FROM (
    SELECT text, text GLOB '[[]*]' AS bracketed FROM (
      SELECT lower(substr(part, 1, length(part) - 1)) AS text
      FROM (SELECT rtrim(NEW.remote_addr, '0123456789') AS part) WHERE part GLOB '*:'
    )
  )
)),
    (SELECT CASE WHEN length(digits) BETWEEN 1 AND 5 AND CAST(digits AS INTEGER) <= 65535
  THEN CAST(digits AS INTEGER) END
FROM (SELECT substr(NEW.remote_addr, length(rtrim(NEW.remote_addr, '0123456789')) + 1) AS digits)),
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
    WHERE x.name = NEW.name AND x.path = NEW.path AND NOT EXISTS (SELECT id FROM process WHERE pid = NEW.pid AND host_id IS NULL AND started = 0
AND executable_id = x.id AND user_id IS NULL AND user IS NULL AND unit IS NULL
AND container IS NULL AND parent_id IS NULL AND parent_name IS NULL AND command IS NULL);
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
    coalesce((WITH RECURSIVE slot (id) AS (
  SELECT ((NEW.opened_at - 1420070400000000) << 3) UNION ALL SELECT id + 1 FROM slot WHERE id < ((NEW.opened_at - 1420070400000000) << 3) + 7
) SELECT min(id) FROM slot WHERE NOT EXISTS (SELECT 1 FROM connection c WHERE c.id = slot.id)), (WITH RECURSIVE probe (width, id) AS (
  SELECT 64, ((NEW.opened_at - 1420070400000000) << 3) + 8 + (random() & 63)
  UNION ALL
  SELECT width * 2, ((NEW.opened_at - 1420070400000000) << 3) + 8 + (random() & (width * 2 - 1)) FROM probe
  WHERE EXISTS (SELECT 1 FROM connection c WHERE c.id = probe.id)
) SELECT id FROM probe ORDER BY width DESC LIMIT 1)),
    (SELECT p.id FROM executable x, process p
      WHERE x.name = NEW.name AND x.path = NEW.path AND p.id IN (SELECT id FROM process WHERE pid = NEW.pid AND host_id IS NULL AND started = 0
AND executable_id = x.id AND user_id IS NULL AND user IS NULL AND unit IS NULL
AND container IS NULL AND parent_id IS NULL AND parent_name IS NULL AND command IS NULL)),
    NEW.protocol,
    NEW.state,
    (SELECT id FROM address WHERE text = NEW.local),
    NEW.local_port,
    (SELECT id FROM address WHERE text = NEW.remote),
    NEW.remote_port,
    (SELECT id FROM service WHERE name = NEW.service),
    NEW.errno,
    CASE WHEN NEW.errno IS NOT NULL THEN 3 END,
    1,
    (SELECT next_number FROM meta),
    1
  );
  UPDATE connection SET home = ((NEW.opened_at - 1420070400000000) << 3) + 7
    WHERE id = last_insert_rowid() AND id > ((NEW.opened_at - 1420070400000000) << 3) + 7;
  UPDATE meta SET next_number = next_number + 1;
  INSERT INTO unread_address (connection_id)
    SELECT c.id FROM connection c
    WHERE c.id = last_insert_rowid() AND EXISTS (
      SELECT 1 FROM address WHERE id IN (c.local_id, c.remote_id) AND ip IS NULL
    );
  INSERT INTO change (connection_id) VALUES (last_insert_rowid());
END;
CREATE INDEX gap_end ON gap (to_at);
CREATE INDEX gap_host ON gap (host, to_at);
CREATE INDEX gap_sequence ON gap (agent_id, seq);
COMMIT;
