import Foundation
import Synchronization

/// The browser's debugging protocol over two pipes: JSON texts, each ended by a NUL
/// (https://chromedevtools.github.io/devtools-protocol/).
final class DevTools: Sendable {
  /// Something that the browser tells without having been asked.
  struct Event: Sendable {
    let name: String
    let parameters: JSON
  }

  private struct State {
    var lastID = 0
    var waiting: [Int: CheckedContinuation<Message, any Error>] = [:]
    var listeners: [String: @Sendable (Event) -> Void] = [:]
    var hasEnded = false
  }

  private struct Message: Decodable, Sendable {
    var id: Int?
    var method: String?
    var params: JSON?
    var result: JSON?
    var error: JSON?
    var sessionId: String?
  }

  private struct Command: Encodable {
    var id: Int
    var method: String
    var params: JSON
    var sessionId: String?
  }

  private let state = Mutex(State())
  private let commands: FileHandle

  init(_ process: BrowserProcess) {
    commands = process.commands
    let answers = process.answers
    Thread.detachNewThread { [weak self] in
      var bytes = Data()
      while true {
        let data = answers.availableData
        guard !data.isEmpty, let self else { break }
        bytes += data
        while let end = bytes.firstIndex(of: 0) {
          receive(bytes[..<end])
          bytes = Data(bytes[(end + 1)...])
        }
      }
      self?.end()
    }
  }

  /// Has the browser, or a page of it by its session, do something.
  @discardableResult
  func send(
    _ method: String, _ parameters: JSON = [:], to session: String? = nil
  ) async throws -> JSON {
    let message = try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Message, any Error>) in
      let id = state.withLock { state -> Int? in
        guard !state.hasEnded else { return nil }
        state.lastID += 1
        state.waiting[state.lastID] = continuation
        return state.lastID
      }
      guard let id else { return continuation.resume(throwing: BrowserError.ended) }
      do {
        let command = Command(id: id, method: method, params: parameters, sessionId: session)
        try commands.write(contentsOf: JSONEncoder().encode(command) + [0])
      } catch {
        state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(throwing: error)
      }
    }
    if let error = message.error {
      throw BrowserError.refused(command: method, reason: error["message"].text ?? "")
    }
    return message.result ?? .null
  }

  /// Hands the events of a session to a function, in their order.
  func listen(to session: String, _ body: @escaping @Sendable (Event) -> Void) {
    state.withLock { $0.listeners[session] = body }
  }

  private func receive(_ data: Data) {
    guard let message = try? JSONDecoder().decode(Message.self, from: data) else { return }
    if let id = message.id {
      state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(returning: message)
    } else if let name = message.method {
      let listener = state.withLock { $0.listeners[message.sessionId ?? ""] }
      listener?(Event(name: name, parameters: message.params ?? .null))
    }
  }

  private func end() {
    let waiting = state.withLock { state in
      state.hasEnded = true
      defer { state.waiting = [:] }
      return state.waiting.values
    }
    for continuation in waiting { continuation.resume(throwing: BrowserError.ended) }
  }
}
