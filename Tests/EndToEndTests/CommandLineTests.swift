import Foundation
import Testing

/// The same answers from a database, a server and the kernel, in every format.
@Suite("netmon query, errors and proc")
struct CommandLineTests {
  private let directory: TestDirectory

  init() throws {
    directory = try TestDirectory()
  }

  @Suite("from a database and its server", .enabled(if: SampleDatabase.isPossible, "needs curl"))
  struct Sample {
    private let directory: TestDirectory
    private let database: String
    private let server: NetmonService

    init() async throws {
      directory = try TestDirectory()
      database = try await SampleDatabase.make(in: directory)
      server = try await NetmonService.serve(database)
    }

    @Test(
      "The server answers as the database, in every format",
      arguments: ["query", "errors", "proc *"], ["table", "json", "jsonl", "csv"])
    func sources(command: String, format: String) async throws {
      for limit in ["0", "2", "100"] {
        let question =
          command.split(separator: " ").map(String.init)
          + ["--limit", limit, "-o", format] + SampleDatabase.span
        let stored = try await Netmon.run(question + ["--db", database])
        let served = try await Netmon.run(question + ["--server", server.url])
        #expect(stored.status == 0)
        #expect(served.status == 0)
        #expect(served.output == stored.output, "limit \(limit)")
      }
    }

    @Test("Every format has the same records in the same order")
    func formats() async throws {
      let records = try await Netmon.query(["--db", database])
      #expect(records.count == SampleDatabase.count)
      #expect(records == records.sorted { ($0.timestamp, $0.id) > ($1.timestamp, $1.id) })
      func print(_ format: String) async throws -> String {
        try await Netmon.run(["query", "-o", format, "--db", database]).output
      }
      let lines = try await print("jsonl").split(separator: "\n")
      #expect(try Record.list("[" + lines.joined(separator: ",") + "]") == records)
      let csv = try await print("csv")
      #expect(csv.hasPrefix("id,timestamp,process_id,process_name,process_path,local_addr,"))
      #expect(csv.matches(of: /\r\n([0-9]+),/).map { $0.1 } == records.map { "\($0.id)" })
      let table = try await print("table").split(separator: "\n").map { $0.prefix { $0 != " " } }
      #expect(table == ["TIME"] + records.map { $0.timestamp[...] })
    }

    @Test("--limit cuts, --count does not mind, --sort orders")
    func limits() async throws {
      for source in [["--db", database], ["--server", server.url]] {
        let all = try await Netmon.query(source)
        let counted = try await Netmon.run(["query", "--count", "--limit", "1"] + source)
        #expect(counted.output == "\(all.count)\n")
        for limit in [1, SampleDatabase.count, Int.max] {
          let result = try await Netmon.run(
            ["query", "-o", "json", "--limit", "\(limit)"] + source)
          try #require(result.status == 0)
          #expect(try Record.list(result.output) == Array(all.prefix(limit)))
        }
        let sorted = try await Netmon.query(source + ["--sort", "process_id"])
        #expect(sorted.map(\.process_id) == all.map(\.process_id).sorted())
        // Fields have the names here that they have elsewhere.
        #expect(try await Netmon.query(source + ["--sort", "pid"]) == sorted)
      }
    }

    @Test("Nothing found is no mistake", arguments: ["table", "json", "jsonl", "csv"])
    func nothing(format: String) async throws {
      for source in [["--db", database], ["--server", server.url]] {
        let result = try await Netmon.run(["query", "pid:7", "-o", format] + source)
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
        switch format {
        case "json": #expect(result.output == "[]\n")
        case "csv": #expect(result.output.hasPrefix("id,timestamp,"))
        default: #expect(result.output.isEmpty)
        }
      }
    }

