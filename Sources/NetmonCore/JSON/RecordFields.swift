/// One record while it is read: which required fields were there, and what was wrong.
struct RecordFields {
  private(set) var mistakes: [(field: String, detail: String)] = []
  private var record: Connection
  /// Which of `fields` there were, a bit for each.
  private var seen: UInt64 = 0
  private var errno: Int64?

  /// What a record that cannot be read counts as, so that later ones keep their index.
  let placeholder: Connection

  private static let fields = RecordField.allCases
  /// The indices of the fields that a record cannot do without.
  private static let required = [
    .timestamp, .process_id, .process_name, .process_path, .local_addr, .remote_addr, .protocol,
    .state,
  ].compactMap { (field: RecordField) in fields.firstIndex(of: field) }

  init() {
    let nowhere = Endpoint(.anyIPv4, 0)
    placeholder = Connection(
      timestamp: Timestamp.valid.lowerBound, transport: .tcp, state: .CLOSE, local: nowhere,
      remote: nowhere)
    record = placeholder
  }

  /// The record, if all of it was good.
  var connection: Connection? { mistakes.isEmpty ? record : nil }

  /// Reads one object; throws where it is not JSON, and collects everything else.
  mutating func read(_ json: inout JSONReader) throws(JSONError) {
    try json.expect("{", "a record")
    if !json.take("}") {
      // Many write the fields in the order in which they read them.
      var expected = 0
      repeat {
        if expected < Self.fields.count, json.takeKey(Self.fields[expected].rawValue) {
          try readField(expected, &json)
          expected += 1
        } else {
          let key = try json.string()
          try json.expect(":", "':'")
          if let index = Self.fields.firstIndex(where: { $0.rawValue == key }) {
            try readField(index, &json)
            expected = index + 1
          } else {
            try json.skipValue()
          }
        }
      } while json.take(",")
      try json.expect("}", "',' or '}'")
    }
    resolveError()
    for index in Self.required where seen >> index & 1 == 0 {
      mistakes.append((Self.fields[index].rawValue, "is required"))
    }
    if record.transport == .udp, ![.ESTABLISHED, .CLOSE].contains(record.state), connection != nil {
      note(.state, "of udp must be ESTABLISHED or CLOSE")
    }
    if record.error != nil, record.errorSource == nil { record.errorSource = .reported }
  }

  /// The number of an error says as much as its name, and must not say something else.
  private mutating func resolveError() {
    guard let errno, !mistakes.contains(where: { $0.field == RecordField.error.rawValue }) else {
      return
    }
    if let error = record.error {
      if Int64(error.number) != errno {
        note(.errno, "is not the number of \(error.name), which is \(error.number)")
      }
    } else if errno != 0 {
      record.error = Int32(exactly: errno).flatMap { ConnectionError(number: $0) }
      if record.error == nil { note(.errno, "is not the number of a known error") }
    }
  }

  private mutating func readField(_ index: Int, _ json: inout JSONReader) throws(JSONError) {
    let field = Self.fields[index]
    seen |= 1 << index
    switch field {
    case .family: try json.skipValue()
    case .errno: errno = try integer(.errno, &json, to: Int64(Int32.max))
    case .id:
      // Only a reply of a server has one that means something; a wrong one is no mistake.
      if json.peek() == .number { record.id = try json.integer() } else { try json.skipValue() }
    case .timestamp:
      if let time = try time(field, &json) {
        record.timestamp = time
      } else {
        require(field, "a time")
      }
    case .process_id: try readProcessID(&json)
    case .process_name: record.process.name = try requiredText(field, &json)
    case .process_path: record.process.path = try requiredText(field, &json)
    case .local_addr: if let value = try endpoint(field, &json) { record.local = value }
    case .remote_addr: if let value = try endpoint(field, &json) { record.remote = value }
    case .error: record.error = try error(&json)
    case .service_name: record.serviceName = try text(field, &json)
    case .protocol:
      if let value = try named(field, &json, ["tcp", "udp"], TransportProtocol.init(name:)) {
        record.transport = value
      } else {
        require(field, "tcp or udp")
      }
    case .state:
      let value = try named(field, &json, TCPState.allCases.map(\.name)) { name in
        RecordNames.states[name] ?? TCPState(name: name)
      }
      if let value {
        record.state = value
      } else {
        require(field, "a state")
      }
    case .host: record.host = try text(field, &json)
    case .origin:
      record.origin = try parsed(field, &json, "like AGENT/NUMBER", Origin.init)
    case .revision: record.revision = try integer(field, &json, from: 1) ?? 1
    case .direction: record.direction = try named(field, &json)
    case .error_stage: record.errorStage = try named(field, &json)
    case .error_source: record.errorSource = try named(field, &json)
    case .error_cause: record.errorCause = try named(field, &json)
    case .established_at: record.establishedAt = try time(field, &json)
    case .closed_at: record.closedAt = try time(field, &json)
    case .updated_at: record.updatedAt = try time(field, &json)
    case .connect_us: record.connectMicroseconds = try integer(field, &json)
    case .duration_us: record.durationMicroseconds = try integer(field, &json)
    case .bytes_sent: record.bytesSent = try integer(field, &json)
    case .bytes_received: record.bytesReceived = try integer(field, &json)
    case .rtt_us: record.rttMicroseconds = try integer(field, &json)
    case .retransmits: record.retransmits = try integer(field, &json)
    case .drops: record.drops = try integer(field, &json)
    case .user_id:
      record.process.userID = try integer(field, &json, to: Int64(UInt32.max)).map { UInt32($0) }
    case .user: record.process.user = try text(field, &json)
    case .unit: record.process.unit = try text(field, &json)
    case .container: record.process.container = try text(field, &json)
    case .parent_id:
      record.process.parentID = try integer(field, &json, to: Int64(Int32.max)).map { Int32($0) }
    case .parent_name: record.process.parentName = try text(field, &json)
    case .command: record.process.command = try text(field, &json)
    case .netns: record.networkNamespace = try integer(field, &json)
    }
  }

