import Foundation
import NetmonCore
import TestSupport
import Testing

@testable import NetmonStore

/// The log stays short while it is written to without a pause, and nothing is lost.
@Suite struct CheckpointerTests {
  private let directory: TemporaryDirectory
  private let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
  }

  private func bytes(_ suffix: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: directory.file + suffix)
    return try #require(attributes[.size] as? NSNumber).intValue
  }

  private func batch(_ number: Int) -> [Connection] {
    (0..<200).map { sample(at: Int64(number * 200 + $0) * 1000, pid: Int32($0)) }
  }

  @Test func aLogThatIsWrittenToWithoutAPauseStaysShort() throws {
    try #require(store.checkpointer).setLimit(256)
    var longest = 0
    for number in 0..<300 {
      _ = try store.record(batch(number))
      longest = max(longest, try bytes("-wal"))
    }
    #expect(try bytes("") > 4 << 20)
    // The limit and a transaction, which changes more than two hundred pages.
    #expect(longest < 2 << 20)
    #expect(try store.count(Filter()) == 60_000)
    #expect(try directory.brokenRules() == [])
  }

  @Test func aWholeCopyCanBeMadeWhileItWorks() throws {
    try #require(store.checkpointer).setLimit(8)
    for number in 0..<40 {
      _ = try store.record(batch(number))
      try store.checkpoint()
      #expect(try bytes("-wal") == 0)
    }
  }
}
