import Arguments
import Compression
import Glibc
import NetmonCore
import NetmonStore

/// `netmon-bench ingest`: how many records a second a server takes.
enum IngestCommand {
  struct Options: Sendable {
    var connections = 500_000
    var hosts = 200
    var batch = 2000
    var clients = 32
    var isPlain = false
    var netmon: String?
  }

  static let declaration = Command<NetmonBench.Action>(
    "ingest",
    summary: "Deliver records to a server, and compare with bare SQLite",
    discussion: """
      Two records of every connection, as collectors send them, are delivered over HTTP to a \
      server that is started for it. Then the same rows are written by bare SQLite, and imported \
      by sqlite3. The result is printed as Markdown.
      """,
    options: Options()
  ) {
    Option(
      "connections", \.connections, in: 1000...10_000_000,
      help: "how many connections, of two records each")
    Option("hosts", \.hosts, in: 1...1000, help: "how many hosts they are of")
    Option("batch", \.batch, in: 2...20_000, help: "records in a request")
    Option("clients", \.clients, in: 1...64, help: "requests under way at a time")
    Flag("plain", \.isPlain, help: "send uncompressed")
    Option("netmon", \.netmon, "FILE", help: "the netmon to measure (default: the one built here)")
  } action: { options in
    { try run(options) }
  }

  private static func run(_ options: Options) throws {
    let facts = MachineFacts()
    let netmon = try options.netmon ?? Program.built("netmon")
    let directory = try TemporaryDirectory()
    let workload = IngestWorkload(
      connections: options.connections, hosts: options.hosts, batch: options.batch)
    let requests = workload.requests.filter { $0.count > 0 }
    NetmonBench.say("preparing \(workload.records) records in \(requests.count) requests\n")
    var table = IngestTable(records: workload.records)
    let bodies = try prepare(requests, of: workload, options, &table)

    try measureCollector(&table)

    NetmonBench.say("delivering them\n")
    let database = directory.path + "/netmon.db"
    let run = try IngestRun(
      netmon: netmon, database: database, bodies: bodies, clients: options.clients)
    table.add(run, rowSize: Double(fileSize(database)) / Double(workload.records / 2))

    for size in [1, Self.bareGroup] {
      NetmonBench.say("writing the same rows with nothing but SQLite\n")
      let bare = try BareInsertion(of: database, into: directory.path + "/bare-\(size).db")
      let (cost, _) = try Measurement.of { try bare.run(requests, together: size) }
      table.add(
        "bare SQLite, the same rows and indexes, "
          + (size == 1 ? "a transaction for each request" : "\(size) requests a transaction"), cost)
    }

    if let imported = try ImportedRows(workload, in: directory) {
      table.add(
        "`sqlite3 .import` of the final rows as text, three indexes", imported.cost,
        records: workload.records / 2,
        rowSize: Double(imported.size) / Double(workload.records / 2))
    }
    print(
      """
      \(workload.records / 2) connections of \(options.hosts) hosts, \(options.batch) records a \
      request, \(options.isPlain ? "uncompressed" : "gzip"), \(options.clients) requests at a \
      time. \(facts)

      \(table.markdown)
      """)
  }

  /// What a collector's own transactions cost: in the order of time, of one host.
  private static func measureCollector(_ table: inout IngestTable) throws {
    let directory = try TemporaryDirectory()
    let store = try Store(path: directory.path + "/collector.db")
    let workload = IngestWorkload(connections: sample / 2, hosts: 1, batch: 8192, processes: 100)
    var cpu = Duration.zero
    for request in workload.requests {
      let records = workload.records(of: request)
      cpu += try Measurement.of { try store.record(records) }.0.cpu
    }
    table.addStage(
      "`Store.record` of 8,192 records of one host at a time, alone", cpu,
      records: workload.records)
  }

  /// The requests as bytes; meanwhile measures what reading and storing some of them costs.
  private static func prepare(
    _ requests: [IngestWorkload.Request], of workload: IngestWorkload, _ options: Options,
    _ table: inout IngestTable
  ) throws -> [[UInt8]] {
    let directory = try TemporaryDirectory()
    let store = try Store(path: directory.path + "/alone.db")
    var reading = Duration.zero
    var readingExactly = Duration.zero
    var storing = Duration.zero
    var (bytes, sampled) = (0, 0)
    let bodies = try requests.map { request in
      var lines = JSONWriter(capacity: request.count * 700)
      for record in workload.records(of: request) {
        record.write(to: &lines)
        lines.endLine()
      }
      if sampled < Self.sample {
        sampled += request.count
        bytes += lines.bytes.count
        let (read, document) = try Measurement.of {
          try RecordReader.read(lines.bytes, as: .lines)
        }
        reading += read.cpu
        // A space is enough to make the record one that others may have written.
        let foreign = Array(
          String(decoding: lines.bytes, as: UTF8.self).replacing("{", with: "{ ").utf8)
        readingExactly += try Measurement.of { try RecordReader.read(foreign, as: .lines) }.0.cpu
        storing += try Measurement.of { try store.record(document.connections) }.0.cpu
      }
      guard !options.isPlain, let packed = Gzip.compress(lines.bytes) else {
        return IngestClient.request(body: lines.bytes, isGzip: false)
      }
      return IngestClient.request(body: packed, isGzip: true)
    }
    table.addStage(
      "reading JSON of \(bytes / max(sampled, 1)) bytes a record, alone", reading, records: sampled)
    table.addStage("the same written by others, alone", readingExactly, records: sampled)
    table.addStage("`Store.record` of one request at a time, alone", storing, records: sampled)
    return bodies
  }

  /// Requests in a transaction of bare SQLite, beside one each.
  private static let bareGroup = 20
  /// How many records are read and stored alone.
  private static let sample = 200_000
}
