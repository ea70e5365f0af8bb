import Glibc
import NetmonCore

/// The rows as text, taken into a plain table of the documented columns by `sqlite3`'s `.import`.
struct ImportedRows {
  let cost: Measurement
  let size: Int

  /// Nil when `sqlite3` is not installed.
  init?(_ workload: IngestWorkload, in directory: TemporaryDirectory) throws(BenchError) {
    guard Program.isInstalled("sqlite3") else { return nil }
    let (rows, database) = (directory.path + "/rows.csv", directory.path + "/imported.db")
    try Self.write(workload, to: rows)
    let commands = [
      "PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL",
      """
      CREATE TABLE connections (id INTEGER PRIMARY KEY, timestamp TEXT, process_id INTEGER, \
      process_name TEXT, process_path TEXT, local_addr TEXT, remote_addr TEXT, error TEXT, \
      service_name TEXT, protocol TEXT, state TEXT)
      """,
      "CREATE INDEX by_time ON connections (timestamp)",
      "CREATE INDEX by_error ON connections (error)",
      "CREATE INDEX by_process ON connections (process_id)",
      ".import --csv \(rows) connections",
    ]
    let null = try Descriptor.null()
    let program = Program("sqlite3", [database] + commands)
    guard
      let cost = try Measurement.run(program, output: null.number, limit: .seconds(300))
    else { throw .unexpected("nothing within 300 s", from: "sqlite3") }
    self.cost = cost
    size = fileSize(database)
  }

  private static func write(
    _ workload: IngestWorkload, to path: String
  ) throws(BenchError) {
    guard let file = fopen(path, "w") else { throw .system(path, errno: errno) }
    defer { fclose(file) }
    var id = 0
    for host in 0..<workload.hosts {
      for number in 0..<workload.connectionsPerHost {
        id += 1
        let c = workload.record(number, of: host, isClosed: true)
        let values = [
          "\(id)", c.timestamp.description, "\(c.process.identity.pid)", c.process.name,
          c.process.path, c.local.description, c.remote.description, c.error?.name ?? "",
          c.serviceName ?? "", c.transport.name, c.state.name,
        ]
        fputs(values.joined(separator: ",") + "\n", file)
      }
    }
  }
}

/// The size of a file in bytes; 0 when there is none.
func fileSize(_ path: String) -> Int {
  var status = stat()
  return stat(path, &status) == 0 ? status.st_size : 0
}
