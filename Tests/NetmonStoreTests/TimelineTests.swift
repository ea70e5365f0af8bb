import NetmonCore
import TestSupport
import Testing

@testable import NetmonStore

/// A timeline says what counting the records one by one says, by whatever way it was made.
@Suite struct TimelineTests {
  private static let minute: Int64 = 60_000_000
  private let directory: TemporaryDirectory
  private let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
  }

  /// Records over some hours, the failed ones of different lengths.
  private func fill(_ count: Int = 400) throws -> [Connection] {
    var generator = SplitMix(seed: 9)
    let records = try randomRecords(count, seed: 9).map { record in
      var record = record
      let shift = Int64.random(in: 0..<5 * 60, using: &generator) * Self.minute + 7
      record.timestamp = record.timestamp.advanced(byMicroseconds: shift)
      let length = Int64.random(in: 0..<20, using: &generator) * Self.minute
      record.closedAt = record.closedAt.map { _ in
        record.timestamp.advanced(byMicroseconds: length)
      }
      return record
    }
    _ = try store.record(records)
    return try store.all()
  }

  private static func since(_ minutes: Int64) -> Filter.Term {
    .init(.time(.occurrence, .greaterOrEqual(.at(minutes * minute))))
  }

  private static func until(_ minutes: Int64) -> Filter.Term {
    .init(.time(.occurrence, .less(.at(minutes * minute))))
  }

  private static let filters: [[Filter.Term]] = [
    [], [since(31)], [since(95), until(97)], [since(10), until(10)], [until(61)],
    [since(15), .init(.text(.process, .exact("curl")))],
    [since(15), .init(.endpoint(.remote, prefix: IPPrefix("10.0.0.0/8"), port: nil))],
    [since(15), .init(.error(.exactly(.ECONNRESET)))],
    [since(15), .init(isNegated: true, anyOf: [.transport(.udp)])],
    [since(15), .init(.state(.CLOSE))], [since(15), .init(.word("443"))],
  ]

  /// `rows` 0 lets no row be read for connections.
  @Test(arguments: [300_000, 0], [nil, "10s", "1m", "30m", "2h", "7d"])
  func countsAreThoseOfTheRecords(rows: Int, width: String?) throws {
    let records = try fill()
    for terms in Self.filters {
      var query = TimelineQuery(
        filter: Filter(terms: terms), bucket: width.flatMap { BucketWidth($0) },
        now: .at(5 * 60 * Self.minute))
      query.rowLimit = rows
      let timeline = try store.timeline(query)
      try check(timeline, of: query.filter, records)
      if rows > 0 { #expect(timeline.connectionsBucket == timeline.bucket) }
      if let width {
        #expect(timeline.bucket.description == width || timeline.buckets.count > 1000)
      }
    }
  }

  private func check(
    _ timeline: Timeline, of filter: Filter, _ records: [Connection]
  ) throws {
    let width = timeline.bucket.microseconds
    #expect(timeline.buckets.first?.time == timeline.from)
    #expect(timeline.to.microseconds(since: timeline.from) == Int64(timeline.buckets.count) * width)
    let failed = Dictionary(
      grouping: records.filter { $0.error != nil && filter.matches($0) },
      by: { $0.failedAt.microseconds / width })
    let connectionsWidth = timeline.connectionsBucket?.microseconds
    let seen = Dictionary(
      grouping: records.filter { filter.withoutErrors.matches($0) },
      by: { $0.timestamp.microseconds / (connectionsWidth ?? 1) }
    ).mapValues(\.count)
    for bucket in timeline.buckets {
      let time = bucket.time.microseconds
      #expect(time % width == 0)
      let counts = Dictionary(uniqueKeysWithValues: bucket.errors.map { ($0.0, $0.1) })
      let errors = Dictionary(grouping: failed[time / width] ?? [], by: { $0.error ?? .EPERM })
      #expect(counts == errors.mapValues(\.count))
      let expected = connectionsWidth.flatMap {
        time % $0 == 0 || bucket.time == timeline.from ? seen[time / $0] ?? 0 : nil
      }
      #expect(bucket.connections == expected, "\(filter) at \(bucket.time)")
    }
  }

  /// What neither rows nor roll-ups tell is not made up.
  @Test func whatTakesTooLongIsUnknown() throws {
    _ = try fill()
    func widths(_ terms: [Filter.Term]) throws -> (Int64, Int64?) {
      var query = TimelineQuery(
        filter: Filter(terms: terms + [Self.since(0)]), bucket: BucketWidth("10s"),
        now: .at(Self.minute * 300))
      query.rowLimit = 0
      let timeline = try store.timeline(query)
      return (timeline.bucket.seconds, timeline.connectionsBucket?.seconds)
    }
    #expect(try widths([]) == (10, 60))
    #expect(try widths([.init(.number(.pid, .equal(42)))]) == (10, 3600))
    #expect(try widths([.init(.word("443"))]) == (10, nil))
  }

  @Test func thereAreNotTooManySteps() throws {
    _ = try store.record([sample()])
    for (hours, least) in [(1, 60), (24, 60), (24 * 14, 60), (24 * 365 * 10, 30)] {
      let since = Filter.Term(
        .time(.occurrence, .greaterOrEqual(.at(-Int64(hours) * 60 * Self.minute))))
      let chosen = TimelineQuery(filter: Filter(terms: [since]), now: .at(0))
      let count = try store.timeline(chosen).buckets.count
      #expect((least...151).contains(count) || hours > 24 * 365, "\(hours) hours: \(count)")
      let asked = TimelineQuery(
        filter: Filter(terms: [since]), bucket: BucketWidth("1s"), now: .at(0))
      #expect(try store.timeline(asked).buckets.count <= Int(TimelineQuery.maximumBuckets) + 1)
    }
  }

  @Test func theQuestionStaysTheSameWithinAStep() {
    let filter = { (now: Int64) in
      Filter(terms: [.init(.time(.occurrence, .greaterOrEqual(.at(now - 3_600_000_000))))])
    }
    let first = TimelineQuery(filter: filter(1_000_000), now: .at(1_000_000))
    let second = TimelineQuery(filter: filter(2_000_000), now: .at(2_000_000))
    #expect(first == second)
    #expect(first.bucket?.description == "30s")
  }

  @Test func anEmptyStoreHasOneStep() throws {
    let timeline = try store.timeline(TimelineQuery(filter: Filter(), now: .at(0)))
    #expect(timeline.buckets.count == 1)
    #expect(timeline.buckets[0].connections == 0 && timeline.buckets[0].errors.isEmpty)
    #expect(timeline.gaps.isEmpty)
  }

  @Test func gapsOfTheSpanAreTold() throws {
    for (from, to) in [(0, 5), (50, 70), (300, 310)] as [(Int64, Int64)] {
      try store.recordGap(
        Gap(
          host: "web-1", from: .at(from * Self.minute), to: .at(to * Self.minute), count: 3,
          reason: "reason \(from)"))
    }
    let query = TimelineQuery(
      filter: Filter(terms: [Self.since(60), Self.until(120)]), now: .at(0))
    #expect(try store.timeline(query).gaps.map(\.reason) == ["reason 50"])
  }

  @Test(arguments: BucketWidth.allCases)
  func widthsAreReadAsWritten(_ width: BucketWidth) {
    #expect(BucketWidth(width.description) == width)
    // So that larger steps hold whole smaller ones.
    #expect(3600 % width.seconds == 0 || width.seconds % 3600 == 0)
  }
}
