import Foundation

/// A database of records that a server took in: connections that worked and several failures, of
/// several processes, one of them with a name that is out to do harm.
enum SampleDatabase {
  static let count = 30
  static let hostileName = "=\u{1b}[31m<script>\",\n\u{202e}"

  /// A span of time around them that does not depend on when it is asked for.
  static let span = [
    "--since", Date.now.addingTimeInterval(-3600).formatted(.iso8601),
    "--until", Date.now.addingTimeInterval(3600).formatted(.iso8601),
  ]

  /// Sending them takes curl.
  static let isPossible = ChildProcess.find("curl") != nil

  static func make(in directory: TestDirectory) async throws -> String {
    try await make(of: try records(), count: count, in: directory)
  }

  /// A database of records given as a JSON array.
  static func make(
    of records: Data, count: Int, in directory: TestDirectory
  ) async throws -> String {
    let (database, file) = (directory("sample.db"), directory("sample.json"))
    try records.write(to: URL(fileURLWithPath: file))
    let server = try await NetmonService.serve(database)
    let reply = try await ChildProcess.run(
      "curl",
      ["-sS", "-H", "Content-Type: application/json", "--data-binary", "@\(file)"]
        + ["\(server.url)/api/connections"])
    guard reply.output.contains("\"accepted\":\(count)"), await server.stop() == 0 else {
      throw Failure(reply: reply)
    }
    return database
  }

  struct Failure: Error {
    var reply: ChildProcess.Result
  }

  /// One a second up to now.
  private static func records() throws -> Data {
    let names = ["curl", "nginx", hostileName]
    let errors = [nil, "ECONNREFUSED", nil, "ETIMEDOUT", "EHOSTUNREACH"]
    let now = Date.now
    return try JSONEncoder().encode(
      (0..<count).map { index in
        let error = errors[index % errors.count]
        let host = index.isMultiple(of: 4) ? "[2001:db8::\(index)]" : "192.0.2.\(index)"
        return Sent(
          timestamp: now.addingTimeInterval(Double(index - count)).formatted(.iso8601),
          process_id: 100 + index % names.count, process_name: names[index % names.count],
          process_path: "/usr/bin/\(index % names.count)", local_addr: "192.0.2.1:\(40000 + index)",
          remote_addr: "\(host):443", error: error, service_name: "https", protocol: "tcp",
          state: error == nil ? "ESTABLISHED" : "CLOSE")
      })
  }

  private struct Sent: Encodable {
    var timestamp: String
    var process_id: Int
    var process_name: String
    var process_path: String
    var local_addr: String
    var remote_addr: String
    var error: String?
    var service_name: String
    var `protocol`: String
    var state: String
  }
}
