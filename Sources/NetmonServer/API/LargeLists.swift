import HTTPTypes
import NetmonStore
import Synchronization

/// Makes large lists one at a time, so that however many ask for them leave the processor to the
/// others.
final class LargeLists: Sendable {
  /// Records from which on a list is large: about 700 kB of JSON.
  static let size = 1000
  /// Further ones are asked to come again.
  static let maximumWaiting = 32

  private let queue: StoreQueue
  private let waiting = Mutex(0)

  init(_ store: Store) {
    queue = StoreQueue(store, label: "netmon.lists", attributes: [])
  }

  func callAsFunction<Value: Sendable>(
    _ body: @escaping @Sendable (Store) throws -> Value
  ) async throws -> Value {
    let hasRoom = waiting.withLock { waiting in
      guard waiting < Self.maximumWaiting else { return false }
      waiting += 1
      return true
    }
    guard hasRoom else { throw Problem.manyLists }
    defer { waiting.withLock { $0 -= 1 } }
    return try await queue(body)
  }
}

extension Problem {
  fileprivate static var manyLists: Problem {
    var problem = Problem(
      .serviceUnavailable,
      "Too many ask for more than \(LargeLists.size) records at a time; try again shortly.")
    problem.headers[.retryAfter] = String(Int.random(in: 1...5))
    return problem
  }
}
