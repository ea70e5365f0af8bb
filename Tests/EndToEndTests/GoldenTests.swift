import Foundation
import Testing

/// What tables look like on terminals of three widths. The expected output is in `Golden`, with ESC
/// as `␛`; `NETMON_UPDATE_GOLDEN=1` writes it anew.
@Suite(
  "Tables as they were", .enabled(if: SampleDatabase.isPossible, "needs curl"), .serialized)
struct GoldenTests {
  private let directory: TestDirectory
  private let environment: [String: String]

  init() async throws {
    directory = try TestDirectory()
    let records = Self.records
    let database = try await SampleDatabase.make(
      of: try JSONSerialization.data(withJSONObject: records), count: records.count, in: directory)
    environment = ["NETMON_DB": database]
  }

  private static let commands = [
    "query": "netmon query -n 8", "errors": "netmon errors",
    "errors-by": "netmon errors --by cause,host --since 30h", "proc": "netmon proc nginx -n 4",
    "fields": "netmon query -n 3 --fields pid,path,remote,error,state,host,timestamp",
    "nothing": "netmon query pid:7",
  ]

  @Test(arguments: commands.keys.sorted(), [40, 80, 200])
  func plain(name: String, columns: Int) async throws {
    let output = try await Terminal.run(
      try #require(Self.commands[name]), columns: columns,
      environment: environment.merging(["NO_COLOR": "1"]) { $1 })
    try expect(output, in: "\(name)-\(columns).txt")
  }

  @Test(arguments: ["query", "errors", "proc"])
  func coloured(name: String) async throws {
    let output = try await Terminal.run(
      try #require(Self.commands[name]), environment: environment)
    try expect(output.replacing("\u{1b}", with: "␛"), in: "\(name)-80-colour.txt")
  }

  private func expect(_ output: String, in name: String) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "Golden/\(name)")
    if ProcessInfo.processInfo.environment["NETMON_UPDATE_GOLDEN"] != nil {
      try Data(output.utf8).write(to: file)
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    #expect(output == expected, "run: NETMON_UPDATE_GOLDEN=1 swift test --filter GoldenTests")
  }

  // MARK: - Records

  /// The latest half an hour old, the others an hour apart: how long ago they were does not change
  /// while the test runs.
  private static var records: [[String: Any]] {
    let now = Date.now
    let processes = [
      ("curl", "/usr/bin/curl"), ("nginx", "/usr/sbin/nginx"), ("日本語サーバー", "/opt/日本/サーバー"),
      ("=\u{1b}[31m<b>\"\n", "/tmp/\u{202e}\u{7}x"),
    ]
    let errors: [(String, String, String)?] = [
      nil, ("ECONNREFUSED", "handshake", "peer_reset"), nil,
      ("ETIMEDOUT", "handshake", "timeout"), ("EHOSTUNREACH", "route", "no_route"),
    ]
    var records: [[String: Any]] = (0..<24).map { index in
      let (name, path) = processes[index % processes.count]
      let error = errors[index % errors.count]
      let address =
        index.isMultiple(of: 4)
        ? "[2001:db8:85a3:8d3:1319:8a2e:370:\(index)]" : "192.0.2.\(index % 5)"
      var record: [String: Any] = [
        "timestamp": now.addingTimeInterval(-1800 - 3600 * Double(index)).formatted(.iso8601),
        "process_id": 100 + index % processes.count, "process_name": name, "process_path": path,
        "local_addr": "192.0.2.100:\(40000 + index)", "remote_addr": "\(address):443",
        "service_name": "https", "protocol": "tcp", "state": error == nil ? "ESTABLISHED" : "CLOSE",
        "host": index.isMultiple(of: 2) ? "web-1" : "web-2",
        "direction": index.isMultiple(of: 3) ? "inbound" : "outbound",
        "connect_us": 830 * index, "bytes_sent": 1234 * index, "user": "www-data",
      ]
      if let (error, stage, cause) = error {
        record["error"] = error
        record["error_stage"] = stage
        record["error_cause"] = cause
      }
      return record
    }
    records.append([
      "timestamp": now.addingTimeInterval(-90_000).formatted(.iso8601), "process_id": 101,
      "process_name": "nginx", "process_path": "/usr/sbin/nginx", "local_addr": "0.0.0.0:80",
      "remote_addr": "0.0.0.0:0", "protocol": "tcp", "state": "LISTEN", "direction": "listen",
      "host": "web-2",
    ])
    return records
  }
}
