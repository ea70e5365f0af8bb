import NetmonStore
import Synchronization

/// What is stored by process name.
///
/// It costs some microseconds for each process that the store remembers. While that is little, each
/// question is answered anew; of a store with hundreds of thousands the last answer is given, and
/// the next one made meanwhile, so that they take no more than a fiftieth of a CPU.
final class ProcessFigures: Sendable {
  private struct State {
    var latest: [StoreFigures.Process]?
    var cost = Duration.zero
    var end = ContinuousClock.now
    var isBusy = false
  }

  private static let affordable = Duration.milliseconds(20)

  private let store: StoreQueue
  private let state = Mutex(State())

  init(_ store: StoreQueue) {
    self.store = store
  }

  func latest() async throws(StoreError) -> [StoreFigures.Process] {
    let (known, isDue) = state.withLock { state -> ([StoreFigures.Process]?, Bool) in
      guard state.cost > Self.affordable else { return (nil, false) }
      let isDue = !state.isBusy && .now - state.end > state.cost * 50
      if isDue { state.isBusy = true }
      return (state.latest, isDue)
    }
    guard let known else {
      return try await store { store throws(StoreError) in try self.read(store) }
    }
    // A store that cannot be read now may be readable the next time.
    if isDue { store.enqueue { store in _ = try? self.read(store) } }
    return known
  }

  private func read(_ store: Store) throws(StoreError) -> [StoreFigures.Process] {
    let start = ContinuousClock.now
    let result = Result { () throws(StoreError) in try store.processFigures() }
    state.withLock { state in
      if let latest = try? result.get() { state.latest = latest }
      state.end = .now
      state.cost = state.end - start
      state.isBusy = false
    }
    return try result.get()
  }
}
