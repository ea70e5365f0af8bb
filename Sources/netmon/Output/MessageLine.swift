import Arguments
import Logging
import NetmonCore

/// A message for whoever runs netmon, and the line of standard error that it makes.
struct MessageLine {
  var level: Logger.Level
  var message: String
  var metadata: Logger.Metadata = [:]

  /// The line with its newline, which whatever it quotes can neither break nor use to steer a
  /// terminal.
  func rendered(as style: MessageStyle) -> String {
    let body =
      switch style.format {
      case .json: json(at: style.now())
      case .text: (style.isJournal ? "" : "netmon: ") + text
      }
    // systemd.exec(5), SyslogLevelPrefix=
    return (style.isJournal ? "<\(level.priority)>" : "") + body + "\n"
  }

  /// `warning: delivery stopped (error: …)`; of what is no cause for concern without the level.
  private var text: String {
    let values = metadata.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    let details = values.isEmpty ? "" : " (\(values.joined(separator: ", ")))"
    let level = level <= .notice ? "" : "\(level): "
    return terminalSafe(level + message + details)
  }

  private func json(at time: Timestamp) -> String {
    var writer = JSONWriter()
    writer.object { line in
      line.field("time", time)
      line.field("level", level.rawValue)
      line.field("message", message)
      line.key("metadata")
      line.write(.dictionary(metadata))
    }
    return writer.string
  }
}

/// How messages are written to standard error.
struct MessageStyle: Sendable {
  var format = LogFormat.text
  /// Whether the journal of systemd reads them: it wants a priority before each line, and knows by
  /// itself who wrote it and when.
  var isJournal: Bool
  /// The wall clock.
  var now: @Sendable () -> Timestamp
}

/// What a line of the log is.
enum LogFormat: String, CaseIterable, ArgumentValue {
  case text, json

  static var placeholder: String { "FORMAT" }
  static var expectation: String { "a format" }
}

extension Logger.Level {
  /// The priority of syslog(3).
  fileprivate var priority: Int {
    switch self {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}

extension JSONWriter {
  fileprivate mutating func write(_ value: Logger.MetadataValue) {
    switch value {
    case .string(let text): self.value(text)
    case .stringConvertible(let content): self.value("\(content)")
    case .array(let values): array(values) { $0.write($1) }
    case .dictionary(let values):
      object { writer in
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
          writer.key(key)
          writer.write(value)
        }
      }
    }
  }
}
