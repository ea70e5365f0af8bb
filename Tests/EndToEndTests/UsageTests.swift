import Testing

/// What is typed wrong is answered with one line and exit status 2, before anything is done.
@Suite("Usage mistakes")
struct UsageTests {
  /// If a mistake were taken for right, there would be no database to write.
  @Test("One line names the command", arguments: mistakes)
  func mistake(line: String) async throws {
    let arguments = line.split(separator: " ").map { $0 == "''" ? "" : String($0) }
    let result = try await Netmon.run(
      arguments, environment: ["NETMON_DB": "/proc/no/netmon.db"], lifetime: .seconds(20))
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.hasPrefix("netmon"))
    #expect(result.errors.hasSuffix("\n"))
    #expect(result.errors.count { $0 == "\n" } == 1, "\(result.errors)")
  }

  @Test(
    "A slip of the finger is met with what was meant",
    arguments: [
      "qurey": "query", "query --limt 5": "--limit", "query --error ECONREFUSED": "ECONNREFUSED",
      "query stat:LISTEN": "state", "query --sort remote_adr": "remote_addr",
      "query --fields id,stat": "state",
      "errors --by proces": "process", "--verison": "--version",
    ])
  func suggestion(line: String, meant: String) async throws {
    let result = try await Netmon.run(line.split(separator: " ").map(String.init))
    #expect(result.status == 2)
    #expect(result.errors.contains("did you mean '\(meant)'?"))
  }

  @Test(
    "A mistake in a filter is told with its place",
    arguments: [
      (["erorr:any"], "at character 1 of 'erorr:any'"),
      (["a", "pid:x"], "at character 5 of 'pid:x'"),
      (["error=any"], "at character 1 of"), (["\"curl"], "at character 1 of"),
      (["-"], "at character 1 of '-'"), (["--pid", "1,x"], "at character 3 of '1,x'"),
    ])
  func places(arguments: [String], place: String) async throws {
    for command in ["query", "errors"] {
      let result = try await Netmon.run([command] + arguments)
      #expect(result.status == 2)
      #expect(result.errors.hasSuffix("(\(place))\n") || result.errors.contains("(\(place) "))
    }
  }

  @Test(
    "A password in a URL is not shown again",
    arguments: ["http://me:geheim@localhost:8080", "me:geheim@localhost", "http://geheim@[::1"])
  func password(url: String) async throws {
    for environment in [[:], ["NETMON_SERVER": url]] {
      let options = environment.isEmpty ? ["--server", url] : []
      let result = try await Netmon.run(["query"] + options, environment: environment)
      #expect(result.status == 2)
      #expect(!result.errors.contains("geheim"), "\(result.errors)")
      #expect(result.errors.contains("no user"))
    }
  }

  @Test("What a message quotes is made visible")
  func hostileArguments() async throws {
    let evil = "\u{1b}[2J\u{9b}\n\u{202e}x"
    for arguments in [
      ["query", "--sort", evil], ["query", "--fields", evil], ["errors", "--by", evil],
      ["errors", "--explain", evil], ["query", "state:\(evil)"], [evil], ["query", "--\(evil)"],
      ["query", "--db", "/tmp/\(evil)"], ["proc", evil, "--live"], ["query", "--server", evil],
      ["serve", "--host", evil], ["collect", "--source", evil],
    ] {
      let result = try await Netmon.run(arguments)
      let shown = result.output + result.errors
      let controls = shown.unicodeScalars.filter {
        [.control, .format].contains($0.properties.generalCategory) && $0 != "\n"
      }
      #expect(controls.isEmpty, "\(arguments)")
      #expect(result.errors.count { $0 == "\n" } == 1, "\(result.errors)")
    }
  }

  /// Every option of every command, and what takes none; `''` is an empty argument.
  private static let mistakes =
    [
      "frobnicate", "--frobnicate", "help frobnicate", "completions", "completions tcsh",
      "serve now", "serve --host", "serve --port", "serve --port x", "serve --port -1",
      "serve --port 65536", "serve --db", "serve --db ''", "serve --collect=yes",
      "serve --retention 1s", "serve --retention forever", "serve --interval 1ms",
      "serve --source ebpf", "serve --host-name", "serve --host-name ''",
      "serve --tokens ''", "serve --max-rate 0", "serve --max-failures 0",
      "collect --token-file ''", "query --token-file", "token create now", "token revoke",
      "collect now", "collect --server", "collect --server ''", "collect --server localhost",
      "collect --server ftp://localhost", "collect --db ''", "collect --retention 11y",
      "collect --interval 2h", "collect --source x", "collect --host-name ''", "collect --once=1",
      "collect -o xml", "collect -x",
      "proc", "proc ''", "proc a b", "proc a --limit -1", "proc a -o xml", "proc a --since soon",
      "proc a --live --db x.db", "proc 99999999999999999999",
      "errors --live", "errors --explain EPIPE -o csv", "errors --by ''", "errors --by x",
      "errors --by error,,pid",
      "errors --limit -1", "errors --follow", "errors --follow -o json", "errors --follow -o csv",
      "query --follow --live", "query --follow --count", "query --follow --gaps",
      "query --follow --sort pid", "query --follow -o json", "query --follow --fields id",
      "query --fields", "query --fields ''", "query --fields id,,pid",
      "query --fields x", "query --fields id --gaps",
    ] + ["query", "errors"].flatMap { command in sharedMistakes.map { "\(command) \($0)" } }

  /// Of the options that list and count have in common.
  private static let sharedMistakes = [
    "-x", "--frobnicate", "--server x", "--server http://", "--server http://[::1", "--db ''",
    "--live --server http://127.0.0.1:1", "--db x.db --server http://127.0.0.1:1", "--live=1",
    "--limit", "--limit x", "--limit 1.5", "--limit 99999999999999999999", "-o xml", "-o",
    "--error", "--error ''", "--error EFOO", "--error any,EFOO", "--pid x", "--pid -1,x",
    "--process ''", "--remote 300.1.1.1", "--remote 127.0.0.1/33", "--remote localhost",
    "--remote :70000", "--state ''", "--state OPEN", "--protocol icmp", "--host ''",
    "--since soon", "--until ''", "--since 2026-13-01", "--pid 1 --pid 2",
    "frob:x", "error:", "pid:x", "port:5-1", "latency:>x", "bytes:>", "duration:soon", "-", "\"x",
    "since:", "AND", "a OR b", "!curl", "error!=any", "(x", "latency:>5", "since:", "state:FOO",
    "direction:up", "protocol:sctp", "remote:::1/129", "-frob:x",
  ]
}
