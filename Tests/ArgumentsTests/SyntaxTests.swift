import Arguments
import Testing

struct SyntaxTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let change: @Sendable (inout QueryOptions) -> Void

    init(_ arguments: String..., change: @escaping @Sendable (inout QueryOptions) -> Void) {
      self.arguments = arguments
      self.change = change
    }

    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let cases = [
    Case { _ in },
    Case("--limit", "5") { $0.limit = 5 },
    Case("--limit=5") { $0.limit = 5 },
    Case("-n", "5") { $0.limit = 5 },
    Case("-n5") { $0.limit = 5 },
    Case("-n=5") { $0.limit = 5 },
    Case("-qn5") { ($0.quiet, $0.limit) = (true, 5) },
    Case("-qn", "5") { ($0.quiet, $0.limit) = (true, 5) },
    Case("-q", "-q") { $0.quiet = true },
    Case("-ojson") { $0.output = .json },
    Case("--color") { $0.color = true },
    Case("--no-color") { $0.color = false },
    Case("--color", "--no-color") { $0.color = false },
    Case("--no-color", "--color") { $0.color = true },
    Case("-f", "a", "--field=b", "-fc") { $0.fields = ["a", "b", "c"] },
    Case("--field=") { $0.fields = [""] },
    Case("--field", "") { $0.fields = [""] },
    Case("--field=a=b") { $0.fields = ["a=b"] },
    Case("-f=a=b") { $0.fields = ["a=b"] },
    Case("--field=--limit") { $0.fields = ["--limit"] },
    Case("--field=-x") { $0.fields = ["-x"] },
    Case("-f=-x") { $0.fields = ["-x"] },
    Case("-f", "-5") { $0.fields = ["-5"] },
    Case("-f", "-0.5") { $0.fields = ["-0.5"] },
    Case("-f", "-") { $0.fields = ["-"] },
    Case("-f=-h") { $0.fields = ["-h"] },
    Case("a", "b") { $0.terms = ["a", "b"] },
    Case("a", "-n5", "b", "-q", "c") {
      ($0.terms, $0.limit, $0.quiet) = (["a", "b", "c"], 5, true)
    },
    Case("-") { $0.terms = ["-"] },
    Case("") { $0.terms = [""] },
    Case("-5") { $0.terms = ["-5"] },
    Case("--", "-n5", "--help", "--") { $0.terms = ["-n5", "--help", "--"] },
    Case("a", "--", "-h") { $0.terms = ["a", "-h"] },
    Case("--") { _ in },
    Case("-error:ECONNREFUSED") { $0.terms = ["-error:ECONNREFUSED"] },
    Case("-error:", "-q", "-port:80:81") {
      ($0.terms, $0.quiet) = (["-error:", "-port:80:81"], true)
    },
    Case("-n5", "-host:a=b") { ($0.limit, $0.terms) = (5, ["-host:a=b"]) },
    Case("-fa:b") { $0.fields = ["a:b"] },
    Case("--secret", "s") { $0.secret = "s" },
    Case("--live") { $0.source.live = true },
    Case("--server", "https://[::1]:8443/x/") {
      $0.source.server = HTTPURL("https://[::1]:8443/x")
    },
  ]

  @Test(arguments: cases)
  func optionsAndOperandsAreFilled(_ test: Case) throws {
    var expected = QueryOptions()
    test.change(&expected)
    #expect(try parsedQuery(test.arguments) == expected)
  }

  @Test func nestedCommandsParseTheirOwnArguments() throws {
    let outcome = try netmon.parse(["token", "create", "ci", "--lifetime", "1h30m", "a note"])
    guard case .run(.token(let options)) = outcome else {
      Issue.record("not a token: \(outcome)")
      return
    }
    #expect(options == TokenOptions(name: "ci", lifetime: .seconds(5400), note: "a note"))
  }

  @Test(
    arguments: [
      (["qurey"], "netmon: unknown command 'qurey'; did you mean 'query'?"),
      (["hlep"], "netmon: unknown command 'hlep'; did you mean 'help'?"),
      (["xyzzy"], "netmon: unknown command 'xyzzy'"),
      (["que"], "netmon: unknown command 'que'; did you mean 'query'?"),
      ([""], "netmon: unknown command ''"),
      ([], "netmon: a command is missing (query, token)"),
      (["token"], "netmon token: a command is missing (create)"),
      (["token", "creat"], "netmon token: unknown command 'creat'; did you mean 'create'?"),
      (["help", "qurey"], "netmon: unknown command 'qurey'; did you mean 'query'?"),
      (["help", "query", "x"], "netmon query: unknown command 'x'"),
      (["--verison"], "netmon: unknown option '--verison'; did you mean '--version'?"),
      (["-x", "query"], "netmon: unknown option '-x'"),
      (["query", "--limt", "5"], "netmon query: unknown option '--limt'; did you mean '--limit'?"),
      (["query", "--lim", "5"], "netmon query: unknown option '--lim'; did you mean '--limit'?"),
      (
        ["query", "--no-colour"],
        "netmon query: unknown option '--no-colour'; did you mean '--no-color'?"
      ),
      (["query", "--no-quiet"], "netmon query: unknown option '--no-quiet'"),
      (["query", "--secert=x"], "netmon query: unknown option '--secert'"),
      (["query", "--dc"], "netmon query: unknown option '--dc'"),
      (["query", "--=x"], "netmon query: unknown option '--'"),
      (["query", "-x"], "netmon query: unknown option '-x'"),
      (["query", "-qx"], "netmon query: unknown option '-x' in '-qx'"),
      (
        ["query", "-limit"],
        "netmon query: unknown option '-l' in '-limit'; did you mean '--limit'?"
      ),
      (["query", "-eror:x"], "netmon query: unknown option '-e' in '-eror:x'"),
      (["query", "--limit"], "netmon query: --limit: a value is missing (NUMBER)"),
      (["query", "--limit", "--db", "x"], "netmon query: --limit: a value is missing (NUMBER)"),
      (["query", "-qn"], "netmon query: -n: a value is missing (NUMBER)"),
      (["query", "-f", "-error:x"], "netmon query: -f: a value is missing (NAME)"),
      (["query", "-f", "--", "x"], "netmon query: -f: a value is missing (NAME)"),
      (["query", "--limit="], "netmon query: --limit: '' is not a whole number from 0 to 1000000"),
      (
        ["query", "--limit", "abc"],
        "netmon query: --limit: 'abc' is not a whole number from 0 to 1000000"
      ),
      (["query", "-n", "-5"], "netmon query: -n: '-5' is not a whole number from 0 to 1000000"),
      (
        ["query", "-n1000001"],
        "netmon query: -n: '1000001' is not a whole number from 0 to 1000000"
      ),
      (["query", "-n1", "--limit", "2"], "netmon query: --limit: may be given only once"),
      (["query", "--quiet=yes"], "netmon query: --quiet: takes no value"),
      (["query", "-q=1"], "netmon query: -q: takes no value"),
      (["query", "--no-color="], "netmon query: --no-color: takes no value"),
      (
        ["query", "-o", "jsn"],
        "netmon query: -o: unknown format 'jsn'; did you mean 'json'? (table, json, jsonl, csv)"
      ),
      (
        ["query", "--output=xml"],
        "netmon query: --output: unknown format 'xml' (table, json, jsonl, csv)"
      ),
      (
        ["query", "--output=JSON"],
        "netmon query: --output: unknown format 'JSON'; did you mean 'json'? (table, json, jsonl, csv)"
      ),
      (["query", "--db="], "netmon query: --db: '' is not a path"),
      (
        ["query", "--server", "ftp://x"],
        "netmon query: --server: 'ftp://x' is not a URL such as http://localhost:8080"
      ),
      (
        ["query", "--since", "1x"],
        "netmon query: --since: '1x' is not a time such as 2h, 2026-11-22 or 2026-11-22T10:00Z"
      ),
      (["query", "--db", "x", "--live"], "netmon query: --db and --live exclude each other"),
      (["query", "-q", "-f", "a"], "netmon query: --quiet shows no --field"),
      (["token", "create"], "netmon token create: NAME is missing"),
      (["token", "create", "a", "b", "c"], "netmon token create: unexpected argument 'c'"),
      (
        ["token", "create", "a", "--lifetime", "59s"],
        "netmon token create: --lifetime: '59s' is not a duration such as 90s, 5m, 1h30m or 14d from 1m to 365d"
      ),
    ] as [([String], String)])
  func mistakesAreToldInOneLine(_ arguments: [String], _ line: String) {
    #expect(failure(arguments) == line)
  }

  @Test(arguments: [
    ("\u{1B}[31m\n\u{7F}", #"'\u{1b}[31m\u{a}\u{7f}'"#),
    ("a\u{202E}b\u{2028}c", #"'a\u{202e}b\u{2028}c'"#),
    ("\u{FFFD}ü字🙂", "'\u{FFFD}ü字🙂'"),
    (String(repeating: "x", count: 61), "'" + String(repeating: "x", count: 60) + "…'"),
    (String(repeating: "x", count: 60), "'" + String(repeating: "x", count: 60) + "'"),
  ])
  func quotedTextStaysOnePrintableLine(_ text: String, _ quotation: String) {
    #expect(failure([text]) == "netmon: unknown command \(quotation)")
    #expect(failure(["query", "-n", text])?.contains("-n: \(quotation) is not") == true)
  }

  @Test(arguments: [
    ["--help"], ["-h"], ["--nonsense", "-h"], ["help"], ["help", "--help"], ["nonsense", "--help"],
  ])
  func helpOfTheProgramWinsOverMistakes(_ arguments: [String]) throws {
    #expect(try printedText(arguments)?.hasPrefix("Usage: netmon COMMAND\n") == true)
  }

  @Test(arguments: [
    ["query", "--help"], ["query", "--nonsense", "--limit", "-h"], ["query", "a", "-qh"],
    ["help", "query"], ["query", "--version", "--help"],
  ])
  func helpOfACommandWinsOverMistakes(_ arguments: [String]) throws {
    #expect(try printedText(arguments)?.hasPrefix("Usage: netmon query ") == true)
  }

  @Test(arguments: [["--version"], ["query", "--version"], ["token", "create", "--version"]])
  func versionIsPrintedEverywhere(_ arguments: [String]) throws {
    #expect(try printedText(arguments) == "netmon 1.2.3\n")
  }

  @Test func aMissingCommandComesWithHelp() throws {
    let error = #expect(throws: UsageError.self) { try netmon.parse([]) }
    #expect(try error?.help == printedText(["--help"]))
  }
}
