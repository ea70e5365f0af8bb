import NetmonCore

/// What the roll-ups know of a row of `connection`.
struct Counted: Hashable {
  /// Microseconds since 1970.
  var openedAt: Int64
  /// When it was first seen or closed, the later of the two.
  var seenAt: Int64
  var hostID: Int64?
  var processID: Int64
  var remoteID: Int64
  var remotePort: Int64
  var hasFailed: Bool
  var isListening: Bool
  var isOpen: Bool

  /// Whether it counts among those that worked: listening sockets neither work nor fail.
  var hasSucceeded: Bool { !hasFailed && !isListening }
  /// The whole hour of `openedAt`, counted from 1970.
  var hour: Int64 { openedAt / Self.hourWidth }

  /// The whole minute of `openedAt`, counted from 1970.
  var minute: Int64 { openedAt / Self.minuteWidth }

  /// In microseconds.
  static let hourWidth: Int64 = 3_600_000_000
  /// In microseconds.
  static let minuteWidth: Int64 = 60_000_000

  init(_ row: ConnectionRow) {
    let c = row.connection
    openedAt = c.timestamp.microseconds
    seenAt = max(openedAt, c.closedAt?.microseconds ?? openedAt)
    hostID = row.hostID
    processID = row.processID
    remoteID = row.remoteID
    remotePort = Int64(c.remote.port)
    hasFailed = c.error != nil
    isListening = c.direction == .listen
    isOpen = c.endedAt == nil
  }

  /// What ``init(_:)-(ColumnReader)`` reads of a row.
  static let columns = """
    opened_at, closed_at, host_id, process_id, remote_id, remote_port, errno, direction, ended_after
    """

  init(_ columns: inout ColumnReader) {
    openedAt = columns.integer()
    seenAt = max(openedAt, columns.optionalInteger() ?? openedAt)
    hostID = columns.optionalInteger()
    processID = columns.integer()
    remoteID = columns.integer()
    remotePort = columns.integer()
    hasFailed = columns.optionalInteger() != nil
    isListening = columns.optionalInteger() == Direction.listen.code
    isOpen = columns.optionalInteger() == nil
  }
}
