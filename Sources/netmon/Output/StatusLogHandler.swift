import Logging
import NetmonCore

/// Log messages as lines for an operator on standard error:
/// `netmon: warning: delivery stopped (error: …)`.
struct StatusLogHandler: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  private let console: Console

  init(console: Console, level: Logger.Level) {
    self.console = console
    logLevel = level
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let values = metadata.merging(event.metadata ?? [:]) { $1 }
      .sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    let details = values.isEmpty ? "" : " (\(values.joined(separator: ", ")))"
    let level = event.level <= .notice ? "" : "\(event.level): "
    console.say(terminalSafe(level + "\(event.message)" + details))
  }
}

extension Console {
  /// A logger for what an operator should know; when verbose, for more than that.
  func logger(isVerbose: Bool) -> Logger {
    Logger(label: "netmon") { _ in
      StatusLogHandler(console: self, level: isVerbose ? .debug : .notice)
    }
  }
}
