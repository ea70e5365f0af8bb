import Dispatch
import Synchronization

/// Says on a terminal that work goes on, once it has taken a second, and takes that back when it is
/// over.
final class Progress: Sendable {
  private struct State {
    var records = 0
    var seconds = 0
    var hasEnded = false
  }

  private let state = Mutex(State())
  private let console: Console

  /// Begins to count the time, unless nobody would see it.
  init(on console: Console) {
    self.console = console
    if console.showsProgress { scheduleNext() }
  }

  /// Counts a record that was read.
  func add() {
    state.withLock { $0.records += 1 }
  }

  /// The work is over, or shows by itself: what was said is erased, and no more is.
  func end() {
    state.withLock { state in
      if state.seconds > 0, !state.hasEnded { console.complain(Self.erasure) }
      state.hasEnded = true
    }
  }

  private func scheduleNext() {
    DispatchQueue.global().asyncAfter(deadline: .now() + 1) { [weak self] in self?.tell() }
  }

  private func tell() {
    let goesOn = state.withLock { state in
      guard !state.hasEnded else { return false }
      state.seconds += 1
      let records = state.records > 0 ? ", \(state.records) records" : ""
      console.complain("\(Self.erasure)netmon: reading for \(state.seconds) s\(records)")
      return true
    }
    if goesOn { scheduleNext() }
  }

  /// Back to the beginning of the line, and erase it (ECMA-48, EL).
  private static let erasure = "\r\u{1b}[K"
}

extension Console {
  /// Runs `body`, and says meanwhile that it goes on if it takes long.
  func withProgress<Result>(
    _ body: (Progress) async throws -> Result
  ) async rethrows -> Result {
    let progress = Progress(on: self)
    defer { progress.end() }
    return try await body(progress)
  }
}
