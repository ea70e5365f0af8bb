import Synchronization

/// Bounds how many connections there are that nothing is done for, each of which takes memory: with TLS
/// some fifty kilobytes.
final class PendingRoom: Sendable {
  typealias Phase = PendingConnections<ObjectIdentifier>.Phase

  private struct State {
    var connections: PendingConnections<ObjectIdentifier>
    /// How to let go of each, called in any thread.
    var exits: [ObjectIdentifier: @Sendable () -> Void] = [:]
  }

  private let state: Mutex<State>

  init(_ limits: Server.Limits) {
    let connections = PendingConnections<ObjectIdentifier>(limits: [
      .unheard: limits.unheardConnections, .body: limits.incompleteBodies,
      .idle: limits.idleConnections,
    ])
    state = Mutex(State(connections: connections))
  }

  /// How many are in a phase now.
  func count(in phase: Phase) -> Int { state.withLock { $0.connections.count(in: phase) } }

  /// Notes that a connection is in a phase from now on, and makes room; `letGo` may be called in any
  /// thread, at any time until it leaves.
  func enter(_ id: ObjectIdentifier, _ phase: Phase, letGo: @escaping @Sendable () -> Void) {
    let exit = state.withLock { state in
      state.exits[id] = letGo
      return state.connections.enter(id, phase, at: .now).flatMap {
        state.exits.removeValue(forKey: $0)
      }
    }
    exit?()
  }

  /// Notes bytes of a body.
  func receive(_ bytes: Int, from id: ObjectIdentifier) {
    state.withLock { $0.connections.receive(bytes, from: id) }
  }

  /// Notes that a connection has ended, or that something is done for it.
  func leave(_ id: ObjectIdentifier) {
    state.withLock { state in
      state.connections.leave(id)
      state.exits[id] = nil
    }
  }
}
