import Dispatch
import NetmonStore

/// Asks whether a store can still be written to, on a thread that may wait for it.
struct StorePulse: Sendable {
  private let store: Store
  private let queue = DispatchQueue(label: "netmon.pulse")

  init(_ store: Store) {
    self.store = store
  }

  /// Returns once the connection that writes has answered, be it by an error: on a full disk, or
  /// while another process keeps the file locked, netmon waits and needs no new start.
  func answer() async {
    await withCheckedContinuation { continuation in
      queue.async {
        try? store.checkWriter()
        continuation.resume()
      }
    }
  }
}
