public import NetmonStore
public import ServiceLifecycle

/// Ends its service group when the store is of no use any more, so that all can begin again on a
/// new one.
public struct StoreGuard: Service {
  private let store: Store

  public init(_ store: Store) {
    self.store = store
  }

  /// Watches until graceful shutdown.
  ///
  /// - Throws: ``NetmonStore/Store/damage`` as soon as there is any.
  public func run() async throws {
    try await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        if let damage = store.damage { throw damage }
        try? await ContinuousClock().sleep(for: .milliseconds(500))
      }
    }
  }
}
