/// Reads records written as netmon writes them: every field, in order, without spaces and escapes.
///
/// That is nearly all that a server ever reads. It takes a small part of the time of ``RecordFields``,
/// which reads whatever else clients may post and knows what is wrong with it: where anything is
/// not as expected here, that one decides.
///
/// Records of one document resemble each other. So what was read is compared, in place, with where
/// it stood before: a process, a host or a date met again is not read again, and records of one
/// process share it in memory.
struct RecordScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var processes = [KnownProcess?](repeating: nil, count: 128)
  private var services = [KnownText](repeating: KnownText(), count: 16)
  private var host = KnownText()
  private var agent = KnownText()
  private var day = KnownDay()

  /// - Precondition: the buffer is not empty.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  /// Reads the record that begins at `start`; nil if it is not certain that it is a good one.
  ///
  /// - Returns: the record, and the offset behind it.
  mutating func record(at start: Int) -> (connection: Connection, end: Int)? {
    var cursor = ByteCursor(bytes, at: start)
    guard cursor.take("{\"id\":"), let id = cursor.number(below: 1 << 53),
      cursor.take(",\"timestamp\":"), let timestamp = time(&cursor),
      cursor.take(",\"process_id\":"), let pid = cursor.number(below: 1 << 31) ?? nil,
      let known = knownProcess(&cursor, pid: Int32(pid)),
      cursor.take(",\"local_addr\":"), let local = cursor.endpoint(),
      cursor.take(",\"remote_addr\":"), let remote = cursor.endpoint(),
      cursor.take(",\"error\":"), let error = cursor.name(in: RecordNames.errors),
      cursor.take(",\"service_name\":"),
      let service = cursor.text(&services[Int(remote.port) % 16]),
      cursor.take(",\"protocol\":"), let transport = cursor.name(in: RecordNames.protocols) ?? nil,
      cursor.take(",\"state\":"), let state = cursor.name(in: RecordNames.states) ?? nil,
      transport == .tcp || state == .ESTABLISHED || state == .CLOSE
    else { return nil }
    var c = Connection(
      timestamp: timestamp, transport: transport, state: state, local: local, remote: remote)
    c.id = id
    c.error = error
    c.serviceName = service
    guard identity(&cursor, &c), failure(&cursor, &c), figures(&cursor, &c),
      let process = process(&cursor, known),
      cursor.take(",\"netns\":"), let netns = cursor.number(below: 1 << 53), cursor.take("}")
    else { return nil }
    c.process = process
    c.networkNamespace = netns
    if error != nil, c.errorSource == nil { c.errorSource = .reported }
    return (c, cursor.offset)
  }

  // MARK: Groups of fields

  private mutating func identity(_ cursor: inout ByteCursor, _ c: inout Connection) -> Bool {
    guard cursor.take(",\"host\":"), let host = cursor.text(&host),
      cursor.take(",\"origin\":"), let origin = origin(&cursor),
      cursor.take(",\"revision\":"), let revision = cursor.number(below: 1 << 53),
      revision != 0,
      cursor.take(",\"family\":"), cursor.take("\"ipv4\"") || cursor.take("\"ipv6\""),
      cursor.take(",\"direction\":"), let direction = cursor.name(in: RecordNames.directions)
    else { return false }
    c.host = host
    c.origin = origin
    c.revision = revision ?? 1
    c.direction = direction
    return true
  }

  private mutating func failure(_ cursor: inout ByteCursor, _ c: inout Connection) -> Bool {
    guard cursor.take(",\"errno\":"), let errno = cursor.number(below: 1 << 53),
      errno == (c.error?.number).map(Int64.init),
      cursor.take(",\"error_stage\":"), let stage = cursor.name(in: RecordNames.stages),
      cursor.take(",\"error_source\":"), let source = cursor.name(in: RecordNames.sources),
      cursor.take(",\"error_cause\":"), let cause = cursor.name(in: RecordNames.causes)
    else { return false }
    c.errorStage = stage
    c.errorSource = source
    c.errorCause = cause
    return true
  }

  private mutating func figures(_ cursor: inout ByteCursor, _ c: inout Connection) -> Bool {
    guard cursor.take(",\"established_at\":"), let established = optionalTime(&cursor),
      cursor.take(",\"closed_at\":"), let closed = optionalTime(&cursor),
      cursor.take(",\"updated_at\":"), let updated = optionalTime(&cursor),
      cursor.take(",\"connect_us\":"), let connect = cursor.number(below: 1 << 53),
      cursor.take(",\"duration_us\":"), let duration = cursor.number(below: 1 << 53),
      cursor.take(",\"bytes_sent\":"), let sent = cursor.number(below: 1 << 53),
      cursor.take(",\"bytes_received\":"), let received = cursor.number(below: 1 << 53),
      cursor.take(",\"rtt_us\":"), let rtt = cursor.number(below: 1 << 53),
      cursor.take(",\"retransmits\":"), let retransmits = cursor.number(below: 1 << 53),
      cursor.take(",\"drops\":"), let drops = cursor.number(below: 1 << 53)
    else { return false }
    c.establishedAt = established
    c.closedAt = closed
    c.updatedAt = updated
    c.connectMicroseconds = connect
    c.durationMicroseconds = duration
    c.bytesSent = sent
    c.bytesReceived = received
    c.rttMicroseconds = rtt
    c.retransmits = retransmits
    c.drops = drops
    return true
  }

  // MARK: Processes

  /// A process met before: where name and path stood, and where all fields from `user_id` on.
  private struct KnownProcess {
    var head: Range<Int>
    var tail: Range<Int>
    var details: ProcessDetails
  }

  /// Reads name and path of a process; its tail is empty if it was not met before.
  private func knownProcess(_ cursor: inout ByteCursor, pid: Int32) -> KnownProcess? {
    if let known = processes[Int(pid) % processes.count], known.details.identity.pid == pid,
      cursor.takeCopy(of: known.head)
    {
      return known
    }
    let start = cursor.offset
    guard cursor.take(",\"process_name\":"), let name = cursor.string(),
      cursor.take(",\"process_path\":"), let path = cursor.string()
    else { return nil }
    let identity = ProcessIdentity(pid: pid, startTime: 0)
    return KnownProcess(
      head: start..<cursor.offset, tail: 0..<0,
      details: ProcessDetails(identity: identity, name: name, path: path))
  }

  private mutating func process(
    _ cursor: inout ByteCursor, _ known: KnownProcess
  ) -> ProcessDetails? {
    if cursor.takeCopy(of: known.tail) { return known.details }
    let start = cursor.offset
    guard cursor.take(",\"user_id\":"), let userID = cursor.number(below: 1 << 32),
      cursor.take(",\"user\":"), let user = cursor.optionalString(),
      cursor.take(",\"unit\":"), let unit = cursor.optionalString(),
      cursor.take(",\"container\":"), let container = cursor.optionalString(),
      cursor.take(",\"parent_id\":"), let parentID = cursor.number(below: 1 << 31),
      cursor.take(",\"parent_name\":"), let parentName = cursor.optionalString(),
      cursor.take(",\"command\":"), let command = cursor.optionalString()
    else { return nil }
    var details = known.details
    details.userID = userID.map { UInt32($0) }
    details.user = user
    details.unit = unit
    details.container = container
    details.parentID = parentID.map { Int32($0) }
    details.parentName = parentName
    details.command = command
    processes[Int(details.identity.pid) % processes.count] = KnownProcess(
      head: known.head, tail: start..<cursor.offset, details: details)
    return details
  }

  // MARK: Values that repeat

  private mutating func origin(_ cursor: inout ByteCursor) -> Origin?? {
    guard cursor.take("\"") else { return cursor.take("null") ? .some(nil) : nil }
    if !cursor.takeCopy(of: agent.range) {
      let start = cursor.offset
      guard let bytes = cursor.text(upTo: "/"),
        let name = String(validating: bytes, as: UTF8.self), Origin("\(name)/0") != nil
      else { return nil }
      agent = KnownText(range: start..<cursor.offset, text: name)
    }
    guard let number = cursor.number(atMost: 18), cursor.take("\"") else { return nil }
    return Origin(agent: agent.text, number: number)
  }

  private mutating func optionalTime(_ cursor: inout ByteCursor) -> Timestamp?? {
    if cursor.take("null") { return .some(nil) }
    return time(&cursor).map { .some($0) }
  }

  /// Reads a time of the form that ``Timestamp`` writes.
  private mutating func time(_ cursor: inout ByteCursor) -> Timestamp? {
    guard cursor.take("\"") else { return nil }
    let start = cursor.offset
    if !cursor.takeCopy(of: day.range) {
      guard let date = cursor.text(upTo: "T"), date.count == 10,
        let midnight = Timestamp(utf8: date)
      else { return nil }
      day = KnownDay(range: start..<cursor.offset, midnight: midnight)
    }
    guard let hour = cursor.digits(2), hour < 24, cursor.take(":"),
      let minute = cursor.digits(2), minute < 60, cursor.take(":"),
      let second = cursor.digits(2), second < 60, cursor.take("."),
      let fraction = cursor.digits(6), cursor.take("Z\"")
    else { return nil }
    let seconds = (hour * 60 + minute) * 60 + second
    let time = day.midnight.advanced(byMicroseconds: seconds * 1_000_000 + fraction)
    return Timestamp.valid.contains(time) ? time : nil
  }
}

/// A text met before, and where it stood, with what ended it.
struct KnownText {
  var range = 0..<0
  var text = ""
}

/// A date met before, and where it stood, with the `T` after it.
private struct KnownDay {
  var range = 0..<0
  var midnight = Timestamp(microseconds: 0)
}
