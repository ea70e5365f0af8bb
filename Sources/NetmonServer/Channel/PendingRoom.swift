import Synchronization

/// Bounds how many connections there are that nothing is done for, each of which takes memory: with TLS
/// some fifty kilobytes.
final class PendingRoom: Sendable {
  typealias Phase = PendingConnections<ObjectIdentifier>.Phase

  private struct State {
    var connections: PendingConnections<ObjectIdentifier>
    /// How to let go of each, called in any thread.
    var exits: [ObjectIdentifier: Exit] = [:]

    mutating func exits(of ids: [ObjectIdentifier]) -> [Exit] {
      ids.compactMap { exits.removeValue(forKey: $0) }
    }
  }

  typealias Exit = @Sendable () -> Void

  private let state: Mutex<State>
  /// After which time those that came at once have had theirs.
  let grace: Duration

  init(_ limits: Server.Limits) {
    grace = limits.unheardGrace
    let connections = PendingConnections<ObjectIdentifier>(
      bounds: [
        .unheard: .init(limits.unheardConnections, burst: limits.unheardBurst),
        .body: .init(limits.incompleteBodies), .idle: .init(limits.idleConnections),
      ], grace: grace)
    state = Mutex(State(connections: connections))
  }

  /// How many are in a phase now.
  func count(in phase: Phase) -> Int { state.withLock { $0.connections.count(in: phase) } }

  /// Notes that a connection is in a phase from now on, and makes room; `letGo` may be called in any
  /// thread, at any time until it leaves. Returns whether ``makeRoom(in:)`` is to be called after the
  /// grace.
  func enter(_ id: ObjectIdentifier, _ phase: Phase, letGo: @escaping Exit) -> Bool {
    let (exits, isCrowded) = state.withLock { state in
      state.exits[id] = letGo
      let victims = state.connections.enter(id, phase, at: .now)
      return (state.exits(of: victims), state.connections.isCrowded(phase))
    }
    for exit in exits { exit() }
    return isCrowded
  }

  /// Lets those go that are too many and have had their time.
  func makeRoom(in phase: Phase) {
    let exits = state.withLock { $0.exits(of: $0.connections.makeRoom(in: phase, at: .now)) }
    for exit in exits { exit() }
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
