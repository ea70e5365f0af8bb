import GRDB
import NetmonCore

/// A row of the fact table: how a record is written as integers and read back.
struct ConnectionRow {
  var connection: Connection
  var hostID: Int64?
  var processID: Int64
  var localID: Int64
  var remoteID: Int64
  var serviceID: Int64?
  var agentID: Int64
  var number: Int64
  /// The host that its giver speaks for; nil speaks for all.
  var ownerID: Int64?

  /// Whether it came with an origin as only this store gives them.
  var takesOwnNumber: Bool { connection.origin != nil && agentID == Dimensions.ownAgent }

  /// The columns after `id` and `home`, in the order of ``bind(id:home:to:)``.
  private static let columns = [
    "established_after", "closed_after", "updated_after", "host_id", "process_id", "protocol",
    "direction", "state", "local_id", "local_port", "remote_id", "remote_port", "service_id",
    "errno",
    "error_stage", "error_source", "error_cause", "connect_us", "duration_us", "bytes_sent",
    "bytes_received", "rtt_us", "retransmits", "netns", "inode", "agent_id", "number", "revision",
    "drops",
  ]

  /// Takes what ``bind(id:home:to:)`` binds.
  static let insert = """
    INSERT INTO connection (id, home, \(columns.joined(separator: ", ")))
    VALUES (\(Array(repeating: "?", count: columns.count + 2).joined(separator: ", ")))
    """

  /// Takes the same, of which `id` says which row. Leaves out what identifies the row, and the
  /// process: SQLite would enter it into its index anew even when it is the same.
  static let update = """
    UPDATE connection SET \
    \(columns.enumerated().filter { !["agent_id", "number", "process_id"].contains($1) }
      .map { "\($1) = ?\($0 + 3)" }.joined(separator: ", ")) \
    WHERE id = ?1
    """

  /// Binds what `insert` and `update` take.
  func bind(id: Int64, home: Int64?, to parameters: inout ParameterWriter) {
    let opened = connection.timestamp
    parameters.bind(id)
    parameters.bind(home)
    parameters.bind(connection.establishedAt?.microseconds(since: opened))
    parameters.bind(connection.closedAt?.microseconds(since: opened))
    parameters.bind(connection.updatedAt?.microseconds(since: opened))
    parameters.bind(hostID)
    parameters.bind(processID)
    parameters.bind(Int64(connection.transport.rawValue))
    parameters.bind(connection.direction?.code)
    parameters.bind(Int64(connection.state.rawValue))
    parameters.bind(localID)
    parameters.bind(Int64(connection.local.port))
    parameters.bind(remoteID)
    parameters.bind(Int64(connection.remote.port))
    parameters.bind(serviceID)
    parameters.bind((connection.error?.number).map { Int64($0) })
    parameters.bind(connection.errorStage?.code)
    parameters.bind(connection.errorSource?.code)
    parameters.bind(connection.errorCause?.code)
    parameters.bind(connection.connectMicroseconds)
    parameters.bind(connection.durationMicroseconds)
    parameters.bind(connection.bytesSent)
    parameters.bind(connection.bytesReceived)
    parameters.bind(connection.rttMicroseconds)
    parameters.bind(connection.retransmits)
    parameters.bind(connection.networkNamespace)
    parameters.bind(connection.inode)
    parameters.bind(agentID)
    parameters.bind(number)
    parameters.bind(connection.revision)
    parameters.bind(connection.drops)
  }
}

// MARK: - Reading

extension ConnectionRow {
  /// The record of a row id, with all that the dimension tables say of it.
  static func fetch(id: Int64, in db: Database) throws -> Connection? {
    try Query(select, in: db).first([.integer(id)]) { try read(&$0) }
  }

