import Foundation
import NetmonCore

/// What the workload wrote down of one attempt, or of one connection that it accepted.
struct LoggedAttempt: Decodable, Sendable {
  /// How an attempt went on, as far as the application was told.
  enum Told: Hashable, Sendable {
    /// connect(2), SO_ERROR or sendto(2) had no error to tell.
    case success
    case error(ConnectionError)
    /// The application left before it was told anything.
    case nothing
  }

  var `class`: String
  var isInbound = false
  /// No record must come of it.
  var isNothing = false
  var mode = "fork"
  var pid: Int32
  var path: String
  var name: String
  /// The inode of the network namespace.
  var netns: Int64
  var `protocol` = TransportProtocol.tcp
  var isBlocking = true
  /// 0 when the application could not know it.
  var localPort: UInt16 = 0
  var remote: Endpoint
  var told = Told.success
  /// The error of what followed the attempt.
  var later: ConnectionError?
  /// How the application ended it: `closed`, `closed last` (after the peer), `aborted`, `gave up`,
  /// `lost`.
  var end = "closed"
  /// Bytes of data.
  var sent: Int64 = 0
  var received: Int64 = 0
  var start: Timestamp
  /// Microseconds from there to its end.
  var elapsed: Int64 = 0
  /// Microseconds from the beginning of the process to the attempt's end.
  var age: Int64 = 0
  /// As it was logged.
  var line = ""

  /// Reads a log of one attempt a line, in the order of their beginnings.
  static func list(_ log: Data) throws -> [LoggedAttempt] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try log.split(separator: UInt8(ascii: "\n")).map { line in
      var attempt = try decoder.decode(LoggedAttempt.self, from: line)
      attempt.line = String(decoding: line, as: UTF8.self)
      return attempt
    }.sorted { $0.start < $1.start }
  }
}

extension LoggedAttempt {
  private enum Key: String, CodingKey {
    case `class`, isInbound, isNothing, mode, pid, path, name, netns, `protocol`, isBlocking
    case localPort, remote, told, later, end, sent, received, start, elapsed, age
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    `class` = try fields.decode(String.self, forKey: .class)
    isInbound = try fields.decode(Bool.self, forKey: .isInbound)
    isNothing = try fields.decode(Bool.self, forKey: .isNothing)
    mode = try fields.decode(String.self, forKey: .mode)
    pid = try fields.decode(Int32.self, forKey: .pid)
    path = try fields.decode(String.self, forKey: .path)
    name = try fields.decode(String.self, forKey: .name)
    netns = try fields.decode(Int64.self, forKey: .netns)
    `protocol` = try fields.decode(String.self, forKey: .protocol) == "udp" ? .udp : .tcp
    isBlocking = try fields.decode(Bool.self, forKey: .isBlocking)
    localPort = try fields.decode(UInt16.self, forKey: .localPort)
    let remote = try fields.decode(String.self, forKey: .remote)
    guard let endpoint = Endpoint(remote) else {
      throw DecodingError.dataCorruptedError(
        forKey: .remote, in: fields, debugDescription: "'\(remote)' is no endpoint")
    }
    self.remote = endpoint
    told = try Self.told(fields.decode(Int32.self, forKey: .told))
    later = try ConnectionError(number: fields.decode(Int32.self, forKey: .later))
    end = try fields.decode(String.self, forKey: .end)
    sent = try fields.decode(Int64.self, forKey: .sent)
    received = try fields.decode(Int64.self, forKey: .received)
    start = Timestamp(microseconds: try fields.decode(Int64.self, forKey: .start))
    elapsed = try fields.decode(Int64.self, forKey: .elapsed)
    age = try fields.decode(Int64.self, forKey: .age)
  }

  private static func told(_ number: Int32) -> Told {
    switch number {
    case 0: .success
    default: ConnectionError(number: number).map { .error($0) } ?? .nothing
    }
  }
}
