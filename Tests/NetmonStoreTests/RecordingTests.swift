import NetmonCore
import NetmonStore
import Testing
import TestSupport

@Suite struct RecordingTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
  }

  @Test func everyFieldComesBack() throws {
    let recorded = try store.record([completeSample()])
    var stored = try #require(try store.connection(id: recorded[0].id))
    #expect(stored.id == recorded[0].id)
    stored.id = nil
    #expect(stored == completeSample())
  }

  @Test func unknownStaysUnknown() throws {
    var bare = Connection(
      timestamp: .at(0), transport: .tcp, state: .SYN_SENT, local: "0.0.0.0:0", remote: "[::]:0"
    )
    let id = try store.record([bare])[0].id
    bare.id = id
    bare.origin = Origin(agent: store.id, number: 1)
    #expect(try store.connection(id: id) == bare)
    #expect(try store.connection(id: id + 1) == nil)
  }

  @Test func outcomesFollowTheInput() throws {
    let origin = Origin(agent: "a", number: 1)
    let first = sample(origin: origin, revision: 2)
    var later = first
    later.revision = 3
    later.bytesSent = 10
    var other = sample(at: 5)
    other.origin = Origin(agent: "a", number: 2)
    #expect(
      try store.record([first, other, first, later]).map(\.outcome)
        == [.inserted, .inserted, .unchanged, .updated]
    )
    let stale = try store.record([first])
    #expect(stale[0].outcome == .unchanged)
    #expect(try store.connection(id: stale[0].id)?.bytesSent == 10)
    #expect(try store.count(Filter()) == 2)
  }

  @Test func revisionsInAnyOrderEndTheSame() throws {
    var generator = SplitMix(seed: 1)
    var versions: [Connection] = []
    for number in 0..<20 as Range<Int64> {
      for revision in 1...4 as ClosedRange<Int64> {
        var version = sample(
          at: number / 3, process: revision < 3 ? "sh" : "curl",
          origin: Origin(agent: "agent\(number % 2)", number: number), revision: revision
        )
        version.bytesSent = revision * 100
        versions.append(version)
      }
    }
    for _ in 0..<20 {
      let directory = try TemporaryDirectory()
      let store = try Store(path: directory.file)
      let shuffled = (versions + versions).shuffled(using: &generator)
      var rest = shuffled[...]
      while !rest.isEmpty {
        let count = Int.random(in: 1...40, using: &generator)
        _ = try store.record(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      let stored = try store.all()
      #expect(stored.count == 20)
      #expect(
        Set(
          stored.map { c in
            var c = c; c.id = nil; return c
          }) == Set(versions.filter { $0.revision == 4 }))
      #expect(try directory.brokenRules() == [])
    }
  }

  @Test func batchesTogetherAreTheSameAsOneByOne() throws {
    var generator = SplitMix(seed: 7)
    for seed in 1...10 as ClosedRange<UInt64> {
      var records = try randomRecords(300, seed: seed)
      for index in records.indices { records[index].timestamp = .at(Int64(index / 20)) }
      records += records.map { record in
        var later = record
        later.revision += Int64.random(in: -1...2, using: &generator)
        later.bytesSent = 77
        return later
      }.filter { $0.revision > 0 }
      records.shuffle(using: &generator)
      let batches = stride(from: 0, to: records.count, by: 60).map {
        Array(records[$0..<min($0 + 60, records.count)])
      }
      let (together, apart) = (try TemporaryDirectory(), try TemporaryDirectory())
      let (first, second) = (try Store(path: together.file), try Store(path: apart.file))
      let recorded = try first.record(batches: batches)
      let expected = try records.map { try second.record([$0])[0] }
      #expect(recorded.map(\.count) == batches.map(\.count))
      #expect(recorded.joined().map(\.outcome) == expected.map(\.outcome))
      for (recorded, record) in zip(recorded.joined(), records) {
        #expect(try first.connection(id: recorded.id)?.origin == record.origin)
      }
      func stored(_ store: Store) throws -> Set<Connection> {
        Set(
          try store.all().map { connection in
            var connection = connection
            connection.id = nil
            return connection
          })
      }
      #expect(try stored(first) == stored(second))
      #expect(try together.brokenRules() == [])
      #expect(try first.lastSequence() == second.lastSequence())
    }
  }

  @Test func whoSpeaksForAHostReplacesNothingOfAnother() throws {
    func of(_ host: String?, at time: Int64 = 0, _ revision: Int64) -> Connection {
      var connection = sample(
        at: time, origin: Origin(agent: "a", number: time), revision: revision)
      connection.host = host
      return connection
    }
    let before = [of("web-1", 1), of(nil, at: 7, 1)]
    _ = try store.record(before)
    // In the order of the input, though they are written in that of their times.
    for (batch, index) in [
      ([of("web-2", 2)], 0), ([of("web-2", 1)], 0), ([of("web-2", at: 9, 1), of("web-2", 3)], 1),
      ([of("web-2", at: 7, 2)], 0),
    ] {
      #expect(throws: StoreError.foreign(.record, index: index)) {
        try store.record(batches: [batch], owners: ["web-2"])
      }
    }
    #expect(throws: StoreError.foreign(.record, index: 1)) {
      try store.record(batches: [[of("web-1", 2)], [of("web-2", 3)]], owners: ["web-1", "web-2"])
    }
    #expect(try store.all().map(\.revision) == [1, 1], "nothing of any batch is stored")
    #expect(try directory.brokenRules() == [])
    // Of the second batch nobody says whose it is.
    let batches = [[of("web-1", 2)], [of("web-2", at: 7, 2)]]
    let outcomes = try store.record(batches: batches, owners: ["web-1"]).joined().map(\.outcome)
    #expect(outcomes == [.updated, .updated])
  }

  @Test func whoSpeaksForAHostTakesNoNumberThatTheStoreHasYetToGive() throws {
    var first = sample(at: 1)
    first.host = "web-1"
    let own = try #require(try store.record(batches: [[first]], owners: ["web-1"]).first?.first)
    // What it has been told of its own it may bring up to date.
    var known = try #require(try store.connection(id: own.id))
    known.revision += 1
    #expect(
      try store.record(batches: [[known]], owners: ["web-1"]).joined().map(\.outcome) == [.updated])
    let given = try #require(known.origin)
    var early = known
    early.origin = Origin(agent: given.agent, number: given.number + 1)
    #expect(throws: StoreError.foreign(.record, index: 0)) {
      try store.record(batches: [[early]], owners: ["web-1"])
    }
    #expect(try store.record(batches: [[early]]).joined().map(\.outcome) == [.inserted])
    let gap = Gap(
      host: "web-1", from: .at(0), to: .at(1), count: 1, reason: "a full ring", origin: early.origin
    )
    #expect(throws: StoreError.foreign(.record, index: 0)) {
      try store.record([gap], owner: "web-1")
    }
  }

  @Test func emptyBatchesAreAnsweredToo() throws {
    #expect(try store.record(batches: []) == [])
    #expect(try store.record(batches: [[], [sample()], []]).map(\.count) == [0, 1, 0])
    #expect(try store.record([]) == [])
  }

  @Test func numbersAreNeverGivenOutTwice() throws {
    let second = try Store(path: directory.file)
    let reserved = try store.reserveNumbers(3)
    _ = try second.record([sample(), sample(at: 1)])
    let next = try second.reserveNumbers(1)
    let used = try second.all().compactMap { $0.origin?.number }
    #expect(Set(reserved).union(used).union(next).count == 6)
    #expect(try store.reserveNumbers(0).isEmpty)
    #expect(throws: StoreError.self) { try store.reserveNumbers(-1) }
  }

  @Test(arguments: [
    Timestamp.valid.upperBound, Timestamp(microseconds: -1), Timestamp(microseconds: .max),
  ])
  func timesOutOfRangeAreRefused(time: Timestamp) throws {
    var connection = sample()
    connection.timestamp = time
    #expect(throws: StoreError.self) { try store.record([sample(), connection]) }
    #expect(try store.count(Filter()) == 0)
  }

  @Test func theEndsOfTheValidRangeAreTaken() throws {
    let last = Timestamp(microseconds: Timestamp.valid.upperBound.microseconds - 1)
    let records = [Timestamp.valid.lowerBound, last].map { time in
      var connection = sample()
      connection.timestamp = time
      return connection
    }
    // Ten at the last moment: two are displaced beyond it, and still below 2⁵³.
    _ = try store.record(records + Array(repeating: records[1], count: 9))
    #expect(
      try store.all().map(\.timestamp) == Array(repeating: last, count: 10) + [records[0].timestamp]
    )
    #expect(try store.all().allSatisfy { $0.id ?? .max < 1 << 53 })
  }

  @Test func aRefusedBatchLeavesNothingBehind() throws {
    var bad = sample(at: 2, process: "bad", remote: "198.51.100.1:1")
    bad.bytesSent = -1
    let batch = [sample(process: "fresh", remote: "198.51.100.2:1"), bad]
    let error = #expect(throws: StoreError.self) { try store.record(batch) }
    guard case .invalid(.record, let reason) = error else { throw try #require(error) }
    #expect(reason.contains("bytes_sent is negative"))
    #expect(try store.lastSequence() == 0)
    #expect(try store.statistics().addresses == 0)
    // What the writer learnt in that transaction must be forgotten with it.
    bad.bytesSent = 1
    _ = try store.record([bad, batch[0]])
    #expect(try store.all().map(\.process.name) == ["bad", "fresh"])
    #expect(try directory.brokenRules() == [])
  }

  @Test(arguments: [
    "nul\0inside", "'; DROP TABLE connection; --", "\"quoted\"", "%_*?[a-z]", "\u{1B}[31m",
    "é", "e\u{301}", "\u{202E}gnp.exe", "\u{10FFFF}", String(repeating: "x", count: 4096), " ",
  ])
  func hostileTextComesBackByteForByte(text: String) throws {
    var connection = sample(process: text)
    connection.host = text
    connection.serviceName = text
    connection.process.user = text
    connection.process.command = text
    let id = try store.record([sample(at: 9), connection])[1].id
    let stored = try #require(try store.connection(id: id))
    for field in [
      stored.process.name, stored.host, stored.serviceName, stored.process.user,
      stored.process.command,
    ] {
      #expect(field.map { Array($0.utf8) } == Array(text.utf8))
    }
    let filter = Filter(terms: [.init(.text(.process, .exact(text)))])
    #expect(try store.all(filter).map(\.id) == [id])
  }

  @Test func canonicallyEquivalentNamesStayApart() throws {
    _ = try store.record([sample(process: "é"), sample(at: 1, process: "e\u{301}")])
    #expect(try store.all().map { $0.process.name.utf8.count } == [3, 2])
  }

  @Test func checkWritableWritesNothingThatMatters() throws {
    try store.checkWritable()
    #expect(try store.lastSequence() == 0)
  }
}