    @Test("The environment says where to look, and options win over it")
    func environment() async throws {
      let away = ["NETMON_SERVER": "http://127.0.0.1:1", "NETMON_DB": "/proc/no/netmon.db"]
      for environment in [
        ["NETMON_DB": database], ["NETMON_DB": database, "NETMON_SERVER": server.url],
        ["NETMON_SERVER": server.url],
      ] {
        let result = try await Netmon.run(["query", "--count"], environment: environment)
        #expect(result.output == "\(SampleDatabase.count)\n")
      }
      for source in [["--db", database], ["--server", server.url], ["--live"]] {
        let result = try await Netmon.run(["query", "--count"] + source, environment: away)
        #expect(result.status == 0, "\(result.errors)")
      }
    }
  }

  @Test("The kernel lists what a collector records")
  func live() async throws {
    let (pair, database) = (try TCPPair(), directory("netmon.db"))
    let run = try await Netmon.run(["collect", "--once", "--db", database])
    try #require(run.status == 0)
    let live = try await Netmon.query(["--live"] + pair.filter)
    let stored = try await Netmon.query(["--db", database] + pair.filter)
    #expect(live.count == 3)
    #expect(Set(live.map(\.socket)) == Set(stored.map(\.socket)))
    let counted = try await Netmon.run(["query", "--live", "--count"] + pair.filter)
    #expect(counted.output == "3\n")
  }

  @Test("That --live leaves out netmon's own sockets is said")
  func liveWithoutItself() async throws {
    let server = try await NetmonService.serve(directory("own.db"))
    let listener = ["state:LISTEN", "port:\(server.port)"]
    for options in [[], ["--count"], ["--limit", "1", "-o", "json"]] {
      let result = try await Netmon.run(["query", "--live"] + options + listener)
      #expect(result.status == 0)
      #expect(result.errors == "netmon: 1 socket of netmon itself is left out: --include-self\n")
    }
    let shown = try await Netmon.run(["query", "--live", "--include-self", "--count"] + listener)
    #expect(shown.output == "1\n" && shown.errors == "")
    _ = await server.stop()
  }

  @Test("What --live prints is what it filters by")
  func liveNumbers() async throws {
    let all = try await Netmon.query(["--live"])
    try #require(!all.isEmpty)
    let first = try await Netmon.query(["--live", "id:1"])
    #expect(first.count == 1 && first.first?.id == 1)
    #expect(try await Netmon.query(["--live", "origin:live/*"]).isEmpty)
  }

  @Test("An explanation for programs", arguments: ["json", "jsonl"])
  func explanation(format: String) async throws {
    struct Explanation: Decodable {
      var error: String
      var errno: Int
      var causes: [String]
      var steps: [Step]

      struct Step: Decodable {
        var text: String
        var command: String?
      }
    }
    let result = try await Netmon.run(["errors", "--explain", "ETIMEDOUT", "-o", format])
    #expect(result.output.count { $0 == "\n" } == 1)
    let explanation = try JSONDecoder().decode(Explanation.self, from: Data(result.output.utf8))
    #expect(explanation.error == "ECONNTIMEOUT" && explanation.errno == 110)
    #expect(!explanation.causes.isEmpty && explanation.steps.contains { $0.command != nil })
  }

  @Test(
    "Anyone may look at the kernel",
    .enabled(if: geteuid() == 0, "needs root, to become somebody else"),
    .enabled(if: ChildProcess.find("setpriv") != nil, "needs setpriv (Debian: util-linux)"))
  func unprivileged() async throws {
    let pair = try TCPPair()
    // The directory of the build may be closed to others.
    let netmon = try await directory.copy(of: BuiltProducts.netmon, named: "netmon")
    let result = try await ChildProcess.run(
      "setpriv",
      ["--reuid", "65534", "--regid", "65534", "--clear-groups", netmon]
        + ["query", "--live", "port:\(pair.listener.port)", "-o", "json"],
      environment: Netmon.environment)
    #expect(result.status == 0)
    let records = try Record.list(result.output)
    #expect(records.count == 3)
    // Whose they are is not for others to know.
    #expect(Set(records.map(\.process_id)) == [0])
    #expect(Set(records.map(\.process_name)) == [""])
  }
}

extension Record {
  /// What the kernel says of it.
  fileprivate var socket: [String] {
    [`protocol`, local_addr, remote_addr, state, direction ?? "", process_name, process_path]
  }
}
