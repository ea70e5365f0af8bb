import Foundation
import Synchronization

/// What a process writes to one of its streams. It is read all the time, so that the process never
/// waits for the test.
final class ChildOutput: Sendable {
  private struct State {
    var bytes = Data()
    var hasEnded = false
    /// How often something was read, or the end was.
    var readings = 0
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  init(_ handle: FileHandle) {
    Thread.detachNewThread { [self] in
      while true {
        let data = handle.availableData
        let (waiting, hasEnded) = state.withLock { state in
          defer { state.waiting = [] }
          state.readings += 1
          state.bytes += data
          state.hasEnded = data.isEmpty
          return (state.waiting, state.hasEnded)
        }
        for continuation in waiting { continuation.resume() }
        if hasEnded { return }
      }
    }
  }

  /// The next line, without its newline; nil when the process has no more to say.
  func line() async -> String? {
    await next { state in
      guard let end = state.bytes.firstIndex(of: UInt8(ascii: "\n")) else {
        return state.hasEnded ? .some(nil) : nil
      }
      defer { state.bytes = Data(state.bytes[(end + 1)...]) }
      return String(decoding: state.bytes[..<end], as: UTF8.self)
    }
  }

  /// The next line that has `text` in it; nil when there is none up to the end.
  func line(containing text: String) async -> String? {
    while let line = await line() {
      if line.contains(text) { return line }
    }
    return nil
  }

  /// All that is left, up to the end.
  func rest() async -> String {
    await next { state in
      state.hasEnded ? String(decoding: state.bytes, as: UTF8.self) : nil
    }
  }

  /// Waits until there is what `take` looks for.
  private func next<Value: Sendable>(
    _ take: @Sendable (inout State) -> Value?
  ) async -> Value {
    while true {
      let (value, seen) = state.withLock { (take(&$0), $0.readings) }
      if let value { return value }
      await withCheckedContinuation { continuation in
        let isNews = state.withLock { state in
          if state.readings == seen { state.waiting.append(continuation) }
          return state.readings != seen
        }
        if isNews { continuation.resume() }
      }
    }
  }
}
