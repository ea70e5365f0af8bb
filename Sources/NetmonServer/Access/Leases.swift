import Dispatch
import NetmonCore
import Synchronization

/// Ends the streams of those who may no longer follow: whose token was revoked or has expired, who
/// has signed out, or who came before anybody was asked for a token.
///
/// It looks once a second while there are streams.
final class Leases: Sendable {
  private struct State {
    var entries: [Int: (caller: Caller, signal: StreamSignal)] = [:]
    var lastNumber = 0
    var isLooking = false
  }

  private let access: Access
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "netmon.leases")

  init(_ access: Access) {
    self.access = access
  }

  /// Watches over a stream up to the end of the lease's life.
  func lease(to caller: Caller, of signal: StreamSignal) -> Lease {
    let (number, isFirst) = state.withLock { state in
      state.lastNumber += 1
      state.entries[state.lastNumber] = (caller, signal)
      defer { state.isLooking = true }
      return (state.lastNumber, !state.isLooking)
    }
    if isFirst { lookLater() }
    return Lease(self, number)
  }

  final class Lease: Sendable {
    private let leases: Leases
    private let number: Int

    fileprivate init(_ leases: Leases, _ number: Int) {
      self.leases = leases
      self.number = number
    }

    deinit {
      leases.state.withLock { _ = $0.entries.removeValue(forKey: number) }
    }
  }

  private func lookLater() {
    let period = TokenWatch.period / .seconds(1)
    queue.asyncAfter(deadline: .now() + period) { [weak self] in self?.look() }
  }

  private func look() {
    let entries = state.withLock { state in
      if state.entries.isEmpty { state.isLooking = false }
      return Array(state.entries.values)
    }
    guard !entries.isEmpty else { return }
    let tokens = access.watch.look()
    for entry in entries where !access.isStillIn(entry.caller, tokens) { entry.signal.tell(.end) }
    lookLater()
  }
}
