import Arguments
import NetmonAgent
import NetmonCore
import NetmonStore

/// `netmon errors`: counts failures by what they have in common.
enum ErrorsCommand {
  struct Options: Sendable {
    var filter = FilterOptions()
    var source = SourceOptions()
    var by = "error,process,remote"
    var limit = 100
    var format = OutputFormat.table
    var explained: String?
    var follows = false
  }

  static let declaration = Command<Netmon.Action>(
    "errors",
    summary: "Count what failed, by error, process and destination",
    discussion: """
      since and until compare the time of the failure. OK counts the connections without an error, \
      open ones too but no listening sockets, in the same time, that agree in the keys that are not \
      about the error or the state: those of the same process to the same destination, by default. \
      What the filter says of the error or the state does not count for them. SUCCESS is their part \
      of all. RATE is over the time asked about, or else since the first failure; TREND, on \
      a terminal, is the same time in equal parts.
      """,
    examples: [
      Example("netmon errors --since 1h", "what failed in the last hour"),
      Example("netmon errors --by error,host", "which host has which errors"),
      Example("netmon errors process:nginx -o json"),
      Example("netmon errors --explain ECONNREFUSED", "what it means, and what to look at"),
    ],
    options: Options()
  ) {
    FilterOptions.declarations(\.filter)
    SourceOptions.declarations(\.source, hasLive: false)
    Group("Output") {
      Option(
        "by", \.by, "KEYS", completion: .list(GroupKey.allCases.map(\.rawValue)),
        help: "what makes a group, joined by commas, of "
          + GroupKey.allCases.map(\.rawValue).joined(separator: ", "))
      Option(
        "limit", short: "n", \.limit, in: 0...1_000_000, help: "how many groups at most, 0 for all")
      Flag(
        "follow", short: "f", \.follows,
        help: "draw the counts again when they change; with -o jsonl, print each group that has")
      Option("output", short: "o", \.format, help: "how to print")
      Option(
        "explain", \.explained, "NAME",
        completion: .suggestions(ErrorCatalog.all.map(\.error.name)),
        help: "say what an error means, and nothing else")
    }
    Check {
      $0.follows && ![.table, .jsonl].contains($0.format)
        ? "--follow has no end: it goes with -o table or jsonl" : nil
    }
    Check {
      $0.explained != nil && $0.format == .csv
        ? "--explain goes with -o table, json or jsonl" : nil
    }
    Check { $0.source.isLive ? "--live shows only what is open now; errors need a database" : nil }
  } action: { options in
    { invocation in try await run(options, invocation) }
  }

  private static func run(_ options: Options, _ invocation: Invocation) async throws {
    if let name = options.explained {
      return invocation.console.write(try explanation(of: name).text(as: options.format))
    }
    let now = invocation.now()
    let query = try query(of: options, now: now)
    if options.follows { try checkOutput(ofFollowing: options, invocation) }
    try await options.source.withSource(invocation) { source in
      if options.follows { return try await follow(options, in: source, invocation) }
      let summary = try await invocation.console.withProgress { _ in try await source.errors(query)
      }
      ErrorPrinter(invocation.console, now: now, span: query.filter.span)
        .print(summary, by: query.by, as: options.format)
      await QueryCommand.noteGaps(query.filter, in: source, since: nil, invocation)
    }
  }

  /// What is asked for at this moment, from which relative times count.
  static func query(of options: Options, now: Timestamp) throws -> ErrorQuery {
    ErrorQuery(
      filter: try options.filter.filter(now: now, command: "errors"),
      by: try parseKeys(options.by), now: now,
      limit: options.limit == 0 ? 1_000_000 : options.limit)
  }

  private static func explanation(of name: String) throws(CommandError) -> ErrorExplanation {
    let names = ErrorCatalog.all.map(\.error.name)
    guard let error = ConnectionError(name: name) else {
      let hint = NetmonCore.closestMatch(to: name.uppercased(), among: names)
      throw CommandError(
        usage: "--explain: '\(terminalSafe(name))' is not a known error"
          + (hint.map { "; did you mean '\($0)'?" } ?? ""), of: "errors")
    }
    guard let explanation = ErrorCatalog.explanation(of: error) else {
      throw CommandError(
        usage: "--explain: connections do not usually meet \(error.name); explained are "
          + names.joined(separator: ", "), of: "errors")
    }
    return explanation
  }

  private static func parseKeys(_ text: String) throws -> [GroupKey] {
    var keys: [GroupKey] = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      let matching = GroupKey.allCases.first {
        $0.rawValue == name.lowercased() || $0.fieldName == name.lowercased()
      }
      guard let key = matching else {
        let names = GroupKey.allCases.map(\.rawValue)
        let hint = NetmonCore.closestMatch(to: String(name), among: names)
        throw CommandError(
          usage: "--by: '\(terminalSafe(String(name)))' is not a key"
            + (hint.map { "; did you mean '\($0)'?" } ?? "")
            + " (\(names.joined(separator: ", ")))", of: "errors")
      }
      if !keys.contains(key) { keys.append(key) }
    }
    return keys
  }
}
