import Dispatch
import NetmonStore

/// Runs what touches the store on threads that may block, so that disk and lock waits do not hold
/// the few threads that serve all requests.
struct StoreQueue: Sendable {
  private let store: Store
  private let queue: DispatchQueue

  init(
    _ store: Store, label: String = "netmon.store",
    attributes: DispatchQueue.Attributes = .concurrent
  ) {
    self.store = store
    queue = DispatchQueue(label: label, attributes: attributes)
  }

  /// Runs something that nobody waits for.
  func enqueue(_ body: @escaping @Sendable (Store) -> Void) {
    queue.async { body(store) }
  }

  func callAsFunction<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable (Store) throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
      queue.async {
        continuation.resume(
          returning: Result { () throws(Failure) -> Value in try body(store) })
      }
    }
    return try result.get()
  }
}
