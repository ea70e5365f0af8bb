import Dispatch
import NetmonCore
import NetmonStore
import Synchronization

/// Commits what several requests want to store in one transaction, on a thread of its own.
///
/// While one transaction runs the next ones gather. So the more there is to do, the more a
/// transaction holds, and the less each record costs: neighbouring rows change a page once.
final class GroupCommit: Sendable {
  private typealias Outcome = Result<[Recorded], StoreError>

  private struct Entry: Sendable {
    let connections: [Connection]
    let owner: String?
    let continuation: CheckedContinuation<Outcome, Never>
  }

  private struct State {
    var waiting: [Entry] = []
    var isWriting = false
  }

  /// Records in a transaction, unless one request alone has more: this bounds how long a request
  /// waits for the others, to about a third of a second.
  private static let maximumRecords = 32_000

  private let store: Store
  private let queue = DispatchQueue(label: "netmon.commit")
  private let state = Mutex(State())

  init(_ store: Store) {
    self.store = store
  }

  /// The id of the store that is written to.
  var storeID: String { store.id }

  /// Returns once the records are committed.
  ///
  /// `owner` is the only host that their sender speaks for; nil speaks for all.
  ///
  /// - Throws: what the store says of these records, or of the transaction they were in.
  func record(
    _ connections: [Connection], owner: String? = nil
  ) async throws(StoreError) -> [Recorded] {
    guard !connections.isEmpty else { return [] }
    let outcome = await withCheckedContinuation { continuation in
      let isIdle = state.withLock { state in
        state.waiting.append(
          Entry(connections: connections, owner: owner, continuation: continuation))
        defer { state.isWriting = true }
        return !state.isWriting
      }
      if isIdle { queue.async { self.writeAll() } }
    }
    return try outcome.get()
  }

  private func writeAll() {
    while let group = takeGroup() {
      for (entry, outcome) in zip(group, write(group)) {
        entry.continuation.resume(returning: outcome)
      }
    }
  }

  /// The requests that came first and fit into one transaction; nil when none wait.
  private func takeGroup() -> [Entry]? {
    state.withLock { state in
      var count = 0
      let group = state.waiting.prefix { entry in
        defer { count += entry.connections.count }
        return count == 0 || count + entry.connections.count <= Self.maximumRecords
      }
      state.waiting.removeFirst(group.count)
      state.isWriting = !group.isEmpty
      return group.isEmpty ? nil : Array(group)
    }
  }

  private func write(_ group: [Entry]) -> [Outcome] {
    do {
      return try store.record(batches: group.map(\.connections), owners: group.map(\.owner))
        .map { .success($0) }
    } catch {
      // One that the store refuses must not take the others with it. What is wrong with the store
      // itself all of them are told.
      switch error {
      case .invalid where group.count > 1, .foreign where group.count > 1:
        return group.flatMap { write([$0]) }
      default: return group.map { _ in .failure(error) }
      }
    }
  }
}
