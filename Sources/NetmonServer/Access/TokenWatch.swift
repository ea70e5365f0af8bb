import Dispatch
import Logging
import NetmonCore
import Synchronization

/// What a server knows of its token file, which others change while it runs.
///
/// It looks at most once a second, when somebody asks. A file that cannot be read, or is damaged,
/// leaves everything as it was; one that has gone lets nobody in.
final class TokenWatch: Sendable {
  /// What the file said at the last look.
  struct Reading: Sendable {
    var list = TokenList()
    /// Whether anybody has to show a token: since there was a first one, for good. That the last one
    /// is revoked or the file removed must not open a server.
    var isAsking: Bool
  }

  private struct State {
    var reading: Reading
    var stamp: TokenFile.Stamp?
    var lastLook: ContinuousClock.Instant?

    var isDue: Bool { lastLook.map { .now - $0 >= TokenWatch.period } ?? true }
  }

  static let period = Duration.seconds(1)

  /// Nil where there can be no tokens.
  let file: TokenFile?
  private let logger: Logger
  private let state: Mutex<State>
  private let queue = DispatchQueue(label: "netmon.tokens")

  /// `isAsking` says whether to ask for tokens though there is none.
  init(_ file: TokenFile?, isAsking: Bool, logger: Logger) {
    self.file = file
    self.logger = logger
    state = Mutex(State(reading: Reading(isAsking: isAsking)))
  }

  /// Reads the file for the first time; throws what is wrong with it.
  func start() throws(TokenFileError) -> Reading {
    guard let file else { return state.withLock { $0.reading } }
    let stamp = TokenFile.Stamp(path: file.path)
    return take(try file.read(), stamp)
  }

  /// What the file says, as of a second ago at most.
  func current() async -> Reading {
    let known = state.withLock { file == nil || !$0.isDue ? $0.reading : nil }
    if let known { return known }
    return await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: self.look()) }
    }
  }

  /// The same; blocks while it looks.
  func look() -> Reading {
    let (known, last) = state.withLock { ($0.isDue ? nil : $0.reading, $0.stamp) }
    guard let file, known == nil else { return known ?? state.withLock { $0.reading } }
    // Before it is read: of a change in between the next look tells.
    let stamp = TokenFile.Stamp(path: file.path)
    guard stamp != last else {
      return state.withLock { state in
        state.lastLook = .now
        return state.reading
      }
    }
    do throws(TokenFileError) {
      let list = try file.read()
      logger.notice("tokens have changed", metadata: ["tokens": "\(list?.tokens.count ?? 0)"])
      return take(list, stamp)
    } catch {
      logger.warning("going on with the tokens known before", metadata: ["error": "\(error)"])
      return state.withLock { state in
        (state.stamp, state.lastLook) = (stamp, .now)
        return state.reading
      }
    }
  }

  private func take(_ list: TokenList?, _ stamp: TokenFile.Stamp?) -> Reading {
    state.withLock { state in
      state.reading.list = list ?? TokenList()
      if !state.reading.list.tokens.isEmpty { state.reading.isAsking = true }
      (state.stamp, state.lastLook) = (stamp, .now)
      return state.reading
    }
  }
}
