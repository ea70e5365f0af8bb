import Glibc
import NetmonAgent
import NetmonCore
import NetmonStore

/// Counts of errors that are shown again and again: drawn over each other on a terminal, or a line for
/// each group that has changed.
struct ErrorsOutput {
  private let format: OutputFormat
  private let console: Console
  private var status = ""
  private var hasDrawn = false
  /// The groups as they were printed, by their keys.
  private var printed: [[String?]: Tally] = [:]

  private struct Tally: Hashable {
    var count: Int
    var last: Timestamp
  }

  init(_ format: OutputFormat, to console: Console) {
    self.format = format
    self.console = console
  }

  /// Says what becomes of the source.
  mutating func note(_ event: FollowedEvent) {
    guard format == .table else { return console.note(event) }
    // On the terminal messages would stand in the picture.
    switch event {
    case .away(let error): status = "\(error.asOfLoss); trying again"
    case .began, .back, .connection, .reset: status = ""
    }
    if !status.isEmpty { console.write("\r\(truncated(status, columns: console.width))") }
  }

  mutating func show(_ summary: ErrorSummary, by keys: [GroupKey], now: Timestamp) {
    if format == .table { draw(summary, by: keys, now: now) } else { printChanges(summary) }
  }

  private mutating func draw(_ summary: ErrorSummary, by keys: [GroupKey], now: Timestamp) {
    let height = console.height
    // What the terminal showed before goes up into its history, once.
    let beginning = hasDrawn ? "" : String(repeating: "\n", count: height - 1)
    hasDrawn = true
    var visible = summary
    visible.groups = Array(summary.groups.prefix(max(1, height - 4)))
    visible.totalGroups = visible.groups.count
    console.write("\(beginning)\u{1b}[H\u{1b}[J")
    ErrorPrinter(console, now: now).print(visible, by: keys, as: .table)
    let hidden = summary.totalGroups - visible.groups.count
    console.write(
      "\nat \(now.description.dropFirst(11).prefix(8))Z"
        + (hidden > 0 ? ", \(hidden) more groups" : "") + "\n")
  }

  private mutating func printChanges(_ summary: ErrorSummary) {
    var json = JSONWriter()
    for group in summary.groups {
      let tally = Tally(count: group.count, last: group.last)
      guard printed.updateValue(tally, forKey: group.keys.map(\.1)) != tally else { continue }
      group.write(to: &json)
      json.endLine()
    }
    if !json.bytes.isEmpty { console.write(json.bytes) }
  }
}

extension Console {
  /// Whether standard output is a terminal whose cursor can be moved.
  func canRedraw(_ environment: [String: String]) -> Bool {
    isTerminal && !["", "dumb"].contains(environment["TERM"] ?? "")
  }

  /// The lines of the terminal (ioctl_tty(2), TIOCGWINSZ).
  fileprivate var height: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
    return Int(size.ws_row)
  }
}