  // MARK: Values

  private mutating func readProcessID(_ json: inout JSONReader) throws(JSONError) {
    let count = mistakes.count
    if let pid = try integer(.process_id, &json, to: Int64(Int32.max)) {
      record.process.identity = ProcessIdentity(pid: Int32(pid), startTime: 0)
    } else if mistakes.count == count {
      require(.process_id, "a process id, 0 when unknown")
    }
  }

  private mutating func requiredText(
    _ field: RecordField, _ json: inout JSONReader
  ) throws(JSONError) -> String {
    let count = mistakes.count
    if let text = try text(field, &json) { return text }
    if mistakes.count == count { require(field, "a string, \"\" when unknown") }
    return ""
  }

  private mutating func text(
    _ field: RecordField, _ json: inout JSONReader
  ) throws(JSONError) -> String? {
    switch json.peek() {
    case .string:
      let text = try json.string()
      guard text.utf8.count <= RecordReader.maximumTextLength else {
        note(field, "is longer than \(RecordReader.maximumTextLength) bytes")
        return nil
      }
      return text
    case .null where json.null(): return nil
    default:
      try json.skipValue()
      note(field, "is not a string")
      return nil
    }
  }

  private mutating func integer(
    _ field: RecordField, _ json: inout JSONReader, from low: Int64 = 0,
    to high: Int64 = 1 << 53 - 1
  ) throws(JSONError) -> Int64? {
    switch json.peek() {
    case .number:
      guard let number = try json.integer(), low <= number, number <= high else {
        note(field, "is not a whole number from \(low) to \(high)")
        return nil
      }
      return number
    case .null where json.null(): return nil
    default:
      try json.skipValue()
      note(field, "is not a number")
      return nil
    }
  }

  /// A text that `parse` understands; `form` says in an error what it should look like.
  private mutating func parsed<Value>(
    _ field: RecordField, _ json: inout JSONReader, _ form: @autoclosure () -> String,
    _ parse: (String) -> Value?
  ) throws(JSONError) -> Value? {
    guard let text = try text(field, &json) else { return nil }
    guard let value = parse(text) else {
      note(field, "\(quoted(text)) is not \(form())")
      return nil
    }
    return value
  }

  private mutating func time(
    _ field: RecordField, _ json: inout JSONReader
  ) throws(JSONError) -> Timestamp? {
    let form = "an RFC 3339 time from 2015 to 2049, like 2026-11-22T10:00:00.000000Z"
    return try parsed(field, &json, form) { text in
      // A date alone is a moment to ask about, not one to record.
      guard text.utf8.count > 10, let time = Timestamp(text), Timestamp.valid.contains(time) else {
        return nil
      }
      return time
    }
  }

  private mutating func endpoint(
    _ field: RecordField, _ json: inout JSONReader
  ) throws(JSONError) -> Endpoint? {
    let count = mistakes.count
    let form = "an address like 192.0.2.1:443 or [2001:db8::1]:443"
    let endpoint = try parsed(field, &json, form, Endpoint.init)
    if endpoint == nil, mistakes.count == count { require(field, "an address") }
    return endpoint
  }

  private mutating func error(_ json: inout JSONReader) throws(JSONError) -> ConnectionError? {
    guard let name = try text(.error, &json), !name.isEmpty else { return nil }
    if let error = ConnectionError(name: name) { return error }
    let names = ConnectionError.all.map(\.name)
    note(.error, "\(quoted(name)) is not a known error" + suggestion(for: name.uppercased(), names))
    return nil
  }

  private mutating func named<Value: RawRepresentable & CaseIterable>(
    _ field: RecordField, _ json: inout JSONReader
  ) throws(JSONError) -> Value? where Value.RawValue == String {
    try named(field, &json, Value.allCases.map(\.rawValue)) { Value(rawValue: $0.lowercased()) }
  }

  private mutating func named<Value>(
    _ field: RecordField, _ json: inout JSONReader, _ names: @autoclosure () -> [String],
    _ parse: (String) -> Value?
  ) throws(JSONError) -> Value? {
    try parsed(field, &json, "one of \(names().joined(separator: ", "))", parse)
  }

  // MARK: Mistakes

  private mutating func require(_ field: RecordField, _ what: String) {
    guard mistakes.last?.field != field.rawValue else { return }
    note(field, "must be \(what)")
  }

  private mutating func note(_ field: RecordField, _ detail: String) {
    mistakes.append((field.rawValue, detail))
  }

  private func suggestion(for name: String, _ names: [String]) -> String {
    closestMatch(to: name, among: names).map { "; did you mean \($0)?" } ?? ""
  }

  /// The text as it may stand in a message: short, and without control characters.
  private func quoted(_ text: String) -> String {
    let cut = text.count > 60 ? text.prefix(60) + "…" : text
    return "'\(terminalSafe(String(cut)))'"
  }
}
