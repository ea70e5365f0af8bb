import Foundation
import Testing
import TestSupport

/// The commands in the README and in `docs/cli.md` do as they stand there.
@Suite("Documented commands", .enabled(if: SampleDatabase.isPossible, "needs curl"))
struct DocumentedCommandsTests {
  private let directory: TestDirectory
  private let database: String
  private let server: NetmonService
  private let tokenFile: String

  init() async throws {
    directory = try TestDirectory()
    tokenFile = directory("any.token")
    let token = "netmon_" + String(repeating: "A", count: 43)
    try token.write(toFile: tokenFile, atomically: true, encoding: .utf8)
    try #require(chmod(tokenFile, 0o600) == 0)
    database = try await SampleDatabase.make(in: directory)
    server = try await NetmonService.serve(database)
  }

  @Test("Questions are answered", arguments: ["README.md", "docs/cli.md", "docs/access.md"])
  func questions(document: String) async throws {
    let commands = try commands(of: document).filter { !$0.watches && !$0.follows }
    #expect(commands.count >= (document == "docs/access.md" ? 3 : 10))
    for command in commands {
      let result = try await Netmon.shell(
        "cd \(directory.path); set -o pipefail; \(command)",
        // The server of these tests goes on asking nobody.
        environment: ["NETMON_DB": database, "NETMON_TOKENS": directory("own.tokens")])
      #expect(result.status == 0, "\(command): \(result.errors)")
    }
  }

  @Test("What watches begins, and ends when told to", arguments: ["README.md", "docs/cli.md"])
  func services(document: String) async throws {
    let commands = try commands(of: document).filter(\.watches)
    #expect(commands.count >= 2)
    for command in commands {
      let service = try start(command, with: directory("own.db"))
      let line = try #require(await service.errors.line(), "\(command)")
      #expect(line.contains("netmon: serving") || line.contains("netmon: collecting"), "\(line)")
      service.send(SIGTERM)
      #expect(await service.status == 0, "\(command)")
    }
  }

  @Test("What follows begins with what there is, and goes on")
  func following() async throws {
    let commands = try ["README.md", "docs/cli.md"].flatMap(commands(of:)).filter(\.follows)
    #expect(!commands.isEmpty)
    for command in commands {
      let follower = try start(command, with: database)
      #expect(await follower.output.line() != nil, "\(command)")
      follower.send(SIGTERM)
      #expect(await follower.status == 128 + SIGTERM, "\(command)")
    }
  }

  private func start(_ command: String, with database: String) throws -> ChildProcess {
    let arguments = command.split(separator: " ").dropFirst().map(String.init)
    return try ChildProcess(
      "bash", ["-c", "cd \(directory.path) && exec \"$NETMON\" \"$@\"", "bash"] + arguments,
      environment: Netmon.environment.merging(
        ["NETMON": BuiltProducts.netmon, "NETMON_DB": database]) { $1 })
  }

  /// The lines of `sh` blocks that run netmon, made to fit this place: nobody becomes root, ports
  /// are any that are free, files are made in the test's directory, and nothing leaves the machine,
  /// so that no TLS is needed (`DocumentedTLSTests` has it).
  private func commands(of document: String) throws -> [String] {
    try Documentation(document).commands("netmon", "sudo", ".build/release/netmon").map(adapted)
  }

  private func adapted(_ command: String) -> String {
    var line = command.replacing(".build/release/netmon", with: "netmon")
      .replacing(/^sudo\s/, with: "").replacing(/\s+#.*$/, with: "")
      .replacing("http://localhost:8080", with: server.url)
      .replacing("https://watch.example:8080", with: server.url)
      .replacing(/\s--tls-\w+\s\S+/, with: "")
      .replacing(" --host 0.0.0.0", with: "").replacing(" --name watch.example", with: "")
      .replacing(/--token-file \S+/, with: "--token-file \(tokenFile)")
      .replacing("3f2a91c0", with: "$(netmon token list -o csv | tail -1 | cut -d, -f1)")
      .replacing(/>\s\S+$/, with: "> \(directory("made"))")
      .replacing("| man -l -", with: "| cat")
    if ChildProcess.find("jq") == nil { line.replace(/\|\sjq\s.*$/, with: "| cat") }
    if line.hasPrefix("netmon serve") {
      line = line.replacing(/\s--port\s\d+/, with: "") + " --port 0"
    }
    return line
  }
}

extension String {
  /// Whether the command goes on until it is told to stop.
  fileprivate var watches: Bool {
    hasPrefix("netmon serve") || hasPrefix("netmon collect") && !contains("--once")
  }

  /// Whether it shows what changes until nobody wants it any more.
  fileprivate var follows: Bool { contains("--follow") }
}
