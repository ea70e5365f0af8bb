import Foundation
import NetmonCore
import NetmonStore
import Synchronization
import TestSupport

/// A server whose changes are followed.
final class StreamTrial {
  private let server: Child
  private let port: UInt16
  /// Another process's view of the same file.
  private let store: Store
  private let seed: Int

  init(netmon: Netmon, place: Workplace, seed: Int) throws {
    self.seed = seed
    port = try Loopback.freePort()
    server = try netmon.serve(place("server.db"), port: port, messages: place("server.log"))
    _ = try netmon.awaitReady(server, port: port)
    store = try Store(path: place("server.db"))
  }

  func end() throws { try server.stop() }

  // MARK: - Idle clients

  /// Has clients follow while nothing happens, and returns what that costs.
  func idle(_ count: Int) throws -> String {
    // What the first stream takes is not each one's.
    close(try started())
    let before = try memoryAtRest()
    var sockets: [Int32] = []
    defer { for socket in sockets { close(socket) } }
    for _ in 0..<count { sockets.append(try started()) }
    let opened = try Usage(of: server.id)
    pause(for: .seconds(5))
    let after = try Usage(of: server.id)
    let memory = max(opened.memory, after.memory) - before
    let work = (after.time - opened.time) / .seconds(5) * 100
    let text = """
      \(count) idle clients: \(memory) kB of memory, \((work * 100).rounded() / 100)% of a CPU
      """
    // So many cost less than 20 MB, and never more than a hundredth of that each.
    guard memory < max(20_000, count * 100) else { throw FaultError.broken(text) }
    return text
  }

  /// A client that has been told where it begins.
  private func started() throws -> Int32 {
    let socket = try EventFollower.open(port: port)
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !text.contains("event: start") {
      let count = read(socket, &buffer, buffer.count)
      guard count > 0 else { throw FaultError.system("read", errno: errno) }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    return socket
  }

  // MARK: - Cuts

  private struct Cuts {
    var count = 0
    /// The last change, once nothing is written any more.
    var end: Int64?
    var finished: [EventFollower] = []
    var failure: (any Error)?
  }

  /// Cuts clients off while records are written, and compares what they were told with what is there.
  func cut(_ cuts: Int, clients: Int) throws -> String {
    let start = ContinuousClock.now
    var load = Load(agent: store.id, seed: seed)
    _ = try store.record(load.records(try store.reserveNumbers(500), at: .now))
    let state = SharedState(Cuts())
    for client in 0..<clients {
      let (port, seed) = (port, seed + client)
      Thread.detachNewThread {
        do {
          let follower = try Self.followWithCuts(port: port, seed: seed, state)
          state.value.withLock { $0.finished.append(follower) }
        } catch {
          state.value.withLock { $0.failure = error }
        }
      }
    }
    var posted = Load(agent: String(store.id.reversed()), seed: seed + 1)
    var numbers: Int64 = 0
    var chance = SplitMix(seed: UInt64(truncatingIfNeeded: seed))
    try eventually("the last cut", within: .seconds(60 + cuts)) {
      let count = 1 + chance.below(200)
      _ = try store.record(load.records(try store.reserveNumbers(count), at: .now))
      let records = posted.records(numbers..<numbers + Int64(count), at: .now)
      numbers += Int64(count)
      try HTTP.post(records, port: port)
      pause(for: .milliseconds(chance.below(40)))
      return try state.value.withLock { state in
        if let failure = state.failure { throw failure }
        return state.count >= cuts
      }
    }
    let end = try store.lastSequence()
    state.value.withLock { $0.end = end }
    try eventually("the end of all streams", within: .seconds(60)) {
      try state.value.withLock { state in
        if let failure = state.failure { throw failure }
        return state.finished.count == clients
      }
    }
    let (made, followers) = state.value.withLock { ($0.count, $0.finished) }
    let stored = try revisions()
    let flaws = followers.flatMap { $0.differences(from: stored) }
    let text = """
      \(made) cuts of \(clients) clients in \(start.duration(to: .now).text): \(end) changes of \
      \(stored.count) records; told \(followers.map(\.events).reduce(0, +)) events; flaws: \
      \(flaws.count)
      """
    guard flaws.isEmpty else {
      throw FaultError.broken(([text] + flaws.prefix(10)).joined(separator: "\n"))
    }
    return text
  }

  private static func followWithCuts(
    port: UInt16, seed: Int, _ state: SharedState<Cuts>
  ) throws -> EventFollower {
    var follower = EventFollower()
    var chance = SplitMix(seed: UInt64(truncatingIfNeeded: seed))
    while true {
      if let end = state.value.withLock({ $0.end }) {
        try follower.follow(port: port, through: end)
        return follower
      }
      // Some within the head or the first event, most within later ones.
      let limit = chance.below(6) == 0 ? 1500 : 60_000
      try follower.follow(port: port, bytes: 1 + chance.below(limit))
      state.value.withLock { $0.count += 1 }
    }
  }

  // MARK: - A client that takes nothing

  /// Has a client take nothing while so many changes are made, and then all.
  func stall(for changes: Int) throws -> String {
    let begin = try store.lastSequence()
    let socket = try EventFollower.open(port: port, after: begin)
    defer { close(socket) }
    let records = 2000
    // What the server needs to follow at all it needs at first.
    var revision = try change(records, times: 5, from: 1)
    let before = try memoryAtRest()
    revision = try change(records, times: max(1, changes / records), from: revision)
    let after = try memoryAtRest()

    var follower = EventFollower()
    let end = try store.lastSequence()
    try follower.follow(socket, through: end)
    let stored = try revisions().filter { $0.key.agent == Self.stallingAgent }
    let flaws = follower.differences(from: stored)
    let growth = after - before
    let text = """
      a client that took nothing while \(end - begin) changes were made: the server grew by \
      \(growth) kB; then it was told of all \(stored.count) records in \(follower.events) events; \
      flaws: \(flaws.count)
      """
    guard flaws.isEmpty, growth < 8000 else {
      throw FaultError.broken(([text] + flaws.prefix(10)).joined(separator: "\n"))
    }
    return text
  }

  /// kB, once the server has done what there was to do.
  private func memoryAtRest() throws -> Int {
    var memory = 0
    try eventually("a server at rest") {
      let former = memory
      pause(for: .milliseconds(300))
      memory = try Usage(of: server.id).memory
      return memory == former
    }
    return memory
  }

  private static let stallingAgent = "0123456789abcdef"

  /// Writes so many records anew, that many times, and returns the next revision.
  private func change(_ records: Int, times: Int, from revision: Int64) throws -> Int64 {
    for revision in revision..<revision + Int64(times) {
      _ = try store.record(
        (0..<records).map { number in
          var connection = Connection(
            timestamp: Timestamp.valid.lowerBound.advanced(byMicroseconds: Int64(number)),
            transport: .tcp, state: .ESTABLISHED, local: Endpoint(.anyIPv4, 1),
            remote: Endpoint(.anyIPv4, 2))
          connection.origin = Origin(agent: Self.stallingAgent, number: Int64(number))
          connection.revision = revision
          return connection
        })
    }
    return revision + Int64(times)
  }

  private func revisions() throws -> [Origin: Int64] {
    var revisions: [Origin: Int64] = [:]
    try store.forEachConnection(ConnectionQuery(limit: nil)) { connection in
      if let origin = connection.origin { revisions[origin] = connection.revision }
      return true
    }
    return revisions
  }
}

/// What several threads share.
private final class SharedState<Value: Sendable>: Sendable {
  let value: Mutex<Value>

  init(_ value: sending Value) {
    self.value = Mutex(value)
  }
}
