import Glibc
import Logging
import NetmonCore

/// Standard output and standard error.
///
/// Writing ends the program quietly when the reader has gone (`netmon query | head -1`).
struct Console: Sendable {
  /// Whether standard output is a terminal.
  let isTerminal: Bool
  /// Whether colour is wanted there: a terminal that can, and no `NO_COLOR` (no-color.org).
  let hasColor: Bool
  /// Whether messages go to a terminal on which a line can be erased.
  let showsProgress: Bool
  /// How messages are written.
  var messages: MessageStyle
  /// Measures the columns of the terminal, which may change.
  private let measureWidth: @Sendable () -> Int
  /// Is told the errno when standard output cannot be written; by itself the program ends then.
  var onFailure: (@Sendable (Int32) -> Void)?

  /// `now` is the wall clock, `width` measures the columns of the terminal.
  init(
    environment: [String: String], now: @escaping @Sendable () -> Timestamp,
    width: @escaping @Sendable () -> Int
  ) {
    messages = MessageStyle(
      isJournal: JournalStream(environment: environment)?.isBehind(STDERR_FILENO) ?? false,
      now: now)
    isTerminal = isatty(STDOUT_FILENO) == 1
    hasColor =
      isTerminal && environment["TERM"] != "dumb" && (environment["NO_COLOR"] ?? "").isEmpty
    showsProgress = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    measureWidth = width
  }

  /// The columns of the terminal as it is now.
  var width: Int { measureWidth() }

  /// Writes to standard output at once, without a buffer that could hold lines back. Ends the
  /// program if nobody can take it.
  func write(_ text: String) {
    var text = text
    text.withUTF8 { write($0) }
  }

  func write(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { write($0) }
  }

  /// Writes one line of message to standard error, whatever the message holds.
  func say(_ message: String) {
    tell(MessageLine(level: .notice, message: message))
  }

  /// The same where somebody should look into it.
  func warn(_ message: String) {
    tell(MessageLine(level: .warning, message: message))
  }

  func tell(_ line: MessageLine) {
    complain(line.rendered(as: messages))
  }

  /// Writes why a command ends.
  func report(_ error: CommandError) {
    if messages.format == .text, !messages.isJournal { return complain(error.message + "\n") }
    let message = error.code == .usage ? error.message : error.reason
    tell(MessageLine(level: .error, message: message))
  }

  /// Writes text to standard error as it stands. What watches goes on when nobody reads it.
  func complain(_ text: String) {
    var text = text
    _ = text.withUTF8 { Self.write($0, to: STDERR_FILENO) }
  }

  private func write(_ bytes: UnsafeBufferPointer<UInt8>) {
    let error = Self.write(bytes, to: STDOUT_FILENO)
    if error == 0 { return }
    if let onFailure { onFailure(error) } else { fail(error) }
  }

  /// Ends the program because its output cannot be written.
  func fail(_ error: Int32) -> Never {
    if error == EPIPE {
      // Die of it, as any filter would.
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    say("cannot write the output: \(String(cString: strerror(error)))")
    exit(ExitCode.failure.rawValue)
  }

  /// Writes all of it; returns 0 or the errno of write(2).
  private static func write(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(
        descriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        // Somebody else made the pipe or terminal non-blocking.
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }
}
