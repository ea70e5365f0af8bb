import Synchronization

/// Wakes one stream.
final class StreamSignal: Sendable {
  struct News: OptionSet, Sendable {
    let rawValue: UInt8

    /// There may be changes that it has not written.
    static let changes = News(rawValue: 1)
    /// It is time to show that the connection lives.
    static let heartbeat = News(rawValue: 2)
    /// Nobody wants it any more. This stays.
    static let end = News(rawValue: 4)
  }

  private struct State {
    var news: News = []
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func tell(_ news: News) {
    let waiter = state.withLock { state in
      state.news.formUnion(news)
      return state.waiter.take()
    }
    waiter?.resume()
  }

  /// What was told since the last time.
  func take() -> News {
    state.withLock { state in
      defer { state.news.formIntersection(.end) }
      return state.news
    }
  }

  /// The same, once there is something. Cancellation is an end.
  func wait() async -> News {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isNews = state.withLock { state in
          if state.news.isEmpty { state.waiter = continuation }
          return !state.news.isEmpty
        }
        if isNews { continuation.resume() }
      }
    } onCancel: {
      tell(.end)
    }
    return take()
  }
}
