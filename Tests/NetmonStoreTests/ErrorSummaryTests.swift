import NetmonCore
import NetmonStore
import Testing

@Suite struct ErrorSummaryTests {
  static let minute: Int64 = 60_000_000
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
  }

  private func fill() throws {
    var listen = sample(at: 1, state: .LISTEN)
    listen.direction = .listen
    _ = try store.record([
      sample(at: 0, error: .ECONNREFUSED), sample(at: 10 * Self.minute, error: .ECONNREFUSED),
      sample(at: 20 * Self.minute, pid: 43, error: .ECONNREFUSED),
      sample(at: 5 * Self.minute, error: .ECONNRESET, closedAfter: 10 * Self.minute),
      sample(at: 6 * Self.minute, process: "ssh", error: .EHOSTUNREACH, closedAfter: nil),
      sample(at: 7 * Self.minute), sample(at: 8 * Self.minute, closedAfter: nil), listen,
      sample(at: 9 * Self.minute, process: "other"),
      sample(at: 9 * Self.minute, remote: "192.0.2.8:443"),
    ])
  }

  private func summary(
    _ terms: [Filter.Term] = [], by: [GroupKey] = [.error, .process, .remote], limit: Int = 1000
  ) throws -> ErrorSummary {
    try store.errorSummary(
      ErrorQuery(filter: Filter(terms: terms), by: by, now: .at(24 * Self.minute), limit: limit)
    )
  }

  @Test func groupsCountAndOrder() throws {
    try fill()
    let groups = try summary().groups
    #expect(
      groups.map { $0.keys.map(\.1) } == [
        ["ECONNREFUSED", "curl", "192.0.2.7:443"], ["ECONNRESET", "curl", "192.0.2.7:443"],
        ["EHOSTUNREACH", "ssh", "192.0.2.7:443"],
      ])
    #expect(groups.map(\.count) == [3, 1, 1])
    // Two successes of curl to that remote; not the listener, not the other remote or process.
    #expect(groups.map(\.successes) == [2, 2, 0])
    #expect(groups[0].first == .at(1000))
    #expect(groups[0].last == .at(20 * Self.minute + 1000))
    // The time of failure, not of the beginning.
    #expect(groups[1].first == .at(15 * Self.minute))
    #expect(groups[2].first == .at(6 * Self.minute))
    #expect(groups.allSatisfy { $0.trend.count == 24 && $0.trend.reduce(0, +) == $0.count })
    #expect(groups[0].trend.enumerated().filter { $0.element > 0 }.map(\.offset) == [0, 10, 20])
    #expect(try summary(limit: 1).groups.count == 1)
    #expect(try summary(limit: 1).totalGroups == summary().groups.count)
    #expect(try summary(limit: 1).total == summary().groups.reduce(0) { $0 + $1.count })
    #expect(try summary(limit: 0).groups.isEmpty)
  }

  @Test func successesOfOtherInstancesCount() throws {
    var elsewhere = sample(at: 2000, pid: 99)
    elsewhere.process.path = "/opt/curl"
    elsewhere.remote = "192.0.2.7:80"
    _ = try store.record([sample(error: .EPIPE), elsewhere])
    #expect(try summary(by: [.process]).groups.map(\.successes) == [1])
    #expect(try summary(by: [.path]).groups.map(\.successes) == [0])
    #expect(try summary(by: [.process, .remote]).groups.map(\.successes) == [0])
  }

  @Test func timelineCountsBuckets() throws {
    try fill()
    let timeline = try summary().timeline
    #expect(timeline.map(\.time) == [0, 6, 10, 15, 20].map { .at($0 * Self.minute) })
    #expect(
      timeline.map { $0.counts.map(\.0) } == [
        [.ECONNREFUSED], [.EHOSTUNREACH], [.ECONNREFUSED], [.ECONNRESET], [.ECONNREFUSED],
      ])
    let hour = try store.errorSummary(ErrorQuery(bucket: 60 * Self.minute, now: .at(0))).timeline
    #expect(hour.count == 1)
    #expect(hour[0].counts.map(\.1) == [3, 1, 1])
  }

  @Test func boundsCompareTheTimeOfFailure() throws {
    try fill()
    let terms: [Filter.Term] = [
      .init(.time(.occurrence, .greaterOrEqual(.at(15 * Self.minute)))),
      .init(.time(.occurrence, .less(.at(20 * Self.minute)))),
    ]
    let result = try summary(terms)
    #expect(result.groups.map { $0.keys[0].1 } == ["ECONNRESET"])
    #expect(result.groups[0].trend[0] == 1)
    #expect(result.timeline.count == 1)
  }

  @Test func filtersAboutErrorsDoNotHideSuccesses() throws {
    try fill()
    let groups = try summary([.init(.error(.exactly(.ECONNRESET)))]).groups
    #expect(groups.map(\.count) == [1])
    // From the failure at 15 minutes on there was none.
    #expect(groups.map(\.successes) == [0])
    let since = Filter.Term(.time(.occurrence, .greaterOrEqual(.at(0))))
    #expect(
      try summary([since, .init(.error(.exactly(.ECONNRESET)))]).groups.map(\.successes) == [2])
    #expect(try summary([.init(.error(.none))]).groups.isEmpty)
    #expect(try summary([.init(.text(.process, .exact("nobody")))]).groups.isEmpty)
  }

  @Test(arguments: GroupKey.allCases)
  func everyKeyGroups(key: GroupKey) throws {
    _ = try store.record(try randomRecords(200, seed: 5))
    let failures = try store.all(Filter(terms: [.init(.error(.any))]))
    let groups = try summary(by: [key]).groups
    #expect(groups.map(\.count).reduce(0, +) == failures.count)
    #expect(Set(groups.map { $0.keys[0].1 }).count == groups.count)
    #expect(groups.map(\.count) == groups.map(\.count).sorted(by: >))
  }

  @Test func noKeysIsOneGroup() throws {
    #expect(try summary(by: []).groups.isEmpty)
    try fill()
    #expect(try summary(by: []).groups.map(\.count) == [5])
    #expect(try summary(by: [.error, .error]).groups.map(\.count) == [3, 1, 1])
    for query in [ErrorQuery(bucket: 0, now: .at(0)), ErrorQuery(now: .at(0), limit: -1)] {
      #expect(throws: StoreError.self) { try store.errorSummary(query) }
    }
  }

  @Test func hostileNamesDoNotMix() throws {
    _ = try store.record([
      sample(process: "é", error: .EPIPE), sample(process: "e\u{301}", error: .EPIPE),
    ])
    let groups = try summary(by: [.process]).groups
    #expect(groups.map(\.count) == [1, 1])
    #expect(groups.map { $0.trend.reduce(0, +) } == [1, 1])
  }
}
