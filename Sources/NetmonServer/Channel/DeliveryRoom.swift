import Synchronization

/// Bounds what responses take up that their clients have not taken yet.
///
/// A client may ask for megabytes and take none of them; a thousand of these would fill the memory.
/// When there is no room left, the connection with most to take is let go of: whoever takes what he
/// asked for has less and less.
final class DeliveryRoom: Sendable {
  private struct Entry {
    var bytes = 0
    /// The order in which clients took something, the latest has the largest.
    var turn: UInt64
    let letGo: @Sendable () -> Void
  }

  private struct State {
    var entries: [ObjectIdentifier: Entry] = [:]
    var bytes = 0
    var turn: UInt64 = 0

    /// Forgets the connection with most to take, of several the one that has waited longest; nil if there
    /// is none but one to choose from.
    mutating func victim() -> (@Sendable () -> Void)? {
      let notable = entries.filter { $0.value.bytes >= DeliveryRoom.notable }
      guard notable.count > 1,
        let (connection, entry) = notable.max(by: {
          ($0.value.bytes, $1.value.turn) < ($1.value.bytes, $0.value.turn)
        })
      else { return nil }
      entries[connection] = nil
      bytes -= entry.bytes
      return entry.letGo
    }
  }

  /// Less than this of a connection is not worth letting go of it.
  static let notable = 64 << 10

  private let limit: Int
  private let state = Mutex(State())

  /// `limit` is in bytes, over all connections; one response alone may be larger.
  init(limit: Int) {
    self.limit = limit
  }

  /// What is taken up now, in bytes.
  var occupied: Int { state.withLock { $0.bytes } }

  /// Notes what is to be taken by a connection, and makes room; `letGo` may be called in any thread.
  func add(_ bytes: Int, of connection: ObjectIdentifier, letGo: @escaping @Sendable () -> Void) {
    let victims = state.withLock { state in
      state.turn += 1
      state.entries[connection, default: Entry(turn: state.turn, letGo: letGo)].bytes += bytes
      state.bytes += bytes
      var victims: [@Sendable () -> Void] = []
      while state.bytes > limit, let victim = state.victim() { victims.append(victim) }
      return victims
    }
    for letGo in victims { letGo() }
  }

  /// Notes that a connection has taken so much.
  func remove(_ bytes: Int, of connection: ObjectIdentifier) {
    state.withLock { state in
      // One that was let go of is not known any more.
      guard var entry = state.entries.removeValue(forKey: connection) else { return }
      let taken = min(bytes, entry.bytes)
      state.bytes -= taken
      entry.bytes -= taken
      state.turn += 1
      entry.turn = state.turn
      if entry.bytes > 0 { state.entries[connection] = entry }
    }
  }
}
