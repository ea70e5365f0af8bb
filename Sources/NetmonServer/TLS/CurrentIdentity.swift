import Synchronization

/// The identity that new connections are shown; another one can take its place at any time.
final class CurrentIdentity: Sendable {
  private let identity: Mutex<ServerIdentity>

  init(_ identity: ServerIdentity) {
    self.identity = Mutex(identity)
  }

  var value: ServerIdentity {
    get { identity.withLock { $0 } }
    set { identity.withLock { $0 = newValue } }
  }
}
