import Glibc
import NetmonCore
import NetmonStore
import Testing

@Suite struct FollowingTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
  }

  /// Records `count` records, and then each of them `revisions - 1` times anew.
  private func record(_ count: Int64, revisions: Int64 = 1) throws {
    for revision in 1...revisions {
      _ = try store.record(
        (0..<count).map {
          sample(at: $0, origin: Origin(agent: "a", number: $0), revision: revision)
        })
    }
  }

  /// What a follower is given that takes `page` records at a time.
  private func followed(
    from sequence: Int64, page: Int, window: Int64,
    meanwhile write: () throws -> Void = {}
  ) throws -> [(sequence: Int64, connection: Connection)] {
    var found: [(sequence: Int64, connection: Connection)] = []
    var place = FollowingPlace(sequence: sequence)
    var backlog: Backlog?
    while true {
      var count = 0
      let next = try store.follow(
        after: place.sequence, &backlog, window: window
      ) { sequence, connection in
        found.append((sequence, connection))
        count += 1
        return count < page
      }
      #expect(!next.isReset)
      if next == place { return found }
      place = next
      try write()
    }
  }

  @Test(arguments: [1, 3, 100])
  func eachRecordOnceInItsLatestState(page: Int) throws {
    try record(10, revisions: 3)
    let found = try followed(from: 0, page: page, window: 100)
    #expect(found.map(\.sequence) == Array(21...30))
    #expect(found.map { $0.connection.origin?.number } == Array(0..<10))
    #expect(found.allSatisfy { $0.connection.revision == 3 })
  }

  @Test(arguments: [1, 7, 29], [1, 4, 100])
  func whoIsFarBehindGetsEachRecordOnceToo(window: Int64, page: Int) throws {
    try record(10, revisions: 3)
    let found = try followed(from: 0, page: page, window: window)
    #expect(found.map(\.sequence) == Array(21...30))
    #expect(found.allSatisfy { $0.connection.revision == 3 })
  }

  @Test(arguments: [1, 2, 5, 50])
  func whatChangesMeanwhileComesOnceToo(window: Int64) throws {
    try record(20, revisions: 3)
    var revision: Int64 = 3
    let found = try followed(from: 0, page: 2, window: window) {
      guard revision < 9 else { return }
      revision += 1
      // The first of them was told already, the last one was not.
      for number in [0, 19] as [Int64] {
        let origin = Origin(agent: "a", number: number)
        _ = try store.record([sample(at: number, origin: origin, revision: revision)])
      }
    }
    #expect(found.map(\.sequence) == found.map(\.sequence).sorted())
    let told = Dictionary(grouping: found) { $0.connection.origin?.number }
      .mapValues { $0.map(\.connection.revision) }
    #expect(told.count == 20)
    #expect(told.values.allSatisfy { $0 == Array(Set($0)).sorted() }, "none comes twice as it was")
    #expect(told.allSatisfy { $1.last == ([0, 19].contains($0) ? 9 : 3) })
  }

  @Test func itBeginsWhereItIsTold() throws {
    try record(10)
    #expect(try followed(from: 7, page: 100, window: 100).map(\.sequence) == [8, 9, 10])
    #expect(try followed(from: 10, page: 100, window: 100).isEmpty)
  }

  @Test func withoutAPlaceItBeginsNow() throws {
    #expect(try store.place(after: nil) == FollowingPlace(sequence: 0))
    try record(4)
    #expect(try store.place(after: nil) == FollowingPlace(sequence: 4))
    #expect(try store.place(after: 2) == FollowingPlace(sequence: 2))
    #expect(try store.place(after: 4) == FollowingPlace(sequence: 4))
  }

  @Test func whatIsPrunedOrWasNeverIsAReset() throws {
    try record(4)
    try directory.execute("DELETE FROM change WHERE seq <= 2")
    let present = FollowingPlace(sequence: 4, isReset: true)
    for sequence: Int64 in [0, 1, 5, .max] {
      #expect(try store.place(after: sequence) == present)
      var backlog: Backlog?
      let place = try store.follow(after: sequence, &backlog) { _, _ in
        Issue.record("nothing is told of what is not there")
        return true
      }
      #expect(place == present)
    }
    #expect(try store.place(after: 2) == FollowingPlace(sequence: 2))
  }

  @Test func aRemovedRecordIsPassedOver() throws {
    try record(3)
    try directory.execute(
      "DELETE FROM connection WHERE id = (SELECT connection_id FROM change WHERE seq = 3)")
    #expect(try followed(from: 0, page: 100, window: 100).map(\.sequence) == [1, 2])
  }

  @Test func aFileThatAnotherHasReplacedIsNoticed() throws {
    let reader = try Store(path: directory.file, access: .readOnly)
    #expect(!reader.isReplaced)
    let other = try TemporaryDirectory()
    _ = try Store(path: other.file)
    #expect(rename(other.file, directory.file) == 0)
    #expect(reader.isReplaced)
  }
}
