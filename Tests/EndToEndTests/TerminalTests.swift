import Foundation
import NetmonCore
import Testing

/// On a terminal tables fit and are coloured; elsewhere they are plain and whole.
@Suite("On a terminal", .enabled(if: SampleDatabase.isPossible, "needs curl"))
struct TerminalTests {
  private let directory: TestDirectory
  private let environment: [String: String]

  init() async throws {
    directory = try TestDirectory()
    environment = ["NETMON_DB": try await SampleDatabase.make(in: directory)]
  }

  private static let commands = [
    "netmon query", "netmon errors", "netmon proc curl",
    "netmon query --fields process_path,remote_addr,state,error,origin",
  ]

  @Test("Tables fit and have colour", arguments: commands, [20, 33, 40, 46, 80, 100, 200])
  func fitting(command: String, columns: Int) async throws {
    let output = try await Terminal.run(command, columns: columns, environment: environment)
    #expect(output.contains("\u{1b}["))
    let lines = output.withoutColor.split(separator: "\n")
    #expect(lines.count > 3)
    // Messages are sentences, which the terminal may break.
    let rows = lines.filter { !$0.hasPrefix("netmon: ") }
    #expect(rows.filter { displayWidth(String($0)) > columns }.isEmpty)
    #expect(!output.withoutColor.contains("\u{1b}"), "names do not bring escape sequences")
  }

  @Test(
    "Colour can be refused", arguments: commands, [["NO_COLOR": "1"], ["TERM": "dumb"]])
  func withoutColor(command: String, wish: [String: String]) async throws {
    let output = try await Terminal.run(command, environment: environment.merging(wish) { $1 })
    #expect(output.split(separator: "\n").count > 3)
    #expect(!output.contains("\u{1b}"))
  }

  @Test("A pipe gets no colour, and the whole of every value", arguments: commands)
  func pipe(command: String) async throws {
    let result = try await Netmon.shell(command, environment: environment)
    #expect(!result.output.contains("\u{1b}"))
    #expect(
      result.output.firstMatch(of: /T[0-9:]{8}\.[0-9]{6}Z/) != nil || command.contains("--fields"))
    #expect(!result.output.contains("…"))
  }

  @Test("Long work says that it goes on, and takes it back")
  func progress() async throws {
    let server = try TCPSocket.listening()  // The kernel accepts for it, and nobody answers.
    let run = "timeout --foreground 5 \"$NETMON\""
    for question in ["query", "query --count", "errors", "proc x"] {
      let output = try await Terminal.run("\(run) \(question) --server http://\(server.address)")
      #expect(output.contains("netmon: reading for 1 s"), "\(output)")
    }
    let none = try await Terminal.run("\(run) query --server http://\(server.address) 2>&1 | cat")
    #expect(!none.contains("reading"))
  }

  @Test("What is left out is said")
  func more() async throws {
    let output = try await Terminal.run("netmon query --limit 3", environment: environment)
    #expect(output.contains("there are more than these 3"))
    let nothing = try await Terminal.run("netmon query pid:7", environment: environment)
    #expect(nothing.contains("nothing matches"))
  }
}

extension String {
  /// Without the sequences that set colour (ECMA-48 §8.3.117, SGR).
  fileprivate var withoutColor: String { replacing(/\u{1b}\[[0-9;]*m/, with: "") }
}
