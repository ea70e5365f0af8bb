import Foundation
import GRDB
public import NetmonCore
import NetmonStore

/// A directory that goes with its owner.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/netmon-store-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  var file: String { path + "/netmon.db" }

  /// Another connection to the file, to look at it or to change it behind netmon's back.
  func database() throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    configuration.busyMode = .timeout(10)
    return try DatabaseQueue(path: file, configuration: configuration)
  }

  /// Runs SQL behind netmon's back.
  func execute(_ sql: String) throws {
    try database().write { try $0.execute(sql: sql) }
  }

  /// The rows of a query, each as its values joined by `|`.
  func rows(_ sql: String) throws -> [String] {
    try database().read { db in
      try Row.fetchAll(db, sql: sql).map { row in
        row.databaseValues.map {
          String.fromDatabaseValue($0) ?? Int64.fromDatabaseValue($0).map(String.init) ?? "NULL"
        }
        .joined(separator: "|")
      }
    }
  }

  /// What holds of every file, whatever was done to it.
  func brokenRules() throws -> [String] {
    try database().read { db in
      try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
        + Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map(\.description)
        + String.fetchAll(
          db,
          sql:
            "SELECT 'twice: ' || agent_id || '/' || number FROM connection GROUP BY agent_id, number, opened_at HAVING count(*) > 1"
        )
    }
  }
}

extension Timestamp {
  /// 2026-11-22T10:00:00Z and so many microseconds.
  static func at(_ microseconds: Int64) -> Timestamp {
    Timestamp(microseconds: 1_795_341_600_000_000 + microseconds)
  }
}

extension Endpoint: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) {
    self = Endpoint(text) ?? Endpoint(.anyIPv4, 0)
  }
}

/// A record with little in it.
func sample(
  at time: Int64 = 0, process: String = "curl", pid: Int32 = 42, local: Endpoint = "10.0.0.1:50000",
  remote: Endpoint = "192.0.2.7:443", error: ConnectionError? = nil, state: TCPState? = nil,
  closedAfter: Int64? = 1000, origin: Origin? = nil, revision: Int64 = 1
) -> Connection {
  var connection = Connection(
    timestamp: .at(time), transport: .tcp,
    state: state ?? (closedAfter == nil ? .ESTABLISHED : .CLOSE), local: local, remote: remote
  )
  connection.process = ProcessDetails(
    identity: ProcessIdentity(pid: pid, startTime: 777), name: process, path: "/usr/bin/" + process
  )
  connection.error = error
  connection.closedAt = closedAfter.map { .at(time + $0) }
  connection.direction = .outbound
  connection.origin = origin
  connection.revision = revision
  return connection
}

/// A record with something in every field.
func completeSample() -> Connection {
  var c = sample(error: .ECONNRESET, origin: Origin(agent: "other-1", number: 9), revision: 3)
  c.transport = .udp
  c.direction = .inbound
  c.local = "[2001:db8::1]:53"
  c.remote = "[fe80::2]:40000"
  c.establishedAt = .at(10)
  c.updatedAt = .at(20)
  c.host = "web-1"
  c.serviceName = "domain"
  c.errorStage = .datagram
  c.errorSource = .application
  c.errorCause = .peer_reset
  c.connectMicroseconds = 5
  c.durationMicroseconds = 6
  c.bytesSent = 7
  c.bytesReceived = .max
  c.rttMicroseconds = 8
  c.retransmits = 9
  c.drops = 10
  c.networkNamespace = 4_026_531_840
  c.inode = 12345
  c.process.userID = .max
  c.process.user = "www-data"
  c.process.unit = "nginx.service"
  c.process.container = "3f2a"
  c.process.parentID = 1
  c.process.parentName = "systemd"
  c.process.command = "nginx -g 'daemon off;'"
  return c
}

extension Store {
  /// All records in newest-first order.
  func all(_ filter: Filter = Filter()) throws -> [Connection] {
    try connections(ConnectionQuery(filter: filter, limit: nil)).connections
  }
}

extension Connection {
  /// Without what the store has given it.
  var bare: Connection {
    var copy = self
    copy.id = nil
    copy.origin = nil
    return copy
  }
}
