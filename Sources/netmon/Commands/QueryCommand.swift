import Arguments
import NetmonCore
import NetmonStore

/// `netmon query`: lists connections.
enum QueryCommand {
  struct Options: Sendable {
    var filter = FilterOptions()
    var source = SourceOptions()
    var limit = 100
    var sort: String?
    var counts = false
    var format = OutputFormat.table
  }

  static let declaration = Command<Netmon.Action>(
    "query",
    summary: "List connections, newest first",
    discussion: """
      Terms of the filter language are joined by and; commas mean any of; a leading - negates. \
      A bare word is searched in process names, paths, addresses, hosts and services.
      """,
    examples: [
      Example("netmon query error:any since:1h", "everything that failed in the last hour"),
      Example("netmon query --live state:LISTEN", "what listens here, and who"),
      Example("netmon query process:curl remote::443 -error:none -o json"),
      Example("netmon query --count error:ECONNREFUSED"),
    ],
    options: Options()
  ) {
    FilterOptions.declarations(\.filter)
    SourceOptions.declarations(\.source)
    Group("Output") {
      Option(
        "limit", short: "n", \.limit, in: 0...Int.max, help: "how many at most, 0 for all")
      Option(
        "sort", \.sort, "[-]FIELD",
        completion: .suggestions(RecordField.allCases.map(\.rawValue)),
        help: "order by a field of the record, - for descending")
      Flag("count", \.counts, help: "print only how many match, whatever the limit")
      Option("output", short: "o", \.format, help: "how to print")
    }
  } action: { options in
    { invocation in try await run(options, invocation) }
  }

  private static func run(_ options: Options, _ invocation: Invocation) async throws {
    let now = invocation.now()
    let filter = try options.filter.filter(now: now, command: "query")
    let sort = try options.sort.map { try parseSort($0) }
    try await options.source.withSource(invocation) { source in
      if options.counts {
        invocation.console.write("\(try await source.count(filter, now: now))\n")
        return
      }
      var printer = ConnectionPrinter(options.format, to: invocation.console, now: now)
      let limit = options.limit == 0 ? nil : options.limit
      var shown = 0
      let query = ConnectionQuery(
        filter: filter, sort: sort, limit: limit.map { $0 == .max ? $0 : $0 + 1 })
      var hasMore = false
      try await source.forEachConnection(query, now: now) { connection in
        guard shown < limit ?? .max else {
          hasMore = true
          return false
        }
        printer.print(connection)
        shown += 1
        return true
      }
      printer.finish()
      if hasMore, invocation.console.isTerminal {
        invocation.console.say("there are more than these \(shown); --limit 0 shows all")
      }
    }
  }

  static func parseSort(_ text: String) throws -> ConnectionQuery.Sort {
    if let sort = ConnectionQuery.Sort(text) { return sort }
    let name = text.hasPrefix("-") ? String(text.dropFirst()) : text
    let hint = NetmonCore.closestMatch(to: name, among: RecordField.allCases.map(\.rawValue))
    throw CommandError(
      usage: "--sort: '\(terminalSafe(name))' is not a field"
        + (hint.map { "; did you mean '\($0)'?" } ?? ""), of: "query")
  }
}
