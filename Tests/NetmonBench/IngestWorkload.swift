import NetmonCore
import TestSupport

/// What the collectors of many hosts deliver while a server keeps up with them: every connection
/// twice, when it opened and when it has closed, in requests as a collector makes them.
///
/// The hosts take turns. A request of one host holds what opened there since its last one, and the
/// ends of what that one told to be open. Skewed as real traffic is: few processes and addresses
/// make most of it, and one connection of twenty fails.
struct IngestWorkload: Sendable {
  let connections: Int
  let hosts: Int
  /// Records in a full request.
  let batch: Int
  /// Those of a host; its records share them in memory, as those that a collector follows do.
  private let processes: [ProcessDetails]

  private static let addresses = 50_000
  /// Connections that all hosts together open in a second: half of the records.
  private static let rate = 50_000
  private static let start = Timestamp(microseconds: 1_790_000_000_000_000)

  init(connections: Int, hosts: Int, batch: Int, processes: Int = 2000) {
    self.connections = connections
    self.hosts = hosts
    self.batch = batch
    self.processes = (0..<max(processes / hosts, 1)).map(Self.process)
  }

  /// One request: the records `opened` of a host, and those `closed`, by their number there.
  struct Request: Sendable {
    var host: Int
    var opened: Range<Int>
    var closed: Range<Int>
    var count: Int { opened.count + closed.count }
  }

  /// The requests in the order in which they are due.
  var requests: [Request] {
    let chunk = max(batch / 2, 1)
    let rounds = (connectionsPerHost + chunk - 1) / chunk
    let ends = (-1...rounds).map { min(max($0 * chunk, 0), connectionsPerHost) }
    return (0...rounds).flatMap { round in
      (0..<hosts).map { host in
        let (from, middle) = (ends[round], ends[round + 1])
        let to = round < rounds ? ends[round + 2] : middle
        return Request(host: host, opened: middle..<to, closed: from..<middle)
      }
    }
  }

  var connectionsPerHost: Int { max(connections / hosts, 1) }
  var records: Int { 2 * hosts * connectionsPerHost }

  /// The records of a request, in the order of their times.
  func records(of request: Request) -> [Connection] {
    request.closed.map { record($0, of: request.host, isClosed: true) }
      + request.opened.map { record($0, of: request.host, isClosed: false) }
  }

  static func agent(ofHost host: Int) -> String {
    let digits = String(0xA11C_E000 + host, radix: 16)
    return digits + digits
  }

  /// The record of the connection of that number at a host.
  func record(_ number: Int, of host: Int, isClosed: Bool) -> Connection {
    var random = SplitMix(seed: UInt64(host) << 32 | UInt64(number))
    let spacing = 1_000_000 * hosts / Self.rate
    let phase = spacing * (batch / 2) * host / hosts
    let time = Self.start.advanced(
      byMicroseconds: Int64(phase + spacing * number + random.below(spacing)))
    let (port, service) = Self.services[random.skewed(Self.services.count)]
    var c = Connection(
      timestamp: time, transport: .tcp, state: isClosed ? .CLOSE : .ESTABLISHED,
      local: Endpoint(
        IPAddress(ipv4: 0x0A00_0000 + UInt32(host)), UInt16(32_768 + random.below(28_000))),
      remote: Endpoint(Self.address(random.skewed(Self.addresses)), port))
    c.origin = Origin(agent: Self.agent(ofHost: host), number: Int64(number + 1))
    c.host = "web-\(host).example"
    c.direction = .outbound
    c.serviceName = service
    c.process = processes[random.skewed(processes.count)]
    c.networkNamespace = 4_026_531_840
    let latency = Int64(100 + random.below(40_000))
    let lifetime = latency + Int64(1000 + random.below(3_000_000))
    let fails = random.below(20) == 0
    c.updatedAt = time.advanced(byMicroseconds: latency)
    if !fails {
      c.establishedAt = c.updatedAt
      c.connectMicroseconds = latency
    } else if !isClosed {
      c.state = .SYN_SENT
    }
    guard isClosed else { return c }
    c.revision = 2
    c.closedAt = time.advanced(byMicroseconds: lifetime)
    c.updatedAt = c.closedAt
    c.durationMicroseconds = lifetime
    c.retransmits = fails ? 3 : 0
    if fails {
      c.error = random.below(3) == 0 ? .ECONNTIMEOUT : .ECONNREFUSED
      c.errorStage = .handshake
      c.errorSource = .kernel
      c.errorCause = c.error == .ECONNREFUSED ? .peer_reset : .timeout
    } else {
      c.bytesSent = Int64(random.below(5000))
      c.bytesReceived = Int64(random.below(200_000))
      c.rttMicroseconds = latency
    }
    return c
  }

  private static func process(_ index: Int) -> ProcessDetails {
    let name = "service-\(index)"
    var process = ProcessDetails(
      identity: ProcessIdentity(pid: Int32(1000 + 17 * index), startTime: 0),
      name: name, path: "/usr/lib/\(name)/bin/\(name)")
    process.userID = UInt32(1000 + index)
    process.user = "user-\(index)"
    process.unit = "\(name).service"
    process.parentID = 1
    process.parentName = "systemd"
    return process
  }

  /// One of twenty is an IPv6 address.
  private static func address(_ index: Int) -> IPAddress {
    index % 20 == 7
      ? IPAddress(high: 0x2001_0DB8_0000_0000, low: UInt64(index))
      : IPAddress(ipv4: 0x1700_0000 + UInt32(index) * 251)
  }

  private static let services: [(UInt16, String?)] = [
    (443, "https"), (5432, "postgresql"), (6379, nil), (80, "http"), (53, "domain"), (8443, nil),
  ]
}
