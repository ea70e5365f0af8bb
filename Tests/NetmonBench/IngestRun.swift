import Foundation
import Synchronization

/// One delivery of a workload to a server of its own, over HTTP.
struct IngestRun {
  let wall: Duration
  /// What the server used.
  let cpu: Duration
  /// Anonymous memory of the server after a quarter of the requests, and after all, in bytes.
  let memory: (quarter: Int, end: Int)
  /// How often the server asked to come again later.
  let refusals: Int

  /// Starts the server on a new database, sends all requests over `clients` connections at a time,
  /// and ends it.
  init(
    netmon: String, database: String, bodies: [[UInt8]], clients: Int
  ) throws(BenchError) {
    let port = try IngestClient.freePort()
    let server = try Watcher(
      "netmon serve", Program(netmon, ["serve", "--port", "\(port)", "--db", database]))
    try Self.awaitListener(port)
    let progress = Progress(requests: bodies.count, clients: clients)
    let before = try server.cpu()
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<clients {
      Thread.detachNewThread {
        do throws(BenchError) {
          var client = try IngestClient(port: port)
          try progress.work { index throws(BenchError) in try client.send(bodies[index]) }
          progress.finish(nil)
        } catch {
          progress.finish(error)
        }
      }
    }
    var quarter: Int?
    while progress.isUnderWay {
      usleep(2000)
      if quarter == nil, progress.sent >= bodies.count / 4 {
        quarter = try server.anonymousMemory()
      }
    }
    wall = clock.now - start
    refusals = try progress.refusals()
    cpu = try server.cpu() - before
    memory = (quarter ?? 0, try server.anonymousMemory())
    _ = try server.finish()
  }

  private static func awaitListener(_ port: UInt16) throws(BenchError) {
    for _ in 0..<500 {
      if (try? IngestClient(port: port)) != nil { return }
      usleep(10_000)
    }
    throw .unexpected("nothing within 5 s", from: "netmon serve")
  }
}

/// What the clients of a run share.
private final class Progress: Sendable {
  private struct State {
    var next = 0
    var refusals = 0
    var clients: Int
    var failure: BenchError?
  }

  private let requests: Int
  private let state: Mutex<State>

  init(requests: Int, clients: Int) {
    self.requests = requests
    state = Mutex(State(clients: clients))
  }

  /// Sends requests until there are none left, or one has failed.
  func work(_ send: (Int) throws(BenchError) -> Bool) throws(BenchError) {
    while let index = takeNext() {
      while try !send(index) {
        state.withLock { $0.refusals += 1 }
        usleep(20_000)
      }
    }
  }

  private func takeNext() -> Int? {
    state.withLock { state in
      guard state.next < requests, state.failure == nil else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }

  /// A client is through, or has failed.
  func finish(_ failure: BenchError?) {
    state.withLock { state in
      state.clients -= 1
      state.failure = state.failure ?? failure
    }
  }

  var sent: Int { state.withLock { $0.next } }
  var isUnderWay: Bool { state.withLock { $0.clients > 0 } }

  func refusals() throws(BenchError) -> Int {
    let state = state.withLock { $0 }
    if let failure = state.failure { throw failure }
    return state.refusals
  }
}
