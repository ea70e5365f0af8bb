import Arguments
import Testing

struct EnvironmentTests {
  static let server = HTTPURL("http://env:1")
  static let variables = ["NETMON_SERVER": "http://env:1", "NETMON_DB": "env.db"]

  @Test func anOptionTakesTheValueOfItsVariable() throws {
    let source = try parsedQuery([], environment: ["NETMON_DB": "env.db"])?.source
    #expect(source == Source(database: Path("env.db")))
  }

  @Test func anEmptyVariableIsUnset() throws {
    let empty = ["NETMON_SERVER": "", "NETMON_DB": "env.db"]
    #expect(try parsedQuery([], environment: empty)?.source == Source(database: Path("env.db")))
  }

  @Test func theCommandLineWins() throws {
    let source = try parsedQuery(["--server=http://flag:2"], environment: Self.variables)?.source
    #expect(source == Source(server: HTTPURL("http://flag:2")))
  }

  @Test func anOptionUnsetsTheVariablesOfThoseItExcludes() throws {
    let database = try parsedQuery(["--db", "x"], environment: Self.variables)?.source
    #expect(database == Source(database: Path("x")))
    let live = try parsedQuery(["--live"], environment: Self.variables)?.source
    #expect(live == Source(live: true))
  }

  @Test func theFirstOfExclusiveVariablesCounts() throws {
    let source = try parsedQuery([], environment: Self.variables)?.source
    #expect(source == Source(server: Self.server))
  }

  @Test func mistakesNameTheVariable() {
    #expect(
      failure(["query"], environment: ["NETMON_SERVER": "x"])
        == "netmon query: NETMON_SERVER: 'x' is not a URL such as http://localhost:8080")
  }

  @Test func anUnusedVariableIsNotRead() throws {
    let source = try parsedQuery(["--live"], environment: ["NETMON_SERVER": "x"])?.source
    #expect(source == Source(live: true))
  }

  struct Options: Sendable {
    var level = Sourced(1)
    var isLoud: Bool?
    var names = ["default"]
    var key = ""
  }

  private func parse(_ arguments: [String], _ environment: [String: String]) throws -> Options? {
    let command = Command("test", summary: "Test", options: Options()) {
      Option("level", \.level, in: 1...9, environment: "LEVEL", help: "level")
      Flag("loud", \.isLoud, environment: "LOUD", help: "loud")
      Option("name", \.names, help: "name")
      Option("key", \.key, environment: "KEY", isRequired: true, help: "key")
    } action: {
      $0
    }
    guard case .run(let options) = try command.parse(arguments, environment: environment) else {
      return nil
    }
    return options
  }

  @Test func aSourcedValueTellsItsSource() throws {
    let unset = try parse([], ["KEY": "k"])
    #expect(unset?.level.value == 1 && unset?.level.source == .default)
    let variable = try parse([], ["KEY": "k", "LEVEL": "2"])
    #expect(variable?.level.value == 2 && variable?.level.source == .environment)
    let option = try parse(["--level=3"], ["KEY": "k", "LEVEL": "2"])
    #expect(option?.level.value == 3 && option?.level.source == .commandLine)
  }

  @Test(arguments: [("1", true), ("yes", true), ("FALSE", false), ("off", false)])
  func aFlagReadsItsVariable(_ text: String, _ isLoud: Bool) throws {
    #expect(try parse([], ["KEY": "k", "LOUD": text])?.isLoud == isLoud)
  }

  @Test func repeatedValuesReplaceTheDefault() throws {
    #expect(try parse([], ["KEY": "k"])?.names == ["default"])
    #expect(try parse(["--name=a", "--name=b"], ["KEY": "k"])?.names == ["a", "b"])
  }

  @Test func aVariableSatisfiesARequiredOption() throws {
    #expect(try parse([], ["KEY": "k"])?.key == "k")
    let error = #expect(throws: UsageError.self) { try parse([], [:]) }
    #expect(error?.description == "test: --key TEXT is missing")
  }

  @Test func aPrefixNamesAVariableForEachOption() throws {
    struct Options: Sendable {
      var size = 1
      var key = ""
      var isLoud = false
      var word: String?
    }
    let command = Command(
      "test", summary: "Test", environmentPrefix: "TEST_", options: Options()
    ) {
      Option("max-size", \.size, help: "size")
      Option("key", \.key, environment: "KEY", help: "key")
      Flag("loud", \.isLoud, isNegatable: true, help: "loud")
      Operand("WORD", \.word, help: "word")
    } action: {
      $0
    }
    let environment = [
      "TEST_MAX_SIZE": "2", "KEY": "k", "TEST_KEY": "other", "TEST_LOUD": "yes", "TEST_WORD": "w",
    ]
    guard case .run(let options) = try command.parse([], environment: environment) else {
      throw UnexpectedHelp()
    }
    #expect(options.size == 2 && options.key == "k" && options.isLoud && options.word == nil)
    guard case .run(let other) = try command.parse(["--no-loud"], environment: environment) else {
      throw UnexpectedHelp()
    }
    #expect(!other.isLoud)
    let error = #expect(throws: UsageError.self) {
      try command.parse([], environment: ["TEST_MAX_SIZE": "much"])
    }
    #expect(error?.description == "test: TEST_MAX_SIZE: 'much' is not a whole number")
    #expect(command.markdownReference().contains("environment: `TEST_MAX_SIZE`"))
  }

  private struct UnexpectedHelp: Error {}
}
