import NetmonCore

/// Connections as rows of a table: which columns there are, and what stands in them.
struct ConnectionTable {
  /// How a terminal is told when something was; on a pipe it is always the whole time.
  enum Times {
    /// How long ago.
    case ages(now: Timestamp)
    /// The time of day, for what goes on while it is read.
    case clock
  }

  private let console: Console
  private let times: Times
  private let layout: Layout

  /// Fits the columns to the console, unless `fields` names them.
  init(for console: Console, fields: [RecordField]?, times: Times) {
    self.console = console
    self.times = times
    if let fields {
      layout = .fields(fields)
    } else if !console.isTerminal {
      layout = .whole
    } else {
      layout = console.width < Self.compactWidth ? .compact : .wide
    }
  }

  /// Below this width state and error share a column.
  private static let compactWidth = 60

  private enum Layout {
    case whole, wide, compact
    case fields([RecordField])
  }

  var columns: [Table.Column] {
    switch layout {
    case .whole: Self.usual
    case .wide: Self.usual + Self.more
    case .compact:
      [
        .init(title: "TIME", dropOrder: 0),
        .init(title: "PROCESS", minimum: 6),
        .init(title: "REMOTE", minimum: 13, cut: .middle),
        // ECONNREFUSED and ECONNRESET differ in their eighth letter.
        .init(title: "OUTCOME", minimum: 10),
      ]
    case .fields(let fields): fields.map(\.column)
    }
  }

  func row(_ connection: Connection) -> [Table.Cell] {
    switch layout {
    case .whole: usual(connection)
    case .wide: usual(connection) + more(connection)
    case .compact:
      [
        time(connection.timestamp), process(connection), remote(connection),
        connection.error == nil ? state(connection) : error(connection),
      ]
    case .fields(let fields): fields.map { cell($0, of: connection) }
    }
  }

  // MARK: - Columns

  /// Those that there are wherever they fit.
  static let usual: [Table.Column] = [
    .init(title: "TIME", dropOrder: 4),
    .init(title: "PROTO", dropOrder: 1),
    .init(title: "STATE"),
    .init(title: "PROCESS", minimum: 12),
    .init(title: "PID", alignment: .right, dropOrder: 3),
    .init(title: "LOCAL", minimum: 15, dropOrder: 2, cut: .middle),
    .init(title: "REMOTE", minimum: 15, cut: .middle),
    .init(title: "SERVICE", minimum: 7, dropOrder: 0),
    .init(title: "ERROR"),
  ]

  /// What a wide terminal has room for.
  private static let more: [Table.Column] = [
    .init(title: "WHY", dropOrder: -1, hidesWhenEmpty: true),
    .init(title: "LATENCY", alignment: .right, dropOrder: -2, hidesWhenEmpty: true),
    .init(title: "SENT", alignment: .right, dropOrder: -3, hidesWhenEmpty: true),
    .init(title: "RECEIVED", alignment: .right, dropOrder: -4, hidesWhenEmpty: true),
    .init(title: "HOST", minimum: 8, dropOrder: -5, hidesWhenEmpty: true),
  ]

  /// A row of these.
  func usual(_ connection: Connection) -> [Table.Cell] {
    let pid = connection.process.identity.pid
    return [
      time(connection.timestamp), .init(connection.transport.name, .dim), state(connection),
      process(connection), pid == 0 ? .nothing : .init("\(pid)"), .init("\(connection.local)"),
      remote(connection), optional(connection.serviceName), error(connection),
    ]
  }

  private func more(_ connection: Connection) -> [Table.Cell] {
    let why = [connection.errorStage?.rawValue, connection.errorCause?.rawValue]
      .compactMap(\.self).joined(separator: ", ")
    return [
      .init(why.isEmpty ? "-" : why, .dim),
      optional(connection.connectMicroseconds.map(durationText)),
      optional(connection.bytesSent.map(sizeText)),
      optional(connection.bytesReceived.map(sizeText)), optional(connection.host),
    ]
  }

  // MARK: - Cells

  private func optional(_ text: String?) -> Table.Cell {
    text.map { .init($0, .dim) } ?? .nothing
  }

  private func process(_ connection: Connection) -> Table.Cell {
    let name = connection.process.name
    return name.isEmpty ? .nothing : .init(name)
  }

  private func remote(_ connection: Connection) -> Table.Cell {
    let remote = connection.remote
    return remote.port == 0 && remote.address.isUnspecified ? .nothing : .init("\(remote)")
  }

  private func error(_ connection: Connection) -> Table.Cell {
    connection.error.map { .init($0.name, .bad) } ?? .nothing
  }

  private func state(_ connection: Connection) -> Table.Cell {
    let style: Table.Style =
      switch connection.state {
      case .ESTABLISHED, .LISTEN: .good
      case .SYN_SENT, .SYN_RECV, .CLOSE_WAIT: .warning
      default: connection.error == nil ? .dim : .bad
      }
    return .init(connection.state.name, style)
  }

  private func time(_ timestamp: Timestamp?) -> Table.Cell {
    guard let timestamp else { return .nothing }
    let text = timestamp.description
    guard console.isTerminal else { return .init(text) }
    switch times {
    case .ages(let now): return .init(age(of: timestamp, at: now), .dim)
    case .clock: return .init(text.dropFirst(11).prefix(8) + "Z", .dim)
    }
  }

  private func cell(_ field: RecordField, of connection: Connection) -> Table.Cell {
    switch field {
    case .timestamp: time(connection.timestamp)
    case .established_at: time(connection.establishedAt)
    case .closed_at: time(connection.closedAt)
    case .updated_at: time(connection.updatedAt)
    case .state: state(connection)
    case .error: error(connection)
    default:
      switch connection[field] {
      case nil, .text(""): .nothing
      case .text(let text): .init(text)
      case .integer(let number): .init("\(number)")
      }
    }
  }
}

extension RecordField {
  /// Columns asked for by name are not dropped.
  fileprivate var column: Table.Column {
    let title = rawValue.uppercased()
    return switch self {
    case .local_addr, .remote_addr: .init(title: title, minimum: 15, cut: .middle)
    case .process_path: .init(title: title, minimum: 12, cut: .start)
    case .process_name, .service_name, .host, .user, .unit, .container, .parent_name, .command,
      .origin:
      .init(title: title, minimum: 8)
    case .id, .process_id, .revision, .errno, .connect_us, .duration_us, .bytes_sent,
      .bytes_received, .rtt_us, .retransmits, .drops, .user_id, .parent_id, .netns:
      .init(title: title, alignment: .right)
    case .timestamp, .error, .protocol, .state, .family, .direction, .error_stage, .error_source,
      .error_cause, .established_at, .closed_at, .updated_at:
      .init(title: title)
    }
  }
}
