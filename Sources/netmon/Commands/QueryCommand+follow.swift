import NetmonAgent
import NetmonCore
import NetmonStore

extension QueryCommand.Options {
  /// Why this cannot be followed; nil if it can.
  var obstacleToFollowing: String? {
    if source.isLive {
      return "--follow takes a database or a server; 'netmon collect -o table' shows changes here"
    }
    if counts || gaps || sort != nil {
      return "--follow goes with neither --count, --gaps nor --sort"
    }
    if fields != nil, format == .table {
      return "the columns of --follow stand still: --fields goes with -o jsonl or csv there"
    }
    return format == .json ? "--follow has no end, and a JSON array needs one: use -o jsonl" : nil
  }
}

extension QueryCommand {
  /// Prints what there is, and then all that changes.
  static func follow(
    _ filter: Filter, in source: RecordSource, _ options: Options, _ invocation: Invocation
  ) async throws {
    let console = invocation.console
    // Nothing is printed, not even titles, before the source is there.
    var output: FollowedOutput?
    // What has changed since the stream began may be told again after it was listed.
    var listed: [Origin: Int64] = [:]
    try await console.whileRead {
      try await source.follow(filter) { event in
        switch event {
        case .began:
          output = FollowedOutput(
            options.format, to: console, fields: options.fields?.fields, now: invocation.now())
          try await list(filter, in: source, options, invocation) { connection in
            output?.print(connection)
            if let origin = connection.origin { listed[origin] = connection.revision }
          }
        case .connection(let connection):
          if let origin = connection.origin, let revision = listed[origin] {
            guard connection.revision > revision else { return }
            listed[origin] = nil
          }
          output?.print(connection)
        case .away, .back, .reset:
          console.note(event)
        }
      }
    }
  }

  /// Gives `body` the latest records up to the limit, the oldest of them first.
  private static func list(
    _ filter: Filter, in source: RecordSource, _ options: Options, _ invocation: Invocation,
    _ body: (Connection) -> Void
  ) async throws {
    let now = invocation.now()
    guard options.limit > 0 else {
      let query = ConnectionQuery(filter: filter, sort: .init(.timestamp), limit: nil)
      try await source.forEachConnection(query, now: now) { connection in
        body(connection)
        return true
      }
      return await noteGaps(filter, in: source, since: nil, invocation)
    }
    var latest: [Connection] = []
    let query = ConnectionQuery(filter: filter, limit: options.limit)
    try await source.forEachConnection(query, now: now) { connection in
      latest.append(connection)
      return true
    }
    for connection in latest.reversed() { body(connection) }
    await noteGaps(filter, in: source, since: latest.last?.timestamp ?? now, invocation)
  }
}
