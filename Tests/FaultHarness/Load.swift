import NetmonCore
import TestSupport

/// Connections as a busy host has them: most end soon after they were opened, some fail, some stay.
struct Load {
  private let agent: String
  private var chance: SplitMix
  private var open: [Connection] = []

  init(agent: String, seed: Int) {
    self.agent = agent
    chance = SplitMix(seed: UInt64(truncatingIfNeeded: seed))
  }

  /// New connections under these numbers, and new revisions of earlier ones.
  mutating func records(_ numbers: Range<Int64>, at time: Timestamp) -> [Connection] {
    var records: [Connection] = []
    while open.count > 200 || !open.isEmpty && chance.below(3) > 0 {
      var connection = open.remove(at: chance.below(min(open.count, 8)))
      connection.revision += 1
      connection.updatedAt = time
      if chance.below(8) > 0 {
        close(&connection, at: time)
      } else {
        connection.bytesSent = Int64(chance.below(1_000_000))
        open.append(connection)
      }
      records.append(connection)
      if records.count > 2 * numbers.count { break }
    }
    for (offset, number) in numbers.enumerated() {
      var connection = opened(number, at: time.advanced(byMicroseconds: Int64(offset / 3)))
      if chance.below(10) == 0 {
        fail(&connection, at: time)
      } else {
        open.append(connection)
      }
      records.append(connection)
    }
    return records
  }

  private mutating func opened(_ number: Int64, at time: Timestamp) -> Connection {
    var connection = Connection(
      timestamp: time, transport: .tcp, state: .ESTABLISHED,
      local: Endpoint(Self.address(chance.below(4)), UInt16(32_768 + chance.below(28_000))),
      remote: Endpoint(Self.address(16 + chance.below(2000)), [443, 80, 5432][chance.below(3)]))
    let process = chance.below(50)
    connection.process = ProcessDetails(
      identity: ProcessIdentity(pid: Int32(1000 + process), startTime: UInt64(process + 1)),
      name: "worker-\(process)", path: "/usr/bin/worker-\(process)")
    connection.host = "load"
    connection.direction = .outbound
    connection.origin = Origin(agent: agent, number: number)
    connection.establishedAt = time
    connection.updatedAt = time
    return connection
  }

  private mutating func close(_ connection: inout Connection, at time: Timestamp) {
    connection.state = .CLOSE
    connection.closedAt = max(time, connection.timestamp)
    connection.durationMicroseconds = connection.closedAt?.microseconds(
      since: connection.timestamp)
    connection.bytesReceived = Int64(chance.below(1_000_000))
  }

  private mutating func fail(_ connection: inout Connection, at time: Timestamp) {
    close(&connection, at: time)
    connection.establishedAt = nil
    connection.error = [.ECONNREFUSED, .ECONNTIMEOUT][chance.below(2)]
    connection.errorStage = .handshake
    connection.errorSource = .kernel
  }

  private static func address(_ number: Int) -> IPAddress {
    IPAddress("10.0.\(number / 250).\(number % 250 + 1)") ?? .anyIPv4
  }
}
