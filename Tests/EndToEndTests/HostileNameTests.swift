import Foundation
import Testing

/// A process names itself; its name must not steer the terminal, the spreadsheet or the reader of
/// JSON.
@Suite("A process with a hostile name")
struct HostileNameTests {
  /// At most 15 bytes, which is all the kernel keeps (prctl(2) `PR_SET_NAME`).
  private static let name = "=\u{1b}]<b>\",\n\u{7f}\u{9b}x"

  private let directory: TestDirectory
  private let farm: ChildProcess
  private let question: [String]

  /// Such a process, with a listener, a client and what it accepted.
  init() async throws {
    directory = try TestDirectory()
    let program = try await directory.copy(of: BuiltProducts.socketFarm, named: Self.name)
    farm = try ChildProcess(program, ["--connections", "1"])
    try #require(await farm.output.line() == "ready 3")
    question = ["--live", "--limit", "0", "pid:\(farm.pid)"]
  }

  @Test("JSON is lossless", arguments: ["json", "jsonl"])
  func json(format: String) async throws {
    let output = try await Netmon.run(["query", "-o", format] + question).output
    let lines = output.split(separator: "\n").joined(separator: format == "json" ? "" : ",")
    let records = try Record.list(format == "json" ? output : "[" + lines + "]")
    #expect(records.count == 3)
    #expect(Set(records.map(\.process_name)) == [Self.name])
    #expect(Set(records.map(\.process_path)) == [directory(Self.name)])
  }

  @Test(
    "A table shows what it cannot print",
    arguments: ["query", "proc"])
  func table(command: String) async throws {
    let question = command == "proc" ? ["\(farm.pid)", "--live"] : question
    let result = try await Netmon.run([command, "-o", "table"] + question)
    #expect(result.output.contains(#"=\x1b]<b>",\x0a\x7f\x9bx"#))
    #expect(result.output.controls.isEmpty)
    #expect(result.output.split(separator: "\n").count == (command == "proc" ? 17 : 4))
  }

  @Test("CSV is quoted, a line a record, and nothing that a spreadsheet runs")
  func csv() async throws {
    let output = try await Netmon.run(["query", "-o", "csv"] + question).output
    #expect(
      output.matches(of: /\r\n[0-9]+,[^,]+,[0-9]+,"'=\\x1b\]<b>"",\\x0a\\x7f\\x9bx",/).count == 3)
    #expect(output.split(separator: "\r\n").count == 4)
  }

  @Test(
    "A terminal is not steered by any format", arguments: ["table", "json", "jsonl", "csv"])
  func terminal(format: String) async throws {
    let output = try await Terminal.run(
      "netmon query --live -o \(format) pid:\(farm.pid)", environment: ["NO_COLOR": "1"])
    #expect(output.contains("127.0.0.1"))
    #expect(output.controls.isEmpty)
  }

  @Test("It can be asked for by its name")
  func filter() async throws {
    let named = try await Netmon.query(["--live", "--process", "\"\(Self.quoted)\""])
    #expect(named.map(\.process_id).contains(farm.pid))
    let negated = try await Netmon.query(["--live", "-process:\"\(Self.quoted)\""])
    #expect(!negated.map(\.process_id).contains(farm.pid))
  }

  private static let quoted = name.replacing("\"", with: "\\\"")
}

extension String {
  /// What steers a terminal: C0 but for line ends, DEL and C1 (ECMA-48 §5).
  fileprivate var controls: [Unicode.Scalar] {
    unicodeScalars.filter { $0.properties.generalCategory == .control && $0 != "\n" }
  }
}
