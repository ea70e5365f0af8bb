import Arguments
import Testing

struct DeclarationTests {
  struct Range: Equatable, Sendable {
    var since = Duration.seconds(3600)
    var until: Duration?
  }

  struct Options: Equatable, Sendable {
    var range = Range()
    var one = ""
    var two: Int?
    var rest: [Int] = []
  }

  static let command = Command("test", summary: "Test", options: Options()) {
    Group(\.range) {
      Option("since", \.since, help: "since")
      Option("until", \.until, help: "until")
      Check { range in
        range.since < range.until ?? .zero ? "--since is after\n--until" : nil
      }
    }
    Operand("ONE", \.one, help: "one")
    Operand("TWO", \.two, help: "two")
    Operand("REST", \.rest, help: "rest")
  } action: {
    $0
  }

  @Test func operandsAreFilledInOrder() throws {
    let outcome = try Self.command.parse(["1", "--until", "5m", "2", "3", "-4"])
    guard case .run(let options) = outcome else {
      Issue.record("does not run: \(outcome)")
      return
    }
    let range = Range(since: .seconds(3600), until: .seconds(300))
    #expect(options == Options(range: range, one: "1", two: 2, rest: [3, -4]))
  }

  @Test(arguments: [
    ([], "test: ONE is missing"),
    (["1", "x"], "test: TWO: 'x' is not a whole number"),
    (["1", "2", "3", "y"], "test: REST: 'y' is not a whole number"),
    (["1", "--until", "2h"], #"test: --since is after\u{a}--until"#),
  ])
  func mistakesNameTheOperand(_ arguments: [String], _ line: String) {
    let error = #expect(throws: UsageError.self) { try Self.command.parse(arguments) }
    #expect(error?.description == line)
  }

  @Test func aNameDeclaredTwiceStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      _ = Command("test", summary: "Test", options: Options()) {
        Option("one", \.one, help: "one")
        Option("one", \.two, help: "two")
      } action: {
        $0
      }
    }
  }

  @Test func anOperandAfterARepeatedOneStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      _ = Command("test", summary: "Test", options: Options()) {
        Operand("REST", \.rest, help: "rest")
        Operand("ONE", \.one, help: "one")
      } action: {
        $0
      }
    }
  }

  @Test func anUnknownExclusiveOptionStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      _ = Command("test", summary: "Test", options: Options()) {
        Option("one", \.one, help: "one")
        Exclusive("one", "two")
      } action: {
        $0
      }
    }
  }

  @Test(arguments: [("132", 132), ("0", 80), ("-1", 80), ("wide", 80), ("", 80)])
  func columnsOfTheEnvironmentCount(_ columns: String, _ width: Int) {
    // No terminal has the file descriptor -1.
    #expect(terminalWidth(of: -1, environment: ["COLUMNS": columns]) == width)
  }
}
