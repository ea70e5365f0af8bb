import NetmonAgent
import NetmonCore
import NetmonStore

extension ErrorsCommand {
  /// Refuses to draw where nothing can be drawn over.
  static func checkOutput(ofFollowing options: Options, _ invocation: Invocation) throws {
    guard options.format == .jsonl || invocation.console.canRedraw(invocation.environment) else {
      throw CommandError(
        usage: "--follow draws on a terminal; elsewhere it takes -o jsonl", of: "errors")
    }
  }

  /// Shows the counts again whenever something has failed, at most once a second.
  static func follow(
    _ options: Options, in source: RecordSource, _ invocation: Invocation
  ) async throws {
    let console = invocation.console
    var counted = source
    var output = ErrorsOutput(options.format, to: console)
    let (wakes, wake) = AsyncStream.makeStream(
      of: FollowedEvent.self, bufferingPolicy: .bufferingNewest(1))
    let failures = try failures(among: options, now: invocation.now())
    try await console.whileRead {
      try await withThrowingTaskGroup { group in
        group.addTask {
          defer { wake.finish() }
          try await source.follow(failures) { wake.yield($0) }
        }
        for await event in wakes {
          output.note(event)
          if case .store(let store) = counted, store.isReplaced {
            counted = .store(try Store(path: store.path, access: .readOnly))
          }
          if case .away = event {
          } else {
            let now = invocation.now()
            let query = try query(of: options, now: now)
            do {
              output.show(try await counted.errors(query), by: query.by, now: now)
            } catch let error as RESTError {
              // Whoever follows it says when it is back.
              output.note(.away(error))
            }
          }
          try await ContinuousClock().sleep(for: .seconds(1))
        }
        try await group.waitForAll()
      }
    }
  }

  /// What changes the counts: `since` and `until` ask when something failed, which for one that was
  /// seen before is later than when it was first seen.
  private static func failures(among options: Options, now: Timestamp) throws -> Filter {
    var filter = try query(of: options, now: now).filter
    filter.terms.removeAll(where: \.isOfTime)
    filter.terms.append(Filter.Term(.error(.any)))
    return filter
  }
}