  private static let select = """
    SELECT
      c.id, c.opened_at, p.pid, p.started, x.name, x.path, la.ip, la.text, c.local_port,
      ra.ip, ra.text, c.remote_port, c.errno, s.name, c.protocol, c.state,
      h.name, g.name, c.number, c.revision, c.direction, c.error_stage, c.error_source,
      c.error_cause, c.established_at, c.closed_at, c.updated_at, c.connect_us, c.duration_us,
      c.bytes_sent, c.bytes_received, c.rtt_us, c.retransmits, p.user_id, p.user, p.unit,
      p.container, p.parent_id, p.parent_name, p.command, c.netns, c.inode, c.drops
    FROM connection c
    JOIN process p ON p.id = c.process_id
    JOIN executable x ON x.id = p.executable_id
    JOIN address la ON la.id = c.local_id
    JOIN address ra ON ra.id = c.remote_id
    JOIN agent g ON g.id = c.agent_id
    LEFT JOIN host h ON h.id = c.host_id
    LEFT JOIN service s ON s.id = c.service_id
    WHERE c.id = ?
    """

  private static func read(_ row: inout ColumnReader) throws -> Connection {
    let id = row.integer()
    let timestamp = row.timestamp()
    let identity = ProcessIdentity(
      pid: Int32(truncatingIfNeeded: row.integer()),
      startTime: UInt64(bitPattern: row.integer())
    )
    var process = ProcessDetails(identity: identity, name: row.text(), path: row.text())
    let local = try row.endpoint()
    let remote = try row.endpoint()
    let error = row.optionalInteger().flatMap {
      ConnectionError(number: Int32(truncatingIfNeeded: $0))
    }
    let service = row.optionalText()
    guard
      let transport = TransportProtocol(
        rawValue: UInt8(truncatingIfNeeded: row.integer())),
      let state = TCPState(rawValue: UInt8(truncatingIfNeeded: row.integer()))
    else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "row \(id)") }

    var c = Connection(
      timestamp: timestamp, transport: transport, state: state, local: local, remote: remote
    )
    c.id = id
    c.error = error
    c.serviceName = service
    c.host = row.optionalText()
    c.origin = Origin(agent: row.text(), number: row.integer())
    c.revision = row.integer()
    c.direction = Direction(code: row.optionalInteger())
    c.errorStage = ErrorStage(code: row.optionalInteger())
    c.errorSource = ErrorSource(code: row.optionalInteger())
    c.errorCause = ErrorCause(code: row.optionalInteger())
    c.establishedAt = row.optionalTimestamp()
    c.closedAt = row.optionalTimestamp()
    c.updatedAt = row.optionalTimestamp()
    c.connectMicroseconds = row.optionalInteger()
    c.durationMicroseconds = row.optionalInteger()
    c.bytesSent = row.optionalInteger()
    c.bytesReceived = row.optionalInteger()
    c.rttMicroseconds = row.optionalInteger()
    c.retransmits = row.optionalInteger()
    process.readDetails(from: &row)
    c.process = process
    c.networkNamespace = row.optionalInteger()
    c.inode = row.optionalInteger()
    c.drops = row.optionalInteger()
    return c
  }
}

extension ProcessDetails {
  /// Reads `user_id, user, unit, container, parent_id, parent_name, command`.
  mutating func readDetails(from row: inout ColumnReader) {
    userID = row.optionalInteger().map { UInt32(truncatingIfNeeded: $0) }
    user = row.optionalText()
    unit = row.optionalText()
    container = row.optionalText()
    parentID = row.optionalInteger().map { Int32(truncatingIfNeeded: $0) }
    parentName = row.optionalText()
    command = row.optionalText()
  }
}

extension ColumnReader {
  /// Reads microseconds since 1970.
  mutating func timestamp() -> Timestamp { Timestamp(microseconds: integer()) }

  /// Reads the same, or NULL.
  mutating func optionalTimestamp() -> Timestamp? {
    optionalInteger().map(Timestamp.init(microseconds:))
  }

  /// Reads `ip, text, port`; the text counts while netmon has not read it.
  mutating func endpoint() throws -> Endpoint {
    let stored = bytes { IPAddress(networkOrder: $0) }
    let text: String = text()
    guard let address = stored ?? IPAddress(text) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "address \(text)")
    }
    return Endpoint(address, UInt16(truncatingIfNeeded: integer()))
  }
}

extension IPAddress {
  /// The address of 4 or 16 bytes in network order, else nil.
  init?(networkOrder bytes: UnsafeRawBufferPointer) {
    func number(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt64 {
      bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
    switch bytes.count {
    case 4: self.init(ipv4: UInt32(number(bytes[...])))
    case 16: self.init(high: number(bytes[..<8]), low: number(bytes[8...]))
    default: return nil
    }
  }
}
