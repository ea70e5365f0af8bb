extension Connection {
  /// Writes the record as one JSON object with every documented and added field.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      for field in RecordField.allCases {
        json.key(field.rawValue)
        write(field, to: &json)
      }
    }
  }

  /// The record as a JSON object on one line.
  public var json: String {
    var writer = JSONWriter(capacity: 1024)
    write(to: &writer)
    return writer.string
  }

  private func write(_ field: RecordField, to json: inout JSONWriter) {
    switch self[field] {
    case .none: json.null()
    case .text(let text): json.value(text)
    case .integer(let number): json.value(number)
    }
  }
}

extension Connection {
  /// A field's value as JSON and CSV show it.
  public enum FieldValue: Hashable, Sendable {
    case text(String)
    case integer(Int64)
  }

  /// The value of a field under its documented name; nil when it is unknown.
  public subscript(field: RecordField) -> FieldValue? {
    switch field {
    case .id: id.map { .integer($0) }
    case .timestamp: .text(timestamp.description)
    case .process_id: .integer(Int64(process.identity.pid))
    case .process_name: .text(process.name)
    case .process_path: .text(process.path)
    case .local_addr: .text(local.description)
    case .remote_addr: .text(remote.description)
    case .error: (error?.name).map { .text($0) }
    case .service_name: serviceName.map { .text($0) }
    case .protocol: .text(transport.name)
    case .state: .text(state.name)
    case .host: host.map { .text($0) }
    case .origin: (origin?.description).map { .text($0) }
    case .revision: .integer(revision)
    case .family: .text(family.rawValue)
    case .direction: (direction?.rawValue).map { .text($0) }
    case .errno: (error?.number).map { .integer(Int64($0)) }
    case .error_stage: (errorStage?.rawValue).map { .text($0) }
    case .error_source: (errorSource?.rawValue).map { .text($0) }
    case .error_cause: (errorCause?.rawValue).map { .text($0) }
    case .established_at: (establishedAt?.description).map { .text($0) }
    case .closed_at: (closedAt?.description).map { .text($0) }
    case .updated_at: (updatedAt?.description).map { .text($0) }
    case .connect_us: connectMicroseconds.map { .integer($0) }
    case .duration_us: durationMicroseconds.map { .integer($0) }
    case .bytes_sent: bytesSent.map { .integer($0) }
    case .bytes_received: bytesReceived.map { .integer($0) }
    case .rtt_us: rttMicroseconds.map { .integer($0) }
    case .retransmits: retransmits.map { .integer($0) }
    case .drops: drops.map { .integer($0) }
    case .user_id: process.userID.map { .integer(Int64($0)) }
    case .user: process.user.map { .text($0) }
    case .unit: process.unit.map { .text($0) }
    case .container: process.container.map { .text($0) }
    case .parent_id: process.parentID.map { .integer(Int64($0)) }
    case .parent_name: process.parentName.map { .text($0) }
    case .command: process.command.map { .text($0) }
    case .netns: networkNamespace.map { .integer($0) }
    }
  }
}
