import Arguments

enum Format: String, CaseIterable, ArgumentValue {
  case table, json, jsonl, csv
}

struct Source: Equatable, Sendable {
  var server: HTTPURL?
  var database = Path("netmon.db")
  var live = false
}

struct QueryOptions: Equatable, Sendable {
  var source = Source()
  var limit = 100
  var since: Moment?
  var output = Format.table
  var color: Bool?
  var quiet = false
  var fields: [String] = []
  var secret = ""
  var terms: [String] = []
}

struct TokenOptions: Equatable, Sendable {
  var name = ""
  var lifetime = Duration.seconds(86400)
  var note: String?
}

enum Invocation: Equatable, Sendable {
  case query(QueryOptions)
  case token(TokenOptions)
}

let filterKeys = ["error", "host", "port"]

let query = Command(
  "query", summary: "Show the records that match",
  discussion: "Terms are joined by 'and'; a term with a leading dash excludes what it matches.",
  examples: [
    Example("netmon query -n 20 error:ECONNREFUSED", "the last 20 refused connections"),
    Example("netmon query -error:ECONNREFUSED --since 2h"),
  ],
  options: QueryOptions()
) {
  Group("Source") {
    Group(\.source) {
      Option("server", \.server, environment: "NETMON_SERVER", help: "server to ask")
      Option("db", \.database, environment: "NETMON_DB", help: "database to read")
      Flag("live", \.live, help: "look at this machine instead of stored records")
      Exclusive("server", "db", "live")
    }
  }
  Option("limit", short: "n", \.limit, in: 0...1_000_000, help: "most records to show")
  Option("since", \.since, help: "earliest time")
  Option("secret", \.secret, isHidden: true, help: "not for everybody")
  Group("Output") {
    Option("output", short: "o", \.output, "FORMAT", help: "how to print the records")
    Flag("color", \.color, isNegatable: true, help: "use colors, by default on a terminal only")
    Flag("quiet", short: "q", \.quiet, help: "print nothing but the number of records")
    Option("field", short: "f", \.fields, "NAME", help: "column to show")
  }
  Operand(
    "FILTER", \.terms, completion: .suggestions(filterKeys.map { "\($0):" }),
    alsoDashed: filterKeys.contains, help: "term that the records match")
  Check { options in
    options.quiet && !options.fields.isEmpty ? "--quiet shows no --field" : nil
  }
} action: {
  Invocation.query($0)
}

let token = Command(
  "token", summary: "Manage the tokens of a server",
  commands: [
    Command("create", summary: "Create a token", options: TokenOptions()) {
      Operand("NAME", \.name, help: "name of the token")
      Operand("NOTE", \.note, help: "what it is for")
      Option(
        "lifetime", \.lifetime, in: .seconds(60)...(.seconds(31_536_000)),
        help: "how long it is valid")
    } action: {
      Invocation.token($0)
    }
  ])

let netmon = Command(
  "netmon", summary: "Monitor the network connections of a machine", version: "1.2.3",
  commands: [query, token])

/// The options of a query that parses.
func parsedQuery(
  _ arguments: [String], environment: [String: String] = [:]
) throws -> QueryOptions? {
  let outcome = try netmon.parse(["query"] + arguments, environment: environment)
  guard case .run(.query(let options)) = outcome else { return nil }
  return options
}

/// The line on standard error for arguments that do not parse.
func failure(_ arguments: [String], environment: [String: String] = [:]) -> String? {
  do throws(UsageError) {
    _ = try netmon.parse(arguments, environment: environment)
    return nil
  } catch {
    return error.description
  }
}

/// The text that arguments such as `--help` print.
func printedText(_ arguments: [String], width: Int = 80) throws -> String? {
  guard case .print(let text) = try netmon.parse(arguments, width: width) else { return nil }
  return text
}
