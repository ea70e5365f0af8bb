import NetmonCore
import NetmonStore
import TestSupport

/// Records that share few values, with unknown ones among them, so that any filter meets all cases.
func randomRecords(_ count: Int, seed: UInt64) throws -> [Connection] {
  var generator = SplitMix(seed: seed)
  func pick<T>(_ values: [T]) -> T { values.randomElement(using: &generator) ?? values[0] }
  func maybe<T>(_ values: [T]) -> T? { pick([true, true, false]) ? pick(values) : nil }
  let addresses = ["10.0.0.1", "10.1.2.3", "192.0.2.7", "::1", "2001:db8::1", "2001:db8:1::443"]
    .compactMap { IPAddress($0) }
  return (0..<Int64(count)).map { number in
    var c = Connection(
      timestamp: .at(pick([0, 0, 0, 1, 2, 3, 1000])), transport: pick([.tcp, .tcp, .udp]),
      state: pick([.ESTABLISHED, .CLOSE, .LISTEN, .SYN_SENT]),
      local: Endpoint(pick(addresses), pick([0, 44, 443, 50000])),
      remote: Endpoint(pick(addresses), pick([0, 44, 443, 8443]))
    )
    c.origin = Origin(agent: pick(["a", "b*c", "0f"]), number: number)
    c.revision = pick([1, 2])
    c.process = ProcessDetails(
      identity: ProcessIdentity(pid: pick([0, 1, 42]), startTime: pick([0, 5])),
      name: pick(["", "curl", "cURL", "a*b", "nginx", "nul\0x", "c\0url"]),
      path: pick(["", "/usr/bin/curl", "/opt/[x]?", "/usr\0/bin"])
    )
    // A process is told apart by its start; this gives each its own, for exact expectations.
    c.process.userID = maybe([0, 33])
    c.process.user = maybe(["root", "www-data"])
    c.process.unit = maybe(["nginx.service", "a.service"])
    c.process.container = maybe(["3f2a"])
    c.process.parentID = maybe([1, 2])
    c.process.parentName = maybe(["systemd"])
    c.process.command = maybe(["curl -v", "nginx"])
    c.process = ProcessDetails(
      copying: c.process,
      identity: ProcessIdentity(
        pid: c.process.identity.pid,
        startTime: c.process.identity.startTime == 0 ? 0 : UInt64(number + 1))
    )
    c.host = maybe(["web-1", "db"])
    c.serviceName = maybe(["https", "domain"])
    c.direction = maybe([.outbound, .inbound, .listen])
    c.error = maybe([.ECONNREFUSED, .ECONNRESET])
    c.errorStage = maybe([.handshake, .route])
    c.errorSource = maybe([.kernel, .inferred])
    c.errorCause = maybe([.icmp, .local_abort])
    c.establishedAt = maybe([.at(1), .at(2)])
    c.closedAt = maybe([.at(2), .at(1000), .at(2000)])
    c.updatedAt = maybe([.at(3)])
    c.connectMicroseconds = maybe([0, 100])
    c.durationMicroseconds = maybe([5, 50])
    c.bytesSent = maybe([0, 10])
    c.bytesReceived = maybe([0, 20])
    c.rttMicroseconds = maybe([7])
    c.retransmits = maybe([0, 1])
    c.drops = maybe([0, 3])
    c.networkNamespace = maybe([4_026_531_840])
    return c
  }
}

extension ProcessDetails {
  fileprivate init(copying other: ProcessDetails, identity: ProcessIdentity) {
    self = other
    self.identity = identity
  }
}

/// A value of a record as lists are sorted: unknown first, then numbers, then texts by bytes.
struct SortValue: Comparable {
  private enum Kind: Equatable {
    case unknown
    case number(Int64)
    case text(String)
  }
  private let kind: Kind

  init(_ c: Connection, _ field: RecordField) {
    func number(_ value: (some BinaryInteger)?) -> Kind {
      value.map { .number(Int64($0)) } ?? .unknown
    }
    func text(_ value: String?) -> Kind { value.map { .text($0) } ?? .unknown }
    kind =
      switch field {
      case .id: number(c.id)
      case .timestamp: number(c.timestamp.microseconds)
      case .process_id: number(c.process.identity.pid)
      case .process_name: text(c.process.name)
      case .process_path: text(c.process.path)
      case .local_addr: text(c.local.description)
      case .remote_addr: text(c.remote.description)
      case .error: text(c.error?.name)
      case .service_name: text(c.serviceName)
      case .protocol: text(c.transport.name)
      case .state: text(c.state.name)
      case .host: text(c.host)
      case .origin: text(c.origin?.description)
      case .revision: number(c.revision)
      case .family: text(c.family.rawValue)
      case .direction: text(c.direction?.rawValue)
      case .errno: number(c.error?.number)
      case .error_stage: text(c.errorStage?.rawValue)
      case .error_source: text(c.errorSource?.rawValue)
      case .error_cause: text(c.errorCause?.rawValue)
      case .established_at: number(c.establishedAt?.microseconds)
      case .closed_at: number(c.closedAt?.microseconds)
      case .updated_at: number(c.updatedAt?.microseconds)
      case .connect_us: number(c.connectMicroseconds)
      case .duration_us: number(c.durationMicroseconds)
      case .bytes_sent: number(c.bytesSent)
      case .bytes_received: number(c.bytesReceived)
      case .rtt_us: number(c.rttMicroseconds)
      case .retransmits: number(c.retransmits)
      case .drops: number(c.drops)
      case .user_id: number(c.process.userID)
      case .user: text(c.process.user)
      case .unit: text(c.process.unit)
      case .container: text(c.process.container)
      case .parent_id: number(c.process.parentID)
      case .parent_name: text(c.process.parentName)
      case .command: text(c.process.command)
      case .netns: number(c.networkNamespace)
      }
  }

  static func < (a: Self, b: Self) -> Bool {
    switch (a.kind, b.kind) {
    case (.unknown, .unknown): false
    case (.unknown, _): true
    case (_, .unknown): false
    case (.number(let a), .number(let b)): a < b
    case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.number, .text): true
    case (.text, .number): false
    }
  }
}
