import Logging
import Synchronization

/// What was logged, a line for each message.
final class Messages: Sendable {
  private let lines = Mutex<[String]>([])

  var all: [String] { lines.withLock { $0 } }

  var logger: Logger { Logger(label: "test") { _ in Handler(messages: self) } }

  private struct Handler: LogHandler {
    let messages: Messages
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let values = (event.metadata ?? [:]).sorted { $0.key < $1.key }
      let line = ([event.message.description] + values.map { "\($0.key): \($0.value)" })
        .joined(separator: ", ")
      messages.lines.withLock { $0.append(line) }
    }
  }
}
