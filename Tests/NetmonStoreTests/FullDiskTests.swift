import Foundation
import Glibc
import NetmonCore
import NetmonStore
import Testing
import TestSupport

/// A store on a file system of sixteen megabytes that others fill up too.
@Suite(.serialized, .enabled(if: geteuid() == 0, "mounting a tmpfs takes root"))
struct FullDiskTests {
  private let disk: SmallDisk
  private let policy = RetentionPolicy(age: .seconds(86_400), maximumSize: 1_000_000_000)
  private var file: String { disk.path + "/netmon.db" }

  init() throws {
    disk = try SmallDisk(megabytes: 16)
  }

  private func batch(_ number: Int, count: Int = 2000) -> [Connection] {
    (0..<count).map { index in
      let remote = Endpoint(IPAddress(ipv4: UInt32(index % 100)), 443)
      let error: ConnectionError? = index % 10 == 1 ? .ECONNREFUSED : nil
      let time = Int64(number) * 1_000_000 + Int64(index)
      return sample(at: time, pid: Int32(index % 50), remote: remote, error: error)
    }
  }

  /// Records until the disk is full, and returns how many were stored.
  private func fill(_ store: Store, from first: Int = 0) throws -> Int {
    for number in first..<first + 1000 {
      do {
        _ = try store.record(batch(number))
      } catch {
        guard case .full = error else { throw error }
        return (number - first) * 2000
      }
    }
    Issue.record("the disk does not get full")
    return 0
  }

  @Test func aFullDiskTakesNothingThatIsAccepted() throws {
    let store = try Store(path: file)
    let ballast = try Ballast(disk.path + "/ballast", bytes: 8 << 20)
    let stored = try fill(store)
    #expect(stored > 0 && store.isDiskFull && store.damage == nil)
    #expect(throws: StoreError.full(.record, path: file)) { try store.record(batch(5000)) }
    #expect(try store.count(Filter()) == stored)
    ballast.remove()
    _ = try store.record(batch(5000))
    #expect(!store.isDiskFull)
    #expect(try store.count(Filter()) == stored + 2000)
  }

  /// Nobody frees space, and recording goes on at the cost of the oldest successes.
  @Test func removalMakesRoomOnAFullDisk() throws {
    let store = try Store(path: file)
    try store.prepare(for: policy)
    try store.setCursor(0, named: "server")
    var stored = 0
    var (removed, undelivered) = (0, 0)
    var removal = Removal()
    for round in 0..<3 {
      stored += try fill(store, from: round * 1000)
      #expect(store.isDiskFull)
      let report = try store.removeForFullDisk(by: policy, &removal)
      removed += report.removed
      undelivered += report.undelivered
      _ = try store.record(batch(9000 + round, count: 500))
      stored += 500
      #expect(!store.isDiskFull)
    }
    #expect(removed > 0 && undelivered == removed)
    #expect(try store.count(Filter()) == stored - removed)
    let gaps = try store.gaps()
    #expect(gaps.reduce(0) { $0 + ($1.count ?? 0) } == undelivered)
    #expect(Set(gaps.map(\.reason)) == ["removed undelivered: the disk was full"])
    #expect(try store.count(Filter("error:any", now: .at(0))) > 0)
  }

  /// Where nobody follows, as on a server, what had to go early is told all the same.
  @Test func removalForAFullDiskIsCounted() throws {
    let store = try Store(path: file)
    try store.prepare(for: policy)
    let stored = try fill(store)
    var removal = Removal()
    let report = try store.removeForFullDisk(by: policy, &removal)
    #expect(report.removed > 0 && report.undelivered == 0)
    #expect(try store.count(Filter()) == stored - report.removed)
    let gaps = try store.gaps()
    #expect(gaps.reduce(0) { $0 + ($1.count ?? 0) } == report.removed)
    #expect(Set(gaps.map(\.reason)) == ["removed: the disk was full"])
  }

  @Test func aStoreOpensOnAFullDisk() throws {
    let stored: Int
    do {
      let store = try Store(path: file)
      try store.prepare(for: policy)
      stored = try fill(store)
    }
    let ballast = try Ballast(disk.path + "/ballast", bytes: 16 << 20)
    let opened = try Store.opening(file, host: "", now: .at(0))
    #expect(opened.damage == nil)
    #expect(try opened.store.count(Filter()) == stored)
    ballast.remove()
    _ = try opened.store.record([sample(at: 9_000_000_000)])
    #expect(try opened.store.count(Filter()) == stored + 1)
  }
}

/// A file that takes what room there is, up to its size.
private struct Ballast {
  let path: String

  init(_ path: String, bytes: Int) throws {
    self.path = path
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw POSIXError(.ENOENT) }
    defer { close(descriptor) }
    let page = [UInt8](repeating: 7, count: 4096)
    var written = 0
    while written < bytes, write(descriptor, page, page.count) > 0 { written += page.count }
  }

  func remove() {
    unlink(path)
  }
}
