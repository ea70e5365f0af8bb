import NetmonCore

/// The record, as it is posted and as it is answered.
extension Schema {
  /// Whole numbers that JavaScript reads exactly.
  static let wholeNumber = integer(0...1 << 53 - 1)
  static let processID = integer(0...Int64(Int32.max))
  static let time = string(of: "date-time")
  static let recordedTime = string(matching: Pattern.recordedTime)
    .described("RFC 3339, from 2015 to 2049.")
  static let address = string(matching: Pattern.address)
  static let origin = string(matching: Pattern.origin)
  static let text = string.described("At most \(RecordReader.maximumTextLength) bytes.")

  static let errorName = choice(ConnectionError.all.map(\.name))
  /// Names of errors as they are read.
  static let errorNames = ConnectionError.all.map(\.name) + ConnectionError.aliases.map(\.alias)

  /// Every field, as in all answers.
  static let connection = object(
    RecordField.allCases.map { ($0.rawValue, schema(of: $0).described($0.summary)) })

  /// A record as it is posted. `id`, `family` and what is not known here are ignored; `errno` is left
  /// out, as a schema cannot say that it has to be the number of `error`.
  static let newConnection: Schema = {
    let ignored: Set<RecordField> = [.id, .family, .errno]
    let fields = RecordField.allCases.filter { !ignored.contains($0) }
    let required: [RecordField] = [
      .timestamp, .process_id, .process_name, .process_path, .local_addr, .remote_addr, .protocol,
      .state,
    ]
    let record = object(
      fields.map { ($0.rawValue, postedSchema(of: $0, isRequired: required.contains($0))) },
      required: required.map(\.rawValue))
    let ofUDP = choice([TCPState.ESTABLISHED, .CLOSE].map(\.name))
    return record.with(
      "anyOf",
      .list([
        .schema(object([("protocol", choice([TransportProtocol.tcp.name]))])),
        .schema(object([("state", ofUDP)])),
      ]))
  }()

  private static func postedSchema(of field: RecordField, isRequired: Bool) -> Schema {
    let schema =
      switch field {
      case .timestamp: recordedTime
      case .established_at, .closed_at, .updated_at: recordedTime
      case .error: choice(errorNames + [""])
      case .revision: integer(1...1 << 53 - 1)
      default: schema(of: field, isNullable: false)
      }
    return (isRequired ? schema : schema.orNull).described(field.summary)
  }

  private static func schema(of field: RecordField) -> Schema {
    schema(of: field, isNullable: field.isNullable)
  }

  private static func schema(of field: RecordField, isNullable: Bool) -> Schema {
    let schema = plainSchema(of: field)
    return isNullable ? schema.orNull : schema
  }

  private static func plainSchema(of field: RecordField) -> Schema {
    switch field {
    case .id: integer(1...1 << 53 - 1)
    case .timestamp, .established_at, .closed_at, .updated_at: time
    case .process_id, .parent_id: processID
    case .process_name, .process_path, .service_name, .host, .user, .unit, .container,
      .parent_name, .command:
      text
    case .local_addr, .remote_addr: address
    case .error: errorName
    case .protocol: choice(TransportProtocol.allCases.map(\.name))
    case .state: choice(TCPState.allCases.map(\.name))
    case .origin: origin
    case .revision: integer(1...1 << 53 - 1)
    case .family: choice(of: IPAddress.Family.self)
    case .direction: choice(of: Direction.self)
    case .errno: integer(1...133)
    case .error_stage: choice(of: ErrorStage.self)
    case .error_source: choice(of: ErrorSource.self)
    case .error_cause: choice(of: ErrorCause.self)
    case .connect_us, .duration_us, .bytes_sent, .bytes_received, .rtt_us, .retransmits, .drops,
      .netns:
      wholeNumber
    case .user_id: integer(0...Int64(UInt32.max))
    }
  }
}

extension RecordField {
  /// Whether it can be unknown.
  fileprivate var isNullable: Bool {
    switch self {
    case .id, .timestamp, .process_id, .process_name, .process_path, .local_addr, .remote_addr,
      .protocol, .state, .revision, .family, .origin:
      false
    default: true
    }
  }

  fileprivate var summary: String {
    switch self {
    case .id: "The row in this store."
    case .timestamp: "When the attempt or socket was first seen."
    case .process_id: "0 when unknown."
    case .process_name: "The process's name, \"\" when unknown."
    case .process_path: "The executable's path, \"\" when unknown."
    case .local_addr, .remote_addr: "ip:port, IPv6 in brackets; port 0 when unknown."
    case .error: "Why it failed; null when it did not."
    case .service_name: "The service of the remote port, of the local one when inbound."
    case .protocol: "tcp or udp."
    case .state: "The kernel's name; of udp ESTABLISHED or CLOSE."
    case .host: "Where it was recorded."
    case .origin: "The identity across stores: AGENT/NUMBER."
    case .revision: "The version; of one origin the highest stays."
    case .family: "The address family."
    case .direction: "Who began."
    case .errno: "The number of the error."
    case .error_stage: "Where in the connection's life the error struck."
    case .error_source: "How the error is known."
    case .error_cause: "What brought the error about."
    case .established_at: "When it was established."
    case .closed_at: "When it was closed or failed."
    case .updated_at: "When the record last changed."
    case .connect_us: "The time to connect, in microseconds."
    case .duration_us: "The time it was open, in microseconds."
    case .bytes_sent, .bytes_received: "Bytes of data."
    case .rtt_us: "The round-trip time, in microseconds."
    case .retransmits: "Segments sent again."
    case .drops: "What a listener or UDP socket had no room for."
    case .user_id: "The process's user id."
    case .user: "The process's user."
    case .unit: "The process's systemd unit."
    case .container: "The id of the process's container."
    case .parent_id: "The parent process's id."
    case .parent_name: "The parent process's name."
    case .command: "The command line, where the collector was asked for it."
    case .netns: "The inode of the network namespace."
    }
  }
}
