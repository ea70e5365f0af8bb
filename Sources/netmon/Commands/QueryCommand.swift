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
    var gaps = false
    var follows = false
    var fields: FieldList?
    var format = OutputFormat.table
  }

  static let declaration = Command<Netmon.Action>(
    "query",
    summary: "List connections, newest first",
    discussion: """
      Terms of the filter language are joined by and; commas mean any of; a leading - negates. \
      A bare word is searched in process names, paths, addresses, hosts and services; negated, as in \
      -- -curl, it comes after --. With --follow TIME is when a record last changed.
      """,
    examples: [
      Example("netmon query error:any since:1h", "everything that failed in the last hour"),
      Example("netmon query --live state:LISTEN", "what listens here, and who"),
      Example("netmon query process:curl remote::443 -error:none -o json"),
      Example("netmon query --fields timestamp,process_name,remote_addr,error -o csv"),
      Example("netmon query --count error:ECONNREFUSED"),
      Example("netmon query --gaps --since 1d", "what is known to be missing"),
      Example("netmon query --follow error:any", "failures as they happen"),
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
        completion: .suggestions(
          RecordField.allCases.map(\.rawValue) + RecordField.allCases.map { "-\($0.rawValue)" }),
        help: "order by a field of the record, - for descending")
      Option(
        "fields", \.fields, help: "which fields of the record to print, in this order")
      Flag("count", \.counts, help: "print only how many match, whatever the limit")
      Flag("gaps", \.gaps, help: "list what is known to be missing, of a time and host, instead")
      Flag(
        "follow", short: "f", \.follows,
        help: "go on with all that changes; oldest first, and a record again when it has changed")
      Option("output", short: "o", \.format, help: "how to print")
    }
    Check { $0.follows ? $0.obstacleToFollowing : nil }
    Check {
      $0.gaps && ($0.counts || $0.source.isLive || $0.sort != nil || $0.fields != nil)
        ? "--gaps goes with none of --count, --live, --sort and --fields" : nil
    }
  } action: { options in
    { invocation in try await run(options, invocation) }
  }

  private static func run(_ options: Options, _ invocation: Invocation) async throws {
    let now = invocation.now()
    let filter = try options.filter.filter(now: now, command: "query")
    let sort = try options.sort.map { try parseSort($0) }
    guard !options.gaps || filter.terms.allSatisfy({ $0.isOfHost || $0.isOfTime }) else {
      throw CommandError(usage: "--gaps: only since, until and host tell gaps apart", of: "query")
    }
    try await options.source.withSource(invocation) { source in
      if options.gaps { return try await listGaps(filter, in: source, options, invocation) }
      if options.follows { return try await follow(filter, in: source, options, invocation) }
      if options.counts {
        let count = try await invocation.console.withProgress { _ in
          try await source.count(filter, now: now)
        }
        invocation.console.write("\(count)\n")
        return await noteGaps(filter, in: source, since: nil, invocation)
      }
      var printer = ConnectionPrinter(
        options.format, to: invocation.console, fields: options.fields?.fields, now: now)
      let limit = options.limit == 0 ? nil : options.limit
      var shown = 0
      let query = ConnectionQuery(
        filter: filter, sort: sort, limit: limit.map { $0 == .max ? $0 : $0 + 1 })
      var hasMore = false
      var oldest: Timestamp?
      let progress = Progress(on: invocation.console)
      defer { progress.end() }
      try await source.forEachConnection(query, now: now) { connection in
        // On a terminal the records show themselves.
        if invocation.console.isTerminal { progress.end() } else { progress.add() }
        guard shown < limit ?? .max else {
          hasMore = true
          return false
        }
        printer.print(connection)
        oldest = min(oldest ?? connection.timestamp, connection.timestamp)
        shown += 1
        return true
      }
      progress.end()
      printer.finish()
      if hasMore, invocation.console.isTerminal {
        invocation.console.say("there are more than these \(shown); --limit 0 shows all")
      }
      // The latest ones tell nothing of the time before them.
      await noteGaps(filter, in: source, since: hasMore && sort == nil ? oldest : nil, invocation)
    }
  }

  /// Says on standard error if something is missing of the span that was asked for. That this cannot
  /// be found out does not spoil the answer.
  static func noteGaps(
    _ filter: Filter, in source: RecordSource, since beginning: Timestamp?,
    _ invocation: Invocation
  ) async {
    let gaps = try? await source.gaps(filter, since: beginning)
    GapPrinter(invocation.console).note(gaps ?? [])
  }

  private static func listGaps(
    _ filter: Filter, in source: RecordSource, _ options: Options, _ invocation: Invocation
  ) async throws {
    let gaps = try await source.gaps(filter)
    let limit = options.limit == 0 ? Int.max : options.limit
    GapPrinter(invocation.console).print(Array(gaps.prefix(limit)), as: options.format)
  }

  static func parseSort(_ text: String) throws -> ConnectionQuery.Sort {
    let name = text.hasPrefix("-") ? String(text.dropFirst()) : text
    if let field = FieldList.field(named: name) { return .init(field, descending: name != text) }
    let hint = NetmonCore.closestMatch(to: name, among: RecordField.allCases.map(\.rawValue))
    throw CommandError(
      usage: "--sort: '\(terminalSafe(name))' is not a field"
        + (hint.map { "; did you mean '\($0)'?" } ?? ""), of: "query")
  }
}
