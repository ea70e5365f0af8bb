import Foundation
import NetmonCore
import NetmonStore
import Testing
import TestSupport

/// SQL and ``Filter/matches(_:)`` must answer alike.
@Suite struct FilterTests {
  let directory: TemporaryDirectory
  let store: Store
  let records: [Connection]

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
    // Many share a microsecond, so that displaced rows are among them.
    _ = try store.record(try randomRecords(150, seed: 4))
    records = try store.all()
  }

  private func expectAgreement(_ filter: Filter, _ location: SourceLocation = #_sourceLocation)
    throws
  {
    let expected = records.filter { filter.matches($0) }
    #expect(try store.all(filter) == expected, "\(filter)", sourceLocation: location)
    #expect(try store.count(filter) == expected.count, "\(filter)", sourceLocation: location)
  }

  @Test func everyMatchAgrees() throws {
    for match in Self.matches(id: records[7].id ?? 0) {
      try expectAgreement(Filter(terms: [.init(match)]))
      try expectAgreement(Filter(terms: [.init(isNegated: true, anyOf: [match])]))
    }
  }

  @Test func everyMatchIsSeenBothWays() {
    // Otherwise the test above would say little.
    let matches = Self.matches(id: records[7].id ?? 0)
    let oneSided = matches.filter { match in
      let filter = Filter(terms: [.init(match)])
      return Set(records.map { filter.matches($0) }).count < 2
    }
    #expect(matches.count - oneSided.count > 150, "\(oneSided)")
  }

  /// Of each of ten seeds, other numbers in all with `NETMON_FILTERS`. Each is held against 150
  /// records, which makes 105,000 pairs.
  private static let combinations =
    ProcessInfo.processInfo.environment["NETMON_FILTERS"].flatMap { Int($0) }.map { $0 / 10 } ?? 70

  @Test(arguments: 0..<10)
  func combinationsAgree(seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    let matches = Self.matches(id: records[7].id ?? 0)
    for _ in 0..<Self.combinations {
      let terms = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
        Filter.Term(
          isNegated: .random(using: &generator),
          anyOf: (0..<Int.random(in: 0...3, using: &generator)).compactMap { _ in
            matches.randomElement(using: &generator)
          }
        )
      }
      try expectAgreement(Filter(terms: terms))
    }
  }

  @Test func manyValuesAreNoProblem() throws {
    let many = (0..<5000).map {
      Filter.Match.text(.process, .exact($0 == 4999 ? "nginx" : "p\($0)"))
    }
    try expectAgreement(Filter(terms: [.init(anyOf: many)]))
    try expectAgreement(Filter(terms: [.init(isNegated: true, anyOf: many)]))
  }

  @Test func filteredPagesMeet() throws {
    let filter = Filter(terms: [.init(.error(.any)), .init(.time(.occurrence, .less(.at(3))))])
    var paged: [Connection] = []
    var cursor: ConnectionQuery.Cursor?
    repeat {
      let page = try store.connections(ConnectionQuery(filter: filter, limit: 4, cursor: cursor))
      paged += page.connections
      cursor = page.next
    } while cursor != nil
    #expect(paged == records.filter { filter.matches($0) })
  }

  /// Every case of the language, each with values that the records have and have not.
  private static func matches(id: Int64) -> [Filter.Match] {
    var matches: [Filter.Match] = [
      .error(.any), .error(.none), .error(.exactly(.ECONNRESET)), .error(.exactly(.EPIPE)),
      .transport(.udp), .family(.ipv4), .family(.ipv6), .number(.id, .equal(id)),
    ]
    matches += TCPState.allCases.prefix(3).map { .state($0) }
    matches += Direction.allCases.map { .direction($0) }
    matches += ErrorStage.allCases.map { .stage($0) }
    matches += ErrorSource.allCases.map { .source($0) }
    matches += ErrorCause.allCases.map { .cause($0) }
    for field in Filter.TextField.allCases {
      for text in [
        "curl", "root", "nginx.service", "3f2a", "web-1", "https", "systemd", "", "a*b", "b*c/1",
      ] {
        matches.append(.text(field, .exact(text)))
      }
      for pieces in [
        ["", ""], ["c", "l"], ["", "/", ""], ["/opt/[x]?"], ["", "[", ""], ["n", "i", ""],
        ["a*", ""], ["w"], [], ["nul", "x"], ["n", "l"], ["", "\0", ""], ["c\0", ""],
        ["nul\0x", ""],
      ] {
        matches.append(.text(field, .glob(pieces)))
      }
    }
    for field in Filter.NumberField.allCases {
      for comparison: Filter.Comparison<Int64> in [
        .equal(1), .less(20), .lessOrEqual(10), .greater(0), .greaterOrEqual(20), .between(5, 104),
        .between(104, 5), .less(.min), .greater(.max), .equal(4_026_531_840),
      ] {
        matches.append(.number(field, comparison))
      }
    }
    for field in Filter.TimeField.allCases {
      for comparison: Filter.Comparison<Timestamp> in [
        .equal(.at(2)), .less(.at(2)), .lessOrEqual(.at(2)), .greater(.at(2)),
        .greaterOrEqual(.at(1000)), .between(.at(1), .at(3)), .between(.at(3), .at(1)),
        .less(Timestamp(microseconds: -1)), .less(Timestamp(microseconds: .max)),
      ] {
        matches.append(.time(field, comparison))
      }
    }
    for time in [-1, 0, 2, 999, 1000, 5000] as [Int64] { matches.append(.open(at: .at(time))) }
    matches.append(.open(at: Timestamp(microseconds: 0)))
    let prefixes = [
      "10.0.0.0/8", "10.1.2.3", "0.0.0.0/0", "::/0", "2001:db8::/32", "::1", "198.51.100.0/24",
    ]
    .map { IPPrefix($0) }
    for side in Filter.Side.allCases {
      for prefix in prefixes + [nil] {
        for port: ClosedRange<UInt16>? in [nil, 443...443, 0...44, 60000...65535] {
          matches.append(.endpoint(side, prefix: prefix, port: port))
        }
      }
    }
    for word in [
      "", "curl", "CURL", "uRl", "44", "443", ":443", ":44", "1:44", "::1", "[::1", "[::1]:4", "]:",
      ":", "]",
      "2.7:8443", "10.1.2.3:", "8:1::443", "0.0.0.1:50000", "db8", "DB8:", "%", "_", "a*b", "https",
      "b", "é",
      "3:443x", "web-1", ":4430", "0",
    ] {
      matches.append(.word(word))
    }
    return matches
  }
}
