import NetmonCore
import TestSupport

/// Connections of 200 hosts over seven days, oldest first, to fill a store with.
///
/// Each host has ten processes, and each process sixty remote ends that it talks to, some much more
/// often than others; one connection of ten goes to any of 50,000 addresses. One of twenty fails,
/// and of the last ones some are open still.
struct StoreWorkload: Sendable {
  let rows: Int
  /// When the last one opens.
  var end: Timestamp
  /// Microseconds between two connections after `end`.
  var laterStep: Int64 = 1000

  static let hosts = 200
  static let processesPerHost = 10
  static let addresses = 50_000
  static let days: Int64 = 7

  /// A connection by its number; also beyond `rows`, later and later.
  func record(_ number: Int, of total: Int? = nil) -> Connection {
    var random = SplitMix(seed: UInt64(number) &* 0x2545_F491_4F6C_DD1D)
    let span = Self.days * 86_400_000_000
    let age =
      number < rows
      ? span - Int64(Double(span) * Double(number) / Double(rows))
      : Int64(rows - number) * laterStep
    let time = end.advanced(byMicroseconds: -age)
    let host = random.skewed(Self.hosts)
    let process = random.skewed(Self.processesPerHost)
    let (port, service) = Self.services[random.skewed(Self.services.count)]
    let favourite =
      (host * Self.processesPerHost + process) * 8191 + random.skewed(60) * 211
    let remote = random.below(10) == 0 ? random.below(Self.addresses) : favourite % Self.addresses
    let fails = random.below(20) == 0
    let isOpen = number > rows - rows / 200 && random.below(20) == 0
    let lifetime = Int64(1000 + random.below(3_000_000))
    let closed = time.advanced(byMicroseconds: lifetime)

    var c = Connection(
      timestamp: time, transport: .tcp, state: isOpen ? .ESTABLISHED : .CLOSE,
      local: Endpoint(
        IPAddress(ipv4: 0x0A00_0000 + UInt32(host)), UInt16(32_768 + random.below(28_000))),
      remote: Endpoint(Self.address(remote), port))
    c.origin = Origin(agent: "\(0x0A11_0000_0000_0000 + host)", number: Int64(number + 1))
    c.revision = isOpen ? 1 : 2
    c.host = "web-\(host).example"
    c.direction = .outbound
    c.serviceName = service
    c.process = Self.process(process, of: host)
    c.networkNamespace = 4_026_531_840
    c.updatedAt = isOpen ? time : closed
    if isOpen { return c }
    c.closedAt = closed
    c.durationMicroseconds = lifetime
    if fails {
      c.error = random.below(3) == 0 ? .ECONNTIMEOUT : .ECONNREFUSED
      c.errorStage = .handshake
      c.errorSource = .kernel
      c.errorCause = c.error == .ECONNREFUSED ? .peer_reset : .timeout
    } else {
      c.connectMicroseconds = Int64(random.below(1000))
      c.establishedAt = time.advanced(byMicroseconds: c.connectMicroseconds ?? 0)
      c.bytesSent = Int64(random.below(5000))
      c.bytesReceived = Int64(random.below(200_000))
      c.rttMicroseconds = c.connectMicroseconds
    }
    return c
  }

  static func pid(_ index: Int, of host: Int) -> Int { 1000 + host * 17 + index * 3571 }

  static func process(_ index: Int, of host: Int) -> ProcessDetails {
    let name = "service-\(index * 5 + host % 5)"
    var process = ProcessDetails(
      identity: ProcessIdentity(
        pid: Int32(pid(index, of: host)), startTime: UInt64(1000 + host)),
      name: name, path: "/usr/lib/\(name)/bin/\(name)")
    process.userID = UInt32(1000 + index)
    process.user = "user-\(index)"
    process.unit = "\(name).service"
    return process
  }

  /// One of twenty is an IPv6 address.
  static func address(_ index: Int) -> IPAddress {
    index % 20 == 7
      ? IPAddress(high: 0x2001_0DB8_0000_0000, low: UInt64(index))
      : IPAddress(ipv4: 0x1700_0000 + UInt32(index) * 251)
  }

  private static let services: [(UInt16, String?)] = [
    (443, "https"), (5432, "postgresql"), (6379, nil), (80, "http"), (53, "domain"), (8443, nil),
  ]
}
